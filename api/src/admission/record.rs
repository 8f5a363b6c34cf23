//! Record, then job. The order decides what a crash leaves behind: a job never is without its record.
//!
//! An upload is accepted once it is recorded. Its record is what the job is published from if it is not known to be in
//! the queue, so what became of a publish need not be known.

use std::time::Duration;

use thumbnailify_core::{
    Error, Job, MediaId, MediaKey, NewMedia, Published, Result, Trace, crash_point,
};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::Instrument;

use super::store::delete_original;
use crate::state::Api;

/// The pauses between the tries to record an upload.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// The pause between the tries to publish a job.
const PUBLISH_PAUSE: Duration = Duration::from_millis(200);

/// The epoch that every upload starts in.
const FIRST_EPOCH: u32 = 1;

/// How long an answer waits until a refused upload is taken back; the taking back itself goes on.
const TAKE_BACK_PATIENCE: Duration = Duration::from_millis(1_500);

/// How long an answer waits for a note that is harmless to lose.
const NOTE_PATIENCE: Duration = Duration::from_millis(500);

/// Records and queues a stored upload, or takes it back.
pub(super) async fn record_and_queue(
    api: &Api,
    new: &NewMedia,
    trace: Trace,
    key: &MediaKey,
) -> Result<()> {
    let deadline = Instant::now() + api.config.admission_deadline();
    let recorded = timeout_at(deadline, create(api, new)).await;
    match recorded.unwrap_or_else(|elapsed| Err(Error::unavailable("admission", elapsed))) {
        Ok(()) => {}
        // Then the file is that of the other upload, too. Ids are random, so this is a fault of ours.
        Err(error @ Error::AlreadyExists(_)) => return Err(error),
        Err(error) => return Err(taken_back(api, new.media_id, key, error).await),
    }
    crash_point!("upload.recorded");
    let job = first_job(new, trace);
    let published = timeout_at(deadline, publish(api, &job)).await;
    match published.unwrap_or_else(|elapsed| Err(Error::unavailable("admission", elapsed))) {
        Ok(_) => {
            crash_point!("upload.queued");
            api.full_queue.clear();
            note_published(api, &job).await;
            crash_point!("upload.noted");
            Ok(())
        }
        Err(error @ Error::Unavailable { .. }) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "the queue does not answer; the job is published later"
            );
            Ok(())
        }
        Err(error) => {
            if matches!(error, Error::QueueFull) {
                api.full_queue.note(api.config.retry_after());
            }
            Err(taken_back(api, new.media_id, key, error).await)
        }
    }
}

/// Publishes until the queue answers. It knows a repeat by id and epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "a pause between tries waits for nothing else"
)]
async fn publish(api: &Api, job: &Job) -> Result<Published> {
    loop {
        match api.ports.queue.publish(job).await {
            Err(Error::Unavailable { .. }) => sleep(PUBLISH_PAUSE).await,
            answer => return answer,
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

fn first_job(new: &NewMedia, trace: Trace) -> Job {
    Job {
        media_id: new.media_id,
        media_type: new.media_type.clone(),
        bytes: new.original.bytes,
        sha256: new.original.sha256.clone(),
        epoch: FIRST_EPOCH,
        options: new.options,
        trace,
    }
}

async fn note_published(api: &Api, job: &Job) {
    let noting = api.ports.status.published(job.media_id, job.epoch);
    let noted = timeout(NOTE_PATIENCE, noting).await;
    if let Err(error) = noted.unwrap_or_else(|elapsed| Err(Error::unavailable("status", elapsed))) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a job is queued and not noted so; it may be queued again, which is harmless"
        );
    }
}

/// Undoes an admission, if need be for longer than its client is kept waiting, and gives back why.
async fn taken_back(api: &Api, id: MediaId, key: &MediaKey, error: Error) -> Error {
    let (api, key) = (api.clone(), key.clone());
    let undoing = async move { undo(&api, id, &key).await };
    let undoing = tokio::spawn(undoing.in_current_span());
    if timeout(TAKE_BACK_PATIENCE, undoing).await.is_err() {
        tracing::warn!("a refused upload is still being taken back");
    }
    error
}

/// Deletes the record first, so that no worker looks for a file that is gone.
async fn undo(api: &Api, id: MediaId, key: &MediaKey) {
    crash_point!("upload.refused");
    if let Err(error) = api.ports.status.delete(id).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the record of a refused upload could not be deleted"
        );
    }
    crash_point!("upload.unrecorded");
    delete_original(api, key).await;
}
