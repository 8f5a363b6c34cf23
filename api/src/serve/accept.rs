use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// The pause after the system has no more files or memory for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Waits for a free seat and then for a connection to take it.
pub(super) async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a seat in the end.
    let seat = Arc::clone(seats).acquire_owned().await.ok();
    let stream = match try_accept(listener).await {
        Ok(stream) => stream,
        Err(error) => {
            // One line for each outage, not one for each try.
            tracing::warn!(%error, "no connection can be accepted for now");
            let stream = accept_after_outage(listener).await;
            tracing::info!("connections are accepted again");
            stream
        }
    };
    (stream, seat)
}

/// Fails when the system cannot give a connection.
async fn try_accept(listener: &TcpListener) -> io::Result<TcpStream> {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok(stream),
            Err(error) if ended_early(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when the system has room again"
)]
async fn accept_after_outage(listener: &TcpListener) -> TcpStream {
    loop {
        sleep(ACCEPT_PAUSE).await;
        if let Ok(stream) = try_accept(listener).await {
            return stream;
        }
    }
}

/// Tells whether the error concerns a single connection that its client gave up already.
fn ended_early(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}
