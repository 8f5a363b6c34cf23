//! Takes jobs from the queue and sees each one to its outcome.
//!
//! Knows queues and statuses, and nothing of WebAssembly. Every step of a job may happen twice; the
//! acknowledgement comes last.

mod announce;
mod attempt;
mod ending;
mod give_up;
mod job;
mod lease;
mod let_go;
mod measured;
mod metrics;
mod outcome;
mod poison;
mod pull;
mod report;
mod status_watch;

pub use metrics::JobMetrics;

use std::sync::Arc;
use std::time::Duration;

use thumbnailify_core::Ports;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use self::status_watch::StatusWatch;
use crate::{Thumbnailer, WorkerConfig};

/// How long interrupted jobs may take to be given back.
const INTERRUPT_LIMIT: Duration = Duration::from_secs(5);

/// A number of slots that take jobs until they are told to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Worker {
    name: Arc<str>,
    ports: Ports,
    thumbnailer: Arc<Thumbnailer>,
    config: WorkerConfig,
    metrics: JobMetrics,
    status_watch: StatusWatch,
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
        metrics: JobMetrics,
    ) -> Self {
        Self {
            name: name.into(),
            ports,
            thumbnailer,
            config,
            metrics,
            status_watch: StatusWatch::new(),
            interrupt: CancellationToken::new(),
        }
    }

    /// Takes jobs until `stop` is cancelled. Then running jobs may end within the drain time; what is left
    /// after it is interrupted and given back uncounted.
    pub async fn run(self, stop: CancellationToken) {
        // Outcomes may have to wait for the status store after the stop.
        let ended = CancellationToken::new();
        let announcing = tokio::spawn(self.clone().announce(stop.clone()));
        let status = Arc::clone(&self.ports.status);
        let looking = tokio::spawn(self.status_watch.clone().look(status, ended.clone()));
        self.metrics.slots.set(self.config.slots().into());
        let mut slots = JoinSet::new();
        for _ in 0..self.config.slots() {
            slots.spawn(self.clone().pull(stop.clone()));
        }
        self.keep_filled(&mut slots, &stop).await;
        let drained = tokio::time::timeout(self.config.drain(), all(&mut slots)).await;
        if drained.is_err() {
            tracing::warn!("running jobs are interrupted and given back");
            self.interrupt.cancel();
            // What does not end now, such as a read of a storage that hangs, ends with the process.
            let _in_time = tokio::time::timeout(INTERRUPT_LIMIT, all(&mut slots)).await;
        }
        ended.cancel();
        report(looking.await);
        report(announcing.await);
    }

    /// A slot ends when it is told to, or by a fault of ours, which must not cost the worker a slot for good.
    async fn keep_filled(&self, slots: &mut JoinSet<()>, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Some(ended) = slots.join_next() => {
                    report(ended);
                    slots.spawn(self.clone().pull(stop.clone()));
                }
            }
        }
    }
}

async fn all(slots: &mut JoinSet<()>) {
    while let Some(ended) = slots.join_next().await {
        report(ended);
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a part of the worker panicked");
    }
}
