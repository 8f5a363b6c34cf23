//! Accepts connections, or refuses them.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::line;
use super::link::Link;

/// Between two tries to have the port back.
const PAUSE: Duration = Duration::from_millis(5);

/// Listens whenever the link is open, until it is closed for good.
pub(super) fn keep(link: &Arc<Link>) {
    while link.wait_until_open() {
        let listener = listen(link);
        link.now_listening(true);
        while let Ok((client, _)) = listener.accept() {
            if !link.is_open() {
                break;
            }
            pass_on(client, link);
        }
        drop(listener);
        link.now_listening(false);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when a port is free"
)]
fn listen(link: &Link) -> TcpListener {
    loop {
        match TcpListener::bind(link.door) {
            Ok(listener) => return listener,
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

/// A connection whose server is away ends at once.
fn pass_on(client: TcpStream, link: &Arc<Link>) {
    let Ok(server) = TcpStream::connect(link.server) else {
        return;
    };
    // A system that has no more files ends the connection, which whoever made it is prepared for.
    line::join(client, server, link).ok();
}
