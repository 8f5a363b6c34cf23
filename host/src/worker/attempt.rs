use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream;
use sha2::{Digest, Sha256};
use thumbnailify_core::{ClaimToken, Delivery, Error, Hold, Job, MediaKey, Result, Thumbnail};
use tokio_util::sync::CancellationToken;

use super::Worker;
use super::job::{Next, chain};
use super::outcome::Outcome;
use crate::{Failure, FailureKind, Made, Render};

/// Storage that is eventually consistent may show an upload late; it gets this many attempts.
const ORIGINAL_ATTEMPTS: u32 = 3;

/// How long a job waits for a storage that is away or full.
const STORAGE_AWAY_DELAY: Duration = Duration::from_secs(30);

/// How long a job waits for a handler of its type, or for a worker that has one.
const HANDLER_AWAY_DELAY: Duration = Duration::from_secs(2);

/// One attempt at a job, under a claim that this worker holds.
pub(super) struct Attempt<'a> {
    pub(super) job: &'a Job,
    pub(super) token: ClaimToken,
    /// From 1.
    pub(super) number: u32,
}

impl Attempt<'_> {
    pub(super) fn original_key(&self) -> MediaKey {
        MediaKey::original(self.job.media_id, &self.job.media_type)
    }

    pub(super) fn thumbnail_key(&self, thumbnail: &Thumbnail) -> MediaKey {
        let Thumbnail {
            epoch,
            attempt,
            media_type,
            ..
        } = thumbnail;
        MediaKey::thumbnail(self.job.media_id, *epoch, *attempt, media_type)
    }
}

impl Worker {
    /// Makes the thumbnail while the lease is kept up, and records what came of it.
    pub(super) async fn attempt(
        &self,
        attempt: Attempt<'_>,
        delivery: &dyn Delivery,
    ) -> Result<Next> {
        let started = Instant::now();
        let cancel = self.interrupt.child_token();
        let run = self.make_and_store(&attempt, cancel.clone());
        let (outcome, hold) = self
            .keeping_the_lease(&attempt, delivery, &cancel, run)
            .await;
        let duration = started.elapsed();
        match hold {
            Hold::Held => self.record(&attempt, outcome, duration).await,
            Hold::Lost => self.abandon(&attempt, outcome).await,
        }
    }

    async fn make_and_store(&self, attempt: &Attempt<'_>, cancel: CancellationToken) -> Outcome {
        let job = attempt.job;
        let Some(handler) = self.thumbnailer.registry().handler_for(&job.media_type) else {
            return self.without_handler(job).await;
        };
        match self.quarantined(attempt, &handler).await {
            Ok(None) => {}
            Ok(Some(outcome)) => return outcome,
            Err(error) => return after_storage_error(&error),
        }
        let source = match self.ports.media.open(&attempt.original_key()).await {
            Ok(Some(source)) => source,
            Ok(None) => return original_missing(attempt.number),
            Err(error) => return after_storage_error(&error),
        };
        let render = Render {
            source,
            media_type: job.media_type.clone(),
            handler,
            upload: job.sha256.as_str().into(),
            cancel,
        };
        let thumbnailer = Arc::clone(&self.thumbnailer);
        match tokio::task::spawn_blocking(move || thumbnailer.make(render)).await {
            Ok(Ok(made)) => self.store(attempt, made).await,
            Ok(Err(failure)) => self.after_failure(attempt, failure).await,
            Err(panic) => our_fault(&panic.to_string()),
        }
    }

    async fn store(&self, attempt: &Attempt<'_>, made: Made) -> Outcome {
        let Made {
            thumbnail: file,
            source_size,
            ran,
        } = made;
        let thumbnail = Thumbnail {
            epoch: attempt.job.epoch,
            attempt: attempt.number,
            media_type: file.format.media_type(),
            bytes: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
            width: file.size.width,
            height: file.size.height,
            sha256: hex::encode(Sha256::digest(&file.bytes)),
        };
        let body = Box::pin(stream::once(async { Ok(Bytes::from(file.bytes)) }));
        match self
            .ports
            .media
            .put(&attempt.thumbnail_key(&thumbnail), body)
            .await
        {
            Ok(_bytes) => Outcome::Completed {
                thumbnail,
                source_size,
                ran,
            },
            Err(error) => after_storage_error(&error),
        }
    }

    /// Decides what a failure means for the job: what the upload or the handler's answer is at fault for
    /// would happen again, a crash may not, and what is our fault must not be the upload's end.
    async fn after_failure(&self, attempt: &Attempt<'_>, failure: Failure) -> Outcome {
        let Failure {
            kind,
            message,
            fault,
            ran,
        } = failure;
        let code = match kind {
            FailureKind::Malformed => 400,
            FailureKind::Crashed => {
                self.note_crash(attempt, fault, &message, ran.as_ref())
                    .await;
                if attempt.number < self.config.handler_fault_attempts {
                    return Outcome::Retry { message };
                }
                422
            }
            FailureKind::Unsupported | FailureKind::BadAnswer => 422,
            FailureKind::NoHandler => return Outcome::Retry { message },
            FailureKind::Host => return our_fault(&message),
            FailureKind::Cancelled => return Outcome::Interrupted,
        };
        Outcome::Failed {
            code,
            message,
            fault,
            ran,
        }
    }

    /// A handler may be on its way into service, here or at another worker; but no job waits for ever.
    async fn without_handler(&self, job: &Job) -> Outcome {
        let reason = format!("no handler for {} is in service", job.media_type);
        let status = match self.ports.status.get(job.media_id).await {
            Ok(status) => status,
            Err(error) => return after_storage_error(&error),
        };
        let waited_ms =
            status.map(|status| status.updated_at_ms.saturating_sub(status.created_at_ms));
        if waited_ms.is_some_and(|waited_ms| waited_ms < self.config.handler_wait_ms()) {
            return Outcome::Postponed {
                reason,
                delay: HANDLER_AWAY_DELAY,
            };
        }
        Outcome::Failed {
            code: 422,
            message: reason,
            fault: None,
            ran: None,
        }
    }
}

/// What went wrong on our side is for our log, and not for the person who uploaded the file.
fn our_fault(reason: &str) -> Outcome {
    tracing::warn!(reason, "an attempt failed by a fault of ours");
    let message = "something went wrong on our side".to_owned();
    Outcome::Retry { message }
}

/// A full disk or a storage that is away is no fault of the upload, however long it takes.
fn after_storage_error(error: &Error) -> Outcome {
    let reason = chain(error);
    if error.is_transient() {
        Outcome::Postponed {
            reason,
            delay: STORAGE_AWAY_DELAY,
        }
    } else {
        our_fault(&reason)
    }
}

fn original_missing(attempt: u32) -> Outcome {
    let message = "the upload is no longer there".to_owned();
    if attempt < ORIGINAL_ATTEMPTS {
        Outcome::Retry { message }
    } else {
        Outcome::Failed {
            code: 500,
            message,
            fault: None,
            ran: None,
        }
    }
}
