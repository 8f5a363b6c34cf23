//! Sees to it that a process uses the files that go with the records.

use std::error::Error;
use std::time::Duration;

use thumbnailify_core::{Result, Upkeep};
use tokio_util::sync::CancellationToken;

/// How long lies between two tries while the records are out of reach.
const AGAIN: Duration = Duration::from_secs(1);

/// Has the process use the files of its records alone, once these can be asked. Where the two do not go together, the
/// media store is out of reach until they do, and the log says what is to be done about it.
///
/// # Errors
/// One of the two is out of reach.
pub(crate) async fn join(upkeep: &Upkeep) -> Result<()> {
    if let Err(error) = upkeep.join().await?.check() {
        let error = &error as &dyn Error;
        tracing::error!(error, "files and records do not belong together");
    }
    Ok(())
}

/// Tries it again and again until told to stop.
pub(crate) async fn join_in_the_end(upkeep: Upkeep, stop: CancellationToken) {
    while join(&upkeep).await.is_err() {
        let stopped = tokio::time::timeout(AGAIN, stop.cancelled()).await;
        if stopped.is_ok() {
            return;
        }
    }
}
