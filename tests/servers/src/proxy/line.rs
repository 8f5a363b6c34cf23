//! One connection, as a thread for each way.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;

use super::link::{Link, Passage, Way};

const PIECE_BYTES: usize = 16 << 10;

/// Both ends of a connection.
#[derive(Debug)]
pub(super) struct Line {
    client: TcpStream,
    server: TcpStream,
}

impl Line {
    pub(super) fn end(&self) {
        // Either may have ended already.
        self.client.shutdown(Shutdown::Both).ok();
        self.server.shutdown(Shutdown::Both).ok();
    }
}

/// Passes on what either side says, until one ends or the link does something to it.
pub(super) fn join(client: TcpStream, server: TcpStream, link: &Arc<Link>) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ways = [
        (Way::Request, client.try_clone()?, server.try_clone()?),
        (Way::Answer, server.try_clone()?, client.try_clone()?),
    ];
    let line = Arc::new(Line { client, server });
    link.add(&line);
    for (way, from, to) in ways {
        let (link, line) = (Arc::clone(link), Arc::clone(&line));
        thread::spawn(move || {
            // However it ended, the other side is told in the same way.
            pass(way, from, to, &link, &line).ok();
            line.end();
        });
    }
    Ok(())
}

fn pass(
    way: Way,
    mut from: TcpStream,
    mut to: TcpStream,
    link: &Link,
    line: &Arc<Line>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    // What the piece before ended with, in case that the part that is looked for is torn.
    let mut before = Vec::new();
    loop {
        let length = from.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        match link.let_through(way, &mut before, &piece[..length]) {
            Passage::All => to.write_all(&piece[..length])?,
            Passage::Beginning(bytes) => {
                to.write_all(&piece[..bytes])?;
                return Ok(());
            }
            Passage::Nothing => return Ok(()),
            Passage::NothingEver => {
                link.wait_until_closed(line);
                return Ok(());
            }
        }
    }
}
