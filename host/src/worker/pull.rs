use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio_util::sync::CancellationToken;

use super::Worker;

const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

impl Worker {
    /// One slot: a job after the other until told to stop, and none while the status store is away.
    pub(super) async fn pull(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.status_watch.up() => {}
            }
            let delivery = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.status_watch.down() => continue,
                delivery = self.ports.queue.pull() => delivery,
            };
            match delivery {
                Ok(delivery) => {
                    let busy = Busy::one_more(&self.metrics.busy_slots);
                    let worked = self.work(delivery).await;
                    drop(busy);
                    if worked.is_err() {
                        self.status_watch.suspect();
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "no job could be taken; trying again");
                    pause(&stop).await;
                }
            }
        }
    }
}

/// A slot that has a job, until it is dropped.
struct Busy<'a>(&'a Gauge);

impl<'a> Busy<'a> {
    fn one_more(busy_slots: &'a Gauge) -> Self {
        busy_slots.inc();
        Self(busy_slots)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

async fn pause(stop: &CancellationToken) {
    let _stopped_early = tokio::time::timeout(PAUSE_AFTER_FAILURE, stop.cancelled()).await;
}
