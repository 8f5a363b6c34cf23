//! What is measured, in the text format of Prometheus (version 0.0.4).
//!
//! What this process counts stands in its registry, which the other parts of the process add to. What is to be
//! asked for, of the queue, the statuses and the workers, is asked for when the metrics are read. One file for
//! each thing that is measured. Times are in seconds and sizes in bytes, as that format has them.

mod build;
mod handlers;
mod queue;
mod requests;
mod scrape;
mod uploads;

use std::sync::Arc;

use prometheus_client::registry::Registry;

pub(crate) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
pub(crate) use requests::Requests;
pub(crate) use scrape::Scope;
pub(crate) use uploads::Uploads;

/// What every name begins with.
const PREFIX: &str = "thumbnailify";

/// A registry for what the parts of a process count. It has the version of the program already.
#[must_use]
pub fn registry() -> Registry {
    let mut registry = Registry::with_prefix(PREFIX);
    build::register(&mut registry);
    registry
}

/// What the API counts, and the registry that it stands in. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    pub(crate) requests: Requests,
    pub(crate) uploads: Uploads,
    registry: Arc<Registry>,
}

impl Metrics {
    /// Adds what the API counts to a registry, which is whole with that.
    pub(crate) fn new(mut registry: Registry) -> Self {
        Self {
            requests: Requests::register(&mut registry),
            uploads: Uploads::register(&mut registry),
            registry: Arc::new(registry),
        }
    }
}
