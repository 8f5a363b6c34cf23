use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::config::Config;
use crate::router;
use crate::state::Api;

/// What a connection may hold of a request that nobody has read yet, in bytes.
const READ_BUFFER_BYTES: usize = 128 << 10;

/// The pause after the system has no more files or memory for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves the API until `shutdown`, then takes no more connections and lets open requests end.
///
/// Not `axum::serve`: that one never ends a connection whose client sends nothing.
pub async fn serve(listener: TcpListener, api: Api, shutdown: impl Future<Output = ()>) {
    let protocol = http1(&api.config);
    let router = router(api.clone());
    let seats = Arc::new(Semaphore::new(api.config.max_connections as usize));
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            (stream, seat) = accept(&listener, &seats) => {
                let connection =
                    converse(protocol.clone(), stream, router.clone(), connections.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop(seat);
                });
            }
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    api.closing.cancel();
    if timeout(api.config.drain(), connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            drain_ms = api.config.drain_ms,
            "requests were still open at the end"
        );
    }
}

fn http1(config: &Config) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout())
        .max_buf_size(READ_BUFFER_BYTES);
    protocol
}

/// Waits for a free seat and then for a connection to take it.
async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a seat in the end.
    let seat = Arc::clone(seats).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, seat),
            Err(error) if ended_early(&error) => {}
            Err(error) => pause_after(&error).await,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when the system has room again"
)]
async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "no connection can be accepted");
    sleep(ACCEPT_PAUSE).await;
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

/// Answers the requests of one connection.
async fn converse(protocol: http1::Builder, stream: TcpStream, router: Router, watcher: Watcher) {
    // Answers are written whole; waiting to join them with later ones only costs time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays without TCP_NODELAY");
    }
    let service = TowerToHyperService::new(router);
    let connection = protocol.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a connection ended early"
        );
    }
}
