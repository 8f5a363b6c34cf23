use std::time::Duration;

use thumbnailify_core::{
    Claim, ClaimRequest, ClaimToken, Delivery, Error, Job, MediaKey, NewMedia, Original,
    OriginalStays, RequestId, Result, Status, crash_point,
};
use tracing::{Instrument, Span};

use super::Worker;
use super::attempt::Attempt;
use crate::reconciler::AGAIN;

/// A job whose status store is away waits this long.
const STATUS_AWAY_DELAY: Duration = Duration::from_secs(5);
/// A job with neither a status nor an original waits this long for one of them.
const ABSENT_DELAY: Duration = Duration::from_secs(15);
/// How often it waits.
const ABSENT_DELIVERIES: u64 = 3;

/// What becomes of a delivery.
pub(super) enum Next {
    /// The job is done with.
    Acknowledge,
    /// It is to come again.
    Again {
        /// No sooner than this.
        delay: Duration,
    },
    /// It belongs to another by now.
    Leave,
}

impl Worker {
    /// Sees a delivered job to its end, or to its next attempt.
    ///
    /// # Errors
    /// The status store is away; the job was given back.
    pub(super) async fn work(&self, delivery: Box<dyn Delivery>) -> Result<()> {
        let span = span(delivery.job());
        self.work_on(delivery).instrument(span).await
    }

    async fn work_on(&self, delivery: Box<dyn Delivery>) -> Result<()> {
        let job = delivery.job().clone();
        let token = ClaimToken::random();
        crash_point!("job.taken");
        let next = match self.claim(&job, token).await {
            Ok(claim) => self.act_on(claim, &job, token, &*delivery).await,
            Err(error) => Err(error),
        };
        match next {
            Ok(next) => {
                settle(delivery, next).await;
                Ok(())
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "the job is given back");
                settle(
                    delivery,
                    Next::Again {
                        delay: STATUS_AWAY_DELAY,
                    },
                )
                .await;
                Err(error)
            }
        }
    }

    async fn claim(&self, job: &Job, token: ClaimToken) -> Result<Claim> {
        let request = ClaimRequest {
            token,
            epoch: job.epoch,
            lease: self.config.lease(),
            attempt_budget: self.config.attempts,
            worker: self.name.to_string(),
        };
        self.ports.status.claim(job.media_id, &request).await
    }

    async fn act_on(
        &self,
        claim: Claim,
        job: &Job,
        token: ClaimToken,
        delivery: &dyn Delivery,
    ) -> Result<Next> {
        match claim {
            Claim::Granted { attempt } => {
                crash_point!("job.claimed");
                self.attempt(
                    Attempt {
                        job,
                        token,
                        number: attempt,
                    },
                    delivery,
                )
                .await
            }
            Claim::Exhausted { attempts } => {
                self.exhausted(&Attempt {
                    job,
                    token,
                    number: attempts,
                })
                .await
            }
            Claim::Busy { remaining } => Ok(Next::Again { delay: remaining }),
            Claim::Final(status) => {
                self.clean_up_after(&status).await;
                Ok(Next::Acknowledge)
            }
            Claim::Deleted => {
                self.delete(&MediaKey::original(job.media_id, &job.media_type))
                    .await;
                Ok(Next::Acknowledge)
            }
            Claim::Superseded => Ok(Next::Acknowledge),
            Claim::Absent => self.without_record(job, delivery.attempt()).await,
        }
    }

    /// The status store lost the record of a job, since none is published without. The job says all that is needed for
    /// a new one, as long as the original is there.
    async fn without_record(&self, job: &Job, delivery: u64) -> Result<Next> {
        let key = MediaKey::original(job.media_id, &job.media_type);
        let original = self.ports.media.open(&key).await;
        if !job.sha256.is_empty() && matches!(original, Ok(Some(_))) {
            let created = self.ports.status.create(&new_record(job)).await;
            crash_point!("job.recorded-anew");
            return match created {
                Ok(()) => {
                    tracing::info!("the record of the image was lost and is made anew");
                    Ok(Next::Again {
                        delay: Duration::ZERO,
                    })
                }
                // Somebody else was first, and the next delivery finds the record.
                Err(Error::AlreadyExists(_)) => Ok(Next::Again {
                    delay: Duration::ZERO,
                }),
                Err(error) => Err(error),
            };
        }
        if delivery <= ABSENT_DELIVERIES {
            return Ok(Next::Again {
                delay: ABSENT_DELAY,
            });
        }
        Ok(Next::Acknowledge)
    }

    /// A worker died between the outcome and the deletion of the original. The outcome may be new all the same.
    async fn clean_up_after(&self, status: &Status) {
        let after_error = self.config.keep_failed_uploads();
        if status.original_stays(after_error) == OriginalStays::NoLonger {
            self.let_go_of_original(status.media_id, status.original_key())
                .await;
        }
    }

    /// Deletes a file that nobody needs any more. A failure costs room and nothing else.
    pub(super) async fn delete(&self, key: &MediaKey) {
        if let Err(error) = self.ports.media.delete(key).await {
            tracing::warn!(%key, error = chain(&error), "a file could not be deleted");
        }
    }
}

/// A record such as the upload had once.
fn new_record(job: &Job) -> NewMedia {
    NewMedia {
        media_id: job.media_id,
        media_type: job.media_type.clone(),
        original: Original {
            bytes: job.bytes,
            sha256: job.sha256.clone(),
        },
        options: job.options,
        message: AGAIN.to_owned(),
        request: *ClaimToken::random().as_uuid(),
    }
}

/// What every line of the log about a job stands in. Of the highest level, so that it is there whatever is
/// logged.
fn span(job: &Job) -> Span {
    tracing::error_span!(
        "job",
        request_id = job.trace.request_id.as_ref().map(RequestId::as_str),
        trace_id = job.trace.other_trace_id(),
        media.id = %job.media_id,
    )
}

/// A lost answer to the queue is harmless: the job comes again, and its claim says that it is final.
async fn settle(delivery: Box<dyn Delivery>, next: Next) {
    crash_point!("job.settled");
    let settled = match next {
        Next::Acknowledge => delivery.ack().await,
        Next::Again { delay } => delivery.nak(delay).await,
        Next::Leave => Ok(()),
    };
    crash_point!("job.told");
    if let Err(error) = settled {
        tracing::warn!(
            error = chain(&error),
            "the queue did not hear what became of the job"
        );
    }
}

/// An error with its causes, for the log.
pub(super) fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
