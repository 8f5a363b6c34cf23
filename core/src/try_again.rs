//! Another try for a medium that ended as Error, asked for by a person.

use std::time::Duration;

use crate::{
    Claim, ClaimRequest, ClaimToken, Job, MediaId, Ports, Reopen, Result, State, Status, Trace,
    Verdict, crash_point,
};

/// What the status says from then on.
const MESSAGE: &str = "Processing image again, use `media_id` to check status";

/// Who makes it an Error again when the queue did not take the job.
const NOT_QUEUED: &str = "api";

/// Far longer than it takes to write down that the queue took no job.
const TAKE_BACK_LEASE: Duration = Duration::from_secs(10);

/// What became of the wish for another try.
#[derive(Clone, PartialEq, Debug)]
pub enum TryAgain {
    /// It is queued, with a fresh budget of attempts. The status is the one from then on.
    Queued(Box<Status>),
    /// It did not end as Error.
    NotFailed(State),
    /// The upload is no longer kept.
    OriginalGone,
    /// The id is unknown or deleted.
    Unknown,
}

/// Queues a medium in Error once more, while its upload is kept. Its dead letter, if it has one, is removed.
///
/// The record comes before the job, as at an upload. When the queue does not take the job, the medium is an Error
/// as before.
///
/// # Errors
/// Those of the ports. After `QueueFull` nothing has changed but the version.
pub async fn try_again(ports: &Ports, id: MediaId, trace: Trace) -> Result<TryAgain> {
    let Some(before) = ports.status.get(id).await? else {
        return Ok(TryAgain::Unknown);
    };
    if before.state != State::Error {
        return Ok(TryAgain::NotFailed(before.state));
    }
    if ports.media.open(&before.original_key()).await?.is_none() {
        return Ok(TryAgain::OriginalGone);
    }
    let reopened = match ports.status.reopen(id, before.epoch, MESSAGE).await? {
        Reopen::Reopened(status) => status,
        Reopen::NotFailed(status) => return Ok(TryAgain::NotFailed(status.state)),
        Reopen::Absent => return Ok(TryAgain::Unknown),
    };
    crash_point!("retry.reopened");
    let job = job_of(&before, trace);
    if let Err(error) = ports.queue.publish(&job).await
        && take_back(ports, &job, &before).await?
    {
        return Err(error);
    }
    crash_point!("retry.queued");
    // Both may be lost: the job is in the queue.
    ports.status.published(id, job.epoch).await.ok();
    ports.dead_letters.remove(id).await.ok();
    Ok(TryAgain::Queued(reopened))
}

/// The job of the next epoch.
fn job_of(status: &Status, trace: Trace) -> Job {
    Job {
        media_id: status.media_id,
        media_type: status.media_type.clone(),
        bytes: status.original.bytes,
        sha256: status.original.sha256.clone(),
        epoch: status.epoch.saturating_add(1),
        options: status.options,
        trace,
    }
}

/// Makes the medium the Error that it was. Tells whether it did: a worker that has the job already shows that the
/// queue took it after all.
async fn take_back(ports: &Ports, job: &Job, before: &Status) -> Result<bool> {
    let token = ClaimToken::random();
    let request = ClaimRequest {
        token,
        epoch: job.epoch,
        lease: TAKE_BACK_LEASE,
        attempt_budget: 0,
        worker: NOT_QUEUED.to_owned(),
    };
    let claim = ports.status.claim(job.media_id, &request).await?;
    if !matches!(claim, Claim::Exhausted { .. }) {
        return Ok(false);
    }
    let verdict = Verdict::Error {
        message: before.message.clone(),
        code: before.code,
        handler: before.handler.clone(),
        cost: before.cost.clone(),
        fault: before.fault,
    };
    ports.status.finish(job.media_id, token, &verdict).await?;
    Ok(true)
}
