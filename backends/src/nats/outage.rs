use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

/// Logs the begin and the end of an outage, and nothing in between.
#[derive(Debug, Default)]
pub(super) struct Outage {
    is_on: AtomicBool,
}

impl Outage {
    /// Notes that something failed.
    pub(super) fn begin(&self, error: &dyn Display) {
        if !self.is_on.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "nats hands out no jobs for now");
        }
    }

    /// Notes that something worked.
    pub(super) fn end(&self) {
        if self.is_on.swap(false, Ordering::Relaxed) {
            tracing::info!("nats hands out jobs again");
        }
    }
}
