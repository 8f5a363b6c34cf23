use std::time::Duration;

use thumbnailify_core::{MediaId, MediaKey, OriginalStays, crash_point};
use tracing::Instrument;

use super::Worker;

impl Worker {
    /// Deletes the original of a medium that its record needs no more, once that cannot be lost any more.
    pub(super) async fn let_go_of_original(&self, id: MediaId, key: MediaKey) {
        let settles_in = self.ports.upkeep.status.settles_in();
        if settles_in.is_zero() {
            self.delete(&key).await;
            return;
        }
        let worker = self.clone();
        let settling = async move { worker.delete_once_settled(id, &key, settles_in).await };
        // If the process ends before that, the reconciler finds the original.
        tokio::spawn(settling.in_current_span());
    }

    /// A store that lost the outcome meanwhile, or cannot be asked, leaves the original where it is.
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing tells when a server has synced its log"
    )]
    async fn delete_once_settled(&self, id: MediaId, key: &MediaKey, settles_in: Duration) {
        tokio::time::sleep(settles_in).await;
        let is_settled = match self.ports.status.get(id).await {
            Ok(Some(status)) => {
                let after_error = self.config.keep_failed_uploads();
                status.original_stays(after_error) == OriginalStays::NoLonger
            }
            Ok(None) | Err(_) => false,
        };
        if is_settled {
            crash_point!("original.settled");
            self.delete(key).await;
            crash_point!("original.deleted");
        }
    }
}
