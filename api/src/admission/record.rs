//! Record, then job. The order decides what a crash leaves behind: a job never is without its record.
//!
//! An upload is accepted once its job is in the queue, and not before: nothing else would put it there.

use std::time::Duration;

use thumbnailify_core::{Error, Job, MediaKey, NewMedia, Result};
use tokio::time::sleep;

use super::store::delete_original;
use crate::state::Api;

/// The pauses between the tries to record an upload.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// The epoch that every upload starts in.
const FIRST_EPOCH: u32 = 1;

/// Records a stored upload, or takes it back.
pub(super) async fn record(api: &Api, new: &NewMedia, key: &MediaKey) -> Result<()> {
    let created = create(api, new).await;
    match &created {
        // Then the file is that of the other upload, too. Ids are random, so this is a fault of ours.
        Ok(()) | Err(Error::AlreadyExists(_)) => {}
        Err(_) => take_back(api, new, key).await,
    }
    created
}

/// Queues the job of a recorded upload, or takes it back.
///
/// After `Unavailable` the job may be in the queue all the same. Its worker then finds a tombstone.
pub(super) async fn queue(api: &Api, new: &NewMedia, key: &MediaKey) -> Result<()> {
    let job = first_job(new);
    match api.ports.queue.publish(&job).await {
        Ok(_) => {
            note_published(api, &job).await;
            Ok(())
        }
        Err(error) => {
            take_back(api, new, key).await;
            Err(error)
        }
    }
}

/// Repeats a `create` whose fate is unknown. The request token makes the repeat harmless.
#[expect(
    clippy::disallowed_methods,
    reason = "a pause between tries waits for nothing else"
)]
async fn create(api: &Api, new: &NewMedia) -> Result<()> {
    for pause in PAUSES {
        match api.ports.status.create(new).await {
            Err(Error::Unavailable { .. }) => sleep(pause).await,
            answer => return answer,
        }
    }
    api.ports.status.create(new).await
}

fn first_job(new: &NewMedia) -> Job {
    Job {
        media_id: new.media_id,
        media_type: new.media_type.clone(),
        bytes: new.original.bytes,
        epoch: FIRST_EPOCH,
    }
}

async fn note_published(api: &Api, job: &Job) {
    if let Err(error) = api.ports.status.published(job.media_id, job.epoch).await {
        tracing::debug!(
            media.id = %job.media_id,
            error = &error as &dyn std::error::Error,
            "a job is queued and not noted so; it may be queued again, which is harmless"
        );
    }
}

/// Undoes an admission: the record first, so that no worker looks for a file that is gone.
async fn take_back(api: &Api, new: &NewMedia, key: &MediaKey) {
    if let Err(error) = api.ports.status.delete(new.media_id).await {
        tracing::warn!(
            media.id = %new.media_id,
            error = &error as &dyn std::error::Error,
            "the record of a refused upload could not be deleted"
        );
    }
    delete_original(api, new.media_id, key).await;
}
