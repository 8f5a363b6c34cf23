use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream;
use sha2::{Digest, Sha256};
use thumbnailify_core::{
    Blame, ClaimToken, Delivery, Error, Hold, Job, MediaKey, MediaType, Result, Thumbnail,
    crash_point,
};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use super::Worker;
use super::ending::Ending;
use super::give_up::GivenUp;
use super::job::{Next, chain};
use super::measured::Measured;
use super::outcome::Outcome;
use crate::{Failure, FailureKind, Made, Render};

/// Storage that is eventually consistent may show an upload late; it gets this many attempts.
const ORIGINAL_ATTEMPTS: u32 = 3;

/// How long a job waits for a storage that is away or full.
const STORAGE_AWAY_DELAY: Duration = Duration::from_secs(30);

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
        let mut measured = Measured::begin(delivery.waited());
        let cancel = self.interrupt.child_token();
        let run = self.make_and_store(&attempt, cancel.clone(), &mut measured);
        let (outcome, hold) = self
            .keeping_the_lease(&attempt, delivery, &cancel, run)
            .await;
        measured.note_outcome(&outcome);
        let recording = Instant::now();
        let recorded = match hold {
            Hold::Held => self.record_in_the_end(&attempt, delivery, outcome).await,
            Hold::Lost => {
                let thumbnail = outcome.thumbnail_key(&attempt);
                self.abandon(&attempt, thumbnail.as_ref()).await
            }
        };
        measured.note_stored(recording.elapsed());
        let ending = recorded
            .as_ref()
            .map_or(Ending::Unrecorded, |(_, ending)| *ending);
        self.report(&attempt, ending, &measured);
        recorded.map(|(next, _)| next)
    }

    async fn make_and_store(
        &self,
        attempt: &Attempt<'_>,
        cancel: CancellationToken,
        measured: &mut Measured,
    ) -> Outcome {
        let job = attempt.job;
        let Some(handler) = self.thumbnailer.registry().handler_for(&job.media_type) else {
            return self.without_handler(job).await;
        };
        measured.handler = Some(handler.identity().name.clone());
        match self.quarantined(attempt, &handler).await {
            Ok(None) => {}
            Ok(Some(outcome)) => return outcome,
            Err(error) => return after_storage_error(&error),
        }
        let opening = Instant::now();
        let opened = self.ports.media.open(&attempt.original_key()).await;
        measured.note_opened(opening.elapsed());
        let source = match opened {
            Ok(Some(source)) => source,
            Ok(None) => return original_missing(attempt.number),
            Err(error) => return after_storage_error(&error),
        };
        crash_point!("job.opened");
        let render = Render {
            source,
            media_type: job.media_type.clone(),
            options: job.options,
            handler,
            upload: job.sha256.as_str().into(),
            cancel,
        };
        let (thumbnailer, span) = (Arc::clone(&self.thumbnailer), Span::current());
        let make = move || span.in_scope(|| thumbnailer.make(render));
        match tokio::task::spawn_blocking(make).await {
            Ok(Ok(made)) => {
                crash_point!("job.made");
                measured.note_made(&made);
                let storing = Instant::now();
                let outcome = self.store(attempt, made).await;
                measured.note_stored(storing.elapsed());
                outcome
            }
            Ok(Err(failure)) => {
                measured.note_failure(&failure);
                self.after_failure(attempt, failure).await
            }
            Err(panic) => our_fault(&panic.to_string()),
        }
    }

    async fn store(&self, attempt: &Attempt<'_>, made: Made) -> Outcome {
        let Made {
            thumbnail: file,
            ran,
            ..
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
            Ok(_bytes) => {
                crash_point!("job.stored");
                Outcome::Completed { thumbnail, ran }
            }
            Err(error) => after_storage_error(&error),
        }
    }

    /// Decides what a failure means for the job: what the upload or the handler's answer is at fault for
    /// would happen again, a crash may not, and what is our fault must not be the upload's end.
    async fn after_failure(&self, attempt: &Attempt<'_>, failure: Failure) -> Outcome {
        let code = match failure.kind {
            FailureKind::Malformed => 400,
            FailureKind::Crashed => {
                self.note_crash(attempt, &failure).await;
                if self.handler_faults(attempt).await < self.config.handler_fault_attempts {
                    return Outcome::Retry {
                        blame: Blame::Handler,
                        message: failure.message,
                    };
                }
                return Outcome::GivenUp(GivenUp {
                    code: 422,
                    message: failure.message,
                    fault: failure.fault,
                    ran: failure.ran.map(|ran| *ran),
                });
            }
            FailureKind::Unsupported | FailureKind::BadAnswer => 422,
            FailureKind::NoHandler => return handler_away(failure.message, HANDLER_AWAY_DELAYS[1]),
            FailureKind::Host => return our_fault(&failure.message),
            FailureKind::Cancelled => return Outcome::Interrupted,
        };
        let Failure {
            message,
            fault,
            ran,
            ..
        } = failure;
        Outcome::Failed {
            code,
            message,
            fault,
            ran: ran.map(|ran| *ran),
        }
    }

    /// How many attempts at the job the handler ended, this one included. An attempt that a machine lost is not
    /// among them.
    async fn handler_faults(&self, attempt: &Attempt<'_>) -> u32 {
        let status = self.ports.status.get(attempt.job.media_id).await;
        let earlier = status.map(|status| status.map(|status| status.handler_faults));
        match earlier {
            Ok(Some(earlier)) => earlier.saturating_add(1),
            // What cannot be known is taken to be the handler's, so that a poison file comes to its end.
            Ok(None) | Err(_) => attempt.number,
        }
    }

    /// A handler may be on its way into service, here or at another worker; but no job waits for ever.
    async fn without_handler(&self, job: &Job) -> Outcome {
        let reason = format!("no handler for {} is in service", job.media_type);
        let missing_for = self.thumbnailer.registry().missing_for(&job.media_type);
        if missing_for < self.config.handler_wait() {
            return handler_away(reason, missing_for);
        }
        match self.somebody_handles(&job.media_type).await {
            Ok(true) => handler_away(reason, missing_for),
            Ok(false) => Outcome::GivenUp(GivenUp {
                code: 422,
                message: reason,
                fault: None,
                ran: None,
            }),
            Err(error) => after_storage_error(&error),
        }
    }

    /// Tells whether any worker has a handler of a media type, be it suspended.
    async fn somebody_handles(&self, media_type: &MediaType) -> Result<bool> {
        let announced = self.ports.catalog.announced().await?;
        let catalogs = announced.iter().map(|announcement| &announcement.catalog);
        Ok(catalogs.into_iter().any(|catalog| {
            let (ready, suspended) = (catalog.media_types(), catalog.suspended_media_types());
            ready.contains(&media_type) || suspended.contains(&media_type)
        }))
    }
}

