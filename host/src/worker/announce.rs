use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Worker;

/// A worker is forgotten after a minute of silence. The counters of its handlers are as old as this at most.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(5);
/// The first one is repeated sooner, for uploads are refused before it.
const ANNOUNCE_AGAIN_AFTER: Duration = Duration::from_secs(1);

impl Worker {
    /// Keeps telling the API what this worker can handle, and at once when that changes.
    pub(super) async fn announce(self, stop: CancellationToken) {
        let registry = self.thumbnailer.registry();
        let mut changes = registry.changes();
        let mut was_announced = true;
        while !stop.is_cancelled() {
            changes.mark_unchanged();
            let catalog = registry.catalog();
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
            let woken = async {
                tokio::select! {
                    () = stop.cancelled() => {}
                    _ = changes.changed(), if was_announced => {}
                }
            };
            let _sooner = tokio::time::timeout(pause, woken).await;
        }
    }
}
