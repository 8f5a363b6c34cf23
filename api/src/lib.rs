//! The HTTP API in front of the ports.
//!
//! It takes uploads in, stores them, queues their jobs and answers for them. It does no image work and
//! knows no backend by name. The route table is [`router()`]; each endpoint has a file of its own.
//!
//! **Invariant:** a 202 means that the upload is durable in the media store and recorded in the status store; if
//! its job is not in the queue, the record says so, and a worker puts it there. No answer promises more than what is
//! stored.

mod config;
mod state;

mod router;
mod serve;

mod admission;
mod catalog;
mod counters;
mod cursor;
mod endpoints;
mod headers;
mod list_query;
mod metrics;
mod middleware;
mod problem;
mod query;
mod representation;
mod task;
mod timestamp;
mod trace;
mod upload;
mod wait;

pub use config::Config;
pub use metrics::registry;
pub use router::{router, worker_router};
pub use serve::{serve, serve_worker};
pub use state::Api;
