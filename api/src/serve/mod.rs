//! Takes connections and lets the router answer their requests.

mod accept;
mod connection;
mod open_files;

use std::sync::Arc;
use std::time::Duration;

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

/// How long connections are still taken at the least: those that clients have made already wait to be accepted, and
/// would break off otherwise.
const LEAST_NOTICE: Duration = Duration::from_millis(20);

/// Serves the API until `shutdown`, gives notice of its end for as long as the configuration says, then takes no more
/// connections and lets open requests end.
///
/// Raises the process's limit of open files first, as far as the system lets it.
///
/// Not `axum::serve`: that one never ends a connection whose client sends or reads nothing.
pub async fn serve(listener: TcpListener, api: Api, shutdown: impl Future<Output = ()>) {
    // A store may take a moment until it listens, which the first who waits should not.
    drop(api.ports.status.changes());
    let router = router(api.clone());
    let notice = api.config.notice();
    converse_with_all(listener, api, router, notice, shutdown).await;
}

/// Serves what tells how a worker is: `/livez`, `/readyz` and `/metrics`. Else as [`serve`], without a notice: nobody
/// sends requests there for an answer.
pub async fn serve_worker(listener: TcpListener, api: Api, shutdown: impl Future<Output = ()>) {
    let router = worker_router(api.clone());
    converse_with_all(listener, api, router, Duration::ZERO, shutdown).await;
}

async fn converse_with_all(
    listener: TcpListener,
    api: Api,
    router: Router,
    notice: Duration,
    shutdown: impl Future<Output = ()>,
) {
    let seats = seats(api.config.max_connections, raise_limit());
    let seats = Arc::new(Semaphore::new(seats));
    let connections = GracefulShutdown::new();
    let take = || take_all(&listener, &seats, &api, &router, &connections);
    tokio::select! {
        () = take() => {}
        () = shutdown => {}
    }
    api.leaving.cancel();
    // It never ends by itself.
    let _elapsed = timeout(notice.max(LEAST_NOTICE), take()).await;
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

/// Takes one connection after the other, for ever.
async fn take_all(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
    api: &Api,
    router: &Router,
    connections: &GracefulShutdown,
) {
    loop {
        let (stream, seat) = accept(listener, seats).await;
        let (config, router) = (Arc::clone(&api.config), router.clone());
        let watcher = connections.watcher();
        tokio::spawn(async move {
            converse(stream, &config, router, watcher).await;
            drop(seat);
        });
    }
}
