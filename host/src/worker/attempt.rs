use std::sync::Arc;
use std::time::Instant;

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
        let source = match self.ports.media.open(&attempt.original_key()).await {
            Ok(Some(source)) => source,
            Ok(None) => return original_missing(attempt.number),
            Err(error) => return after_storage_error(&error),
        };
        let render = Render {
            source,
            media_type: attempt.job.media_type.clone(),
            cancel,
        };
        let thumbnailer = Arc::clone(&self.thumbnailer);
        match tokio::task::spawn_blocking(move || thumbnailer.make(render)).await {
            Ok(Ok(made)) => self.store(attempt, made).await,
            Ok(Err(failure)) => self.after_failure(attempt.number, failure),
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
    fn after_failure(&self, attempt: u32, failure: Failure) -> Outcome {
        let Failure { kind, message, ran } = failure;
        let code = match kind {
            FailureKind::Malformed => 400,
            FailureKind::Crashed if attempt < self.config.handler_fault_attempts => {
                return Outcome::Retry { message };
            }
            FailureKind::Unsupported | FailureKind::BadAnswer | FailureKind::Crashed => 422,
            FailureKind::NoHandler => return Outcome::Retry { message },
            FailureKind::Host => return our_fault(&message),
            FailureKind::Cancelled => return Outcome::Interrupted,
        };
        Outcome::Failed { code, message, ran }
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
        Outcome::Postponed { reason }
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
            ran: None,
        }
    }
}
