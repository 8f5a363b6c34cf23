use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;

use crate::config::Config;

/// What a connection may hold of a request that nobody has read yet, in bytes.
const READ_BUFFER_BYTES: usize = 128 << 10;

/// Answers the requests of one connection.
pub(super) async fn converse(stream: TcpStream, config: &Config, router: Router, watcher: Watcher) {
    // Answers are written whole; waiting to join them with later ones only costs time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays without TCP_NODELAY");
    }
    let service = TowerToHyperService::new(router);
    let io = TokioIo::new(Box::pin(with_write_timeout(stream, config)));
    let connection = http1(config).serve_connection(io, service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a connection ended early"
        );
    }
}

/// Ends writes that do not go on, so that a client that reads nothing does not keep its seat for ever.
fn with_write_timeout(stream: TcpStream, config: &Config) -> TimeoutStream<TcpStream> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(config.write_timeout()));
    stream
}

fn http1(config: &Config) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout())
        .max_buf_size(READ_BUFFER_BYTES);
    protocol
}
