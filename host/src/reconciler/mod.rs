//! Looks after what crashes, outages and lost writes left behind.
//!
//! Every worker has a reconciler, and one of them leads, by a term in the status store. That only saves work: every
//! step may be done twice, and by two at the same time. What is found and what is done about it are apart, so that
//! the same can be shown without a change.

mod examine;
mod files;
mod finding;
mod mend;
mod metrics;
mod open;
mod records;
mod round;
mod time;

pub use examine::Examination;
pub use finding::{Finding, Kind};
pub(crate) use mend::AGAIN;
pub use metrics::RepairMetrics;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use thumbnailify_core::{Error, Ports, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{ReconcileConfig, RetentionConfig};

/// Into how many steps the time of a walk is cut. There are 256 shards, so it takes a fourth of its time.
const STEPS: u32 = 1_024;

/// How long the first round of a duty waits at most, or a worker that is restarted every day would never come to it.
const LONGEST_FIRST: Duration = Duration::from_hours(1);

/// Looks after a system. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reconciler {
    name: Arc<str>,
    ports: Ports,
    config: ReconcileConfig,
    retention: RetentionConfig,
    /// How long the original of an Error stays.
    keep_failed_uploads: Duration,
    metrics: RepairMetrics,
    leads: Arc<AtomicBool>,
}

/// A duty that comes more rarely than the look at the open media.
#[derive(Clone, Copy, Debug)]
enum Duty {
    Originals,
    Thumbnails,
    Records,
    Ghosts,
}

impl Reconciler {
    /// Prepares a reconciler of this name, which must be unique among the processes that live.
    #[must_use]
    pub fn new(
        name: &str,
        ports: Ports,
        config: ReconcileConfig,
        retention: RetentionConfig,
        keep_failed_uploads: Duration,
        metrics: RepairMetrics,
    ) -> Self {
        Self {
            name: name.into(),
            ports,
            config,
            retention,
            keep_failed_uploads,
            metrics,
            leads: Arc::default(),
        }
    }

    /// Looks after the system until `stop` is cancelled, while no other does.
    pub async fn run(self, stop: CancellationToken) {
        let duties = async {
            tokio::join!(
                self.watch_open(),
                self.repeat(Duty::Originals),
                self.repeat(Duty::Thumbnails),
                self.repeat(Duty::Records),
                self.repeat(Duty::Ghosts),
            )
        };
        // What is cut off here is found again: it stands as after a crash.
        tokio::select! {
            () = stop.cancelled() => {}
            _ = duties => {}
        }
        if self.leads.load(Ordering::Relaxed) {
            // Without it, the next leader waits until the term is over.
            self.ports.upkeep.status.resign(&self.name).await.ok();
        }
    }

    /// The quick duty, which also keeps the lead.
    async fn watch_open(&self) {
        let every = seconds(self.config.open_s);
        let mut was_told = false;
        let mut calm_since = Instant::now();
        loop {
            let looked = async {
                if self.take_lead().await? {
                    self.open_round(calm_since.elapsed()).await?;
                }
                Ok(())
            };
            let looked = looked.await;
            if looked.as_ref().is_err_and(is_outage) {
                calm_since = Instant::now();
            }
            tell_once(looked, &mut was_told);
            pause(every).await;
        }
    }

    async fn take_lead(&self) -> Result<bool> {
        let term = seconds(self.config.lead_s);
        let asked = self.ports.upkeep.status.lead(&self.name, term).await;
        let leads = asked.as_ref().is_ok_and(|leads| *leads);
        self.leads.store(leads, Ordering::Relaxed);
        self.metrics.leads.set(leads.into());
        asked
    }

    /// One of the duties that go through everything. It begins after its time, so that a worker that is restarted
    /// again and again does not go through everything again and again.
    async fn repeat(&self, duty: Duty) {
        let every = self.time_of(duty);
        let mut was_told = false;
        pause(every.min(LONGEST_FIRST)).await;
        loop {
            if self.leads.load(Ordering::Relaxed) {
                tell_once(self.round(duty).await, &mut was_told);
            }
            pause(every).await;
        }
    }

    fn time_of(&self, duty: Duty) -> Duration {
        seconds(match duty {
            Duty::Originals => self.config.originals_s,
            Duty::Thumbnails => self.config.thumbnails_s,
            Duty::Records => self.config.records_s,
            Duty::Ghosts => self.config.ghosts_s,
        })
    }

    async fn round(&self, duty: Duty) -> Result<()> {
        let pace = self.time_of(duty) / STEPS;
        match duty {
            Duty::Originals => self.originals_round(pace).await,
            Duty::Thumbnails => self.thumbnails_round(pace).await,
            Duty::Records => self.records_round().await,
            Duty::Ghosts => self.ghosts_round().await,
        }
    }
}

/// A full queue answers, and workers that live say so all the while.
fn is_outage(error: &Error) -> bool {
    !matches!(error, Error::QueueFull)
}

/// Tells of the begin of an outage and of its end, and of nothing in between.
fn tell_once(looked: Result<()>, was_told: &mut bool) {
    match looked {
        Ok(()) => *was_told = false,
        Err(error) if !*was_told => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "what is out of order cannot be mended for now");
            *was_told = true;
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "what is out of order still cannot be mended");
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when something is out of order"
)]
async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_is_no_outage() {
        assert!(!is_outage(&Error::QueueFull));
        assert!(is_outage(&Error::unavailable("redis", "away")));
    }
}