/// The shortest and the longest time that a job waits for a handler of its type.
const HANDLER_AWAY_DELAYS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(15)];

/// The longer a handler is missing, the less it is asked for.
fn handler_away(reason: String, missing_for: Duration) -> Outcome {
    let [shortest, longest] = HANDLER_AWAY_DELAYS;
    let delay = (missing_for / 4).clamp(shortest, longest);
    Outcome::Postponed {
        message: reason.clone(),
        reason,
        delay,
    }
}

/// What went wrong on our side is for our log, and not for the person who uploaded the file.
fn our_fault(reason: &str) -> Outcome {
    tracing::warn!(reason, "an attempt failed by a fault of ours");
    Outcome::Retry {
        blame: Blame::Machine,
        message: "something went wrong on our side".to_owned(),
    }
}

/// A full disk or a storage that is away is no fault of the upload, however long it takes.
fn after_storage_error(error: &Error) -> Outcome {
    let reason = chain(error);
    if error.is_transient() {
        Outcome::Postponed {
            reason,
            message: "a part of the system is full or out of reach".to_owned(),
            delay: STORAGE_AWAY_DELAY,
        }
    } else {
        our_fault(&reason)
    }
}

fn original_missing(attempt: u32) -> Outcome {
    let message = "the upload is no longer there".to_owned();
    if attempt < ORIGINAL_ATTEMPTS {
        Outcome::Retry {
            blame: Blame::Machine,
            message,
        }
    } else {
        Outcome::GivenUp(GivenUp {
            code: 500,
            message,
            fault: None,
            ran: None,
        })
    }
}
