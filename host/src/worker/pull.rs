use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Worker;

const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

impl Worker {
    /// One slot: a job after the other until told to stop.
    pub(super) async fn pull(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let delivery = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                delivery = self.ports.queue.pull() => delivery,
            };
            match delivery {
                Ok(delivery) => {
                    if self.work(delivery).await.is_err() {
                        self.status_store_is_back(&stop).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "no job could be taken; trying again");
                    pause(&stop).await;
                }
            }
        }
    }

    /// Takes no more jobs while their outcome could not be recorded.
    async fn status_store_is_back(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() && self.ports.status.check().await.is_err() {
            pause(stop).await;
        }
    }
}

async fn pause(stop: &CancellationToken) {
    let _stopped_early = tokio::time::timeout(PAUSE_AFTER_FAILURE, stop.cancelled()).await;
}
