//! Takes connections and lets the router answer their requests.

mod accept;
mod connection;
mod open_files;

use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::router::{router, worker_router};
use crate::state::Api;

use accept::accept;
use connection::converse;
use open_files::{raise_limit, seats};

/// Serves the API until `shutdown`, then takes no more connections and lets open requests end.
///
/// Raises the process's limit of open files first, as far as the system lets it.
///
/// Not `axum::serve`: that one never ends a connection whose client sends or reads nothing.
pub async fn serve(listener: TcpListener, api: Api, shutdown: impl Future<Output = ()>) {
    // A store may take a moment until it listens, which the first who waits should not.
    drop(api.ports.status.changes());
    let router = router(api.clone());
    converse_with_all(listener, api, router, shutdown).await;
}

/// Serves what tells how a worker is: `/livez`, `/readyz` and `/metrics`. Else as [`serve`].
pub async fn serve_worker(listener: TcpListener, api: Api, shutdown: impl Future<Output = ()>) {
    let router = worker_router(api.clone());
    converse_with_all(listener, api, router, shutdown).await;
}

async fn converse_with_all(
    listener: TcpListener,
    api: Api,
    router: Router,
    shutdown: impl Future<Output = ()>,
) {
    let seats = Arc::new(Semaphore::new(seats(
        api.config.max_connections,
        raise_limit(),
    )));
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            (stream, seat) = accept(&listener, &seats) => {
                let (config, router) = (Arc::clone(&api.config), router.clone());
                let watcher = connections.watcher();
                tokio::spawn(async move {
                    converse(stream, &config, router, watcher).await;
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
