use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Worker;

/// A worker is forgotten after a minute of silence; four announcements fit into it.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(15);
/// The first one is repeated sooner, for uploads are refused before it.
const ANNOUNCE_AGAIN_AFTER: Duration = Duration::from_secs(1);

impl Worker {
    /// Keeps telling the API what this worker can handle.
    pub(super) async fn announce(self, stop: CancellationToken) {
        let catalog = self.thumbnailer.registry().catalog();
        let mut was_announced = true;
        while !stop.is_cancelled() {
            let announced = self.ports.catalog.announce(&self.name, &catalog).await;
            if let Err(error) = &announced
                && was_announced
            {
                tracing::warn!(%error, "the handlers could not be announced; trying again");
            }
            was_announced = announced.is_ok();
            let pause = if was_announced {
                ANNOUNCE_EVERY
            } else {
                ANNOUNCE_AGAIN_AFTER
            };
            let _stopped_early = tokio::time::timeout(pause, stop.cancelled()).await;
        }
    }
}
