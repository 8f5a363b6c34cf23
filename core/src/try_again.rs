//! Another try for a medium that ended as Error, asked for by a person.

use crate::{
    DeadLetter, Job, MediaId, Ports, Reopen, Result, State, Status, Trace, Verdict, crash_point,
};

/// What the status says from then on.
const MESSAGE: &str = "Processing image again, use `media_id` to check status";

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
    let letter = ports.dead_letters.get(id).await?;
    let job = job_of(&before, trace);
    let queued = match ports.status.reopen(id, before.epoch, MESSAGE).await? {
        Reopen::Reopened(status) => {
            queue_or_take_back(ports, &job, &before, letter).await?;
            status
        }
        Reopen::OpenBefore(status) => {
            if status.state == State::Processing && status.epoch == job.epoch {
                publish(ports, &job).await?;
            }
            status
        }
        Reopen::NotFailed(status) => return Ok(TryAgain::NotFailed(status.state)),
        Reopen::Absent => return Ok(TryAgain::Unknown),
    };
    Ok(TryAgain::Queued(queued))
}

/// Who opened the medium closes it again when the queue takes no job. The letter goes before the job comes, whose own
/// letter, if it is given up at once, must stay.
async fn queue_or_take_back(
    ports: &Ports,
    job: &Job,
    before: &Status,
    letter: Option<DeadLetter>,
) -> Result<()> {
    crash_point!("retry.reopened");
    let id = job.media_id;
    // A letter that stays is forgotten in time.
    ports.dead_letters.remove(id).await.ok();
    let Err(refused) = publish(ports, job).await else {
        return Ok(());
    };
    let error = error_of(before);
    if !ports.status.take_back(id, job.epoch, &error).await? {
        // A worker has it already, or another who asked for the same has queued it.
        return Ok(());
    }
    put_back(ports, letter).await;
    Err(refused)
}

/// That the queue has the job need not be known: it is published again then, which the queue recognises.
async fn publish(ports: &Ports, job: &Job) -> Result<()> {
    ports.queue.publish(job).await?;
    crash_point!("retry.queued");
    ports.status.published(job.media_id, job.epoch).await.ok();
    Ok(())
}

async fn put_back(ports: &Ports, letter: Option<DeadLetter>) {
    if let Some(letter) = letter {
        // The image is an Error all the same, and can be tried again without it.
        ports.dead_letters.put(&letter).await.ok();
    }
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

/// The Error that the medium was.
fn error_of(before: &Status) -> Verdict {
    Verdict::Error {
        message: before.message.clone(),
        code: before.code,
        handler: before.handler.clone(),
        cost: before.cost.clone(),
        fault: before.fault,
    }
}
