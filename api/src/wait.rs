use std::time::Duration;

use thumbnailify_core::{MediaId, Result, Status};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use crate::state::Api;

/// The status is read again this often, since the news of a change may be lost.
const REREAD: Duration = Duration::from_secs(1);

/// Waits until the medium is final or unknown, `wait` is over, or the server closes, and returns the
/// status as it then is.
pub(crate) async fn until_final(api: &Api, id: MediaId, wait: Duration) -> Result<Option<Status>> {
    let deadline = Instant::now() + wait.min(api.config.max_wait());
    // Subscribed before the first read: a change between the two is heard.
    let mut changes = api.ports.status.changes();
    loop {
        let status = api.ports.status.get(id).await?;
        let is_open = status
            .as_ref()
            .is_some_and(|status| !status.state.is_final());
        if !is_open || Instant::now() >= deadline || api.closing.is_cancelled() {
            return Ok(status);
        }
        tokio::select! {
            () = change_of(id, &mut changes) => {}
            () = sleep_until(deadline.min(Instant::now() + REREAD)) => {}
            () = api.closing.cancelled() => {}
        }
    }
}

/// Waits for news of the medium, or for the sign that news were missed.
async fn change_of(id: MediaId, changes: &mut Receiver<MediaId>) {
    loop {
        match changes.recv().await {
            Ok(changed) if changed == id => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            // No more news will come: what is left is to read now and then.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
