//! Takes jobs from the queue and sees each one to its outcome.
//!
//! Knows queues and statuses, and nothing of WebAssembly. Every step of a job may happen twice; the
//! acknowledgement comes last.

mod announce;
mod attempt;
mod job;
mod lease;
mod outcome;
mod pull;

use std::sync::Arc;

use thumbnailify_core::Ports;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Thumbnailer, WorkerConfig};

/// A number of slots that take jobs until they are told to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Worker {
    name: Arc<str>,
    ports: Ports,
    thumbnailer: Arc<Thumbnailer>,
    config: WorkerConfig,
    /// Cancelled when running jobs must end at once.
    interrupt: CancellationToken,
}

impl Worker {
    /// Prepares a worker of this name, which must be unique among the processes that live.
    #[must_use]
    pub fn new(
        name: &str,
        ports: Ports,
        thumbnailer: Arc<Thumbnailer>,
        config: WorkerConfig,
    ) -> Self {
        Self {
            name: name.into(),
            ports,
            thumbnailer,
            config,
            interrupt: CancellationToken::new(),
        }
    }

    /// Takes jobs until `stop` is cancelled. Then running jobs may end within the drain time; what is left
    /// after it is interrupted and given back uncounted.
    pub async fn run(self, stop: CancellationToken) {
        let mut slots = JoinSet::new();
        slots.spawn(self.clone().announce(stop.clone()));
        for _ in 0..self.config.slots() {
            slots.spawn(self.clone().pull(stop.clone()));
        }
        stop.cancelled().await;
        let drained = tokio::time::timeout(self.config.drain(), all(&mut slots)).await;
        if drained.is_err() {
            tracing::warn!("running jobs are interrupted and given back");
            self.interrupt.cancel();
            all(&mut slots).await;
        }
    }
}

async fn all(slots: &mut JoinSet<()>) {
    while let Some(ended) = slots.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a slot of the worker panicked");
        }
    }
}
