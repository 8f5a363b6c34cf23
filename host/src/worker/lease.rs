use std::pin::pin;

use thumbnailify_core::{Delivery, Hold};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::Worker;
use super::attempt::Attempt;
use super::job::chain;

impl Worker {
    /// Waits for a run, and tells the queue and the status store three times per lease that it goes on.
    /// When the claim is lost, to a deletion or to another worker, the run is cancelled.
    pub(super) async fn keeping_the_lease<T>(
        &self,
        attempt: &Attempt<'_>,
        delivery: &dyn Delivery,
        cancel: &CancellationToken,
        run: impl Future<Output = T>,
    ) -> (T, Hold) {
        let mut run = pin!(run);
        let mut hold = Hold::Held;
        let mut beats = tokio::time::interval(self.config.lease() / 3);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.tick().await; // The first tick is at once, and the claim is fresh.
        loop {
            tokio::select! {
                ended = &mut run => return (ended, hold),
                _ = beats.tick() => {
                    if self.beat(attempt, delivery).await == Hold::Lost {
                        hold = Hold::Lost;
                        cancel.cancel();
                    }
                }
            }
        }
    }

    /// A beat that does not get through is no reason to stop: the record of the outcome will tell.
    async fn beat(&self, attempt: &Attempt<'_>, delivery: &dyn Delivery) -> Hold {
        if let Err(error) = delivery.progress().await {
            tracing::warn!(error = chain(&error), "the lease may run out");
        }
        let lease = self.config.lease();
        self.ports
            .status
            .beat(attempt.job.media_id, attempt.token, lease)
            .await
            .unwrap_or(Hold::Held)
    }
}
