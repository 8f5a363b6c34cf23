use std::time::Duration;

use thumbnailify_core::{
    Blame, FaultKind, Finish, Hold, Known, MediaId, MediaKey, Result, Thumbnail, Verdict,
    crash_point,
};

use super::Worker;
use super::attempt::Attempt;
use super::ending::Ending;
use super::give_up::GivenUp;
use super::job::Next;
use crate::Ran;

/// What becomes of the delivery, and what became of the attempt.
pub(super) type Recorded = (Next, Ending);

/// How an attempt went.
#[derive(Clone)]
pub(super) enum Outcome {
    /// The thumbnail is stored.
    Completed { thumbnail: Thumbnail, ran: Ran },
    /// There will be no thumbnail.
    Failed {
        code: u16,
        message: String,
        fault: Option<FaultKind>,
        ran: Option<Ran>,
    },
    /// The same, although the upload may be good.
    GivenUp(GivenUp),
    /// Another attempt may do better.
    Retry { blame: Blame, message: String },
    /// The storage is away or full, or there is no handler. It counts for nothing.
    Postponed {
        /// For the log.
        reason: String,
        /// For people: it stands in the history.
        message: String,
        delay: Duration,
    },
    /// It was stopped from outside, and counts for nothing.
    Interrupted,
}

impl Outcome {
    /// The file that the attempt stored, if it did.
    pub(super) fn thumbnail_key(&self, attempt: &Attempt<'_>) -> Option<MediaKey> {
        match self {
            Self::Completed { thumbnail, .. } => Some(attempt.thumbnail_key(thumbnail)),
            _ => None,
        }
    }
}

impl Worker {
    /// Records an outcome under the claim, and removes the files that it leaves without a purpose.
    pub(super) async fn record(&self, attempt: &Attempt<'_>, outcome: Outcome) -> Result<Recorded> {
        match outcome {
            Outcome::Completed { thumbnail, ran } => self.complete(attempt, thumbnail, ran).await,
            Outcome::Failed {
                code,
                message,
                fault,
                ran,
            } => {
                let (handler, cost) = ran.map(|ran| (ran.handler, ran.cost)).unzip();
                self.fail(
                    attempt,
                    &Verdict::Error {
                        message,
                        code,
                        handler,
                        cost,
                        fault,
                    },
                )
                .await
            }
            Outcome::GivenUp(given_up) => self.give_up(attempt, given_up).await,
            Outcome::Retry { message, .. } if attempt.number >= self.config.attempts => {
                let given_up = GivenUp::after(attempt.number, &message);
                self.give_up(attempt, given_up).await
            }
            Outcome::Retry { blame, message } => {
                let (id, token) = (attempt.job.media_id, attempt.token);
                let hold = self.ports.status.retry(id, token, blame, &message).await?;
                crash_point!("job.retried");
                let chance = token.as_uuid().as_bytes()[0];
                let delay = self.config.retry_delay(attempt.number, chance);
                Ok(again(hold, delay, Ending::Failed))
            }
            Outcome::Postponed { delay, message, .. } => {
                let ending = Ending::Postponed;
                self.give_back(attempt, &message, delay, ending).await
            }
            Outcome::Interrupted => {
                let reason = "the worker was told to stop";
                let ending = Ending::Interrupted;
                self.give_back(attempt, reason, Duration::ZERO, ending)
                    .await
            }
        }
    }

    /// Gives the claim back uncounted.
    async fn give_back(
        &self,
        attempt: &Attempt<'_>,
        reason: &str,
        delay: Duration,
        ending: Ending,
    ) -> Result<Recorded> {
        let (id, token) = (attempt.job.media_id, attempt.token);
        let hold = self.ports.status.release(id, token, reason).await?;
        crash_point!("job.released");
        Ok(again(hold, delay, ending))
    }

    async fn complete(
        &self,
        attempt: &Attempt<'_>,
        thumbnail: Thumbnail,
        ran: Ran,
    ) -> Result<Recorded> {
        let key = attempt.thumbnail_key(&thumbnail);
        let message = "Completed processing image".to_owned();
        let verdict = Verdict::Completed {
            message,
            thumbnail,
            handler: ran.handler,
            cost: ran.cost,
        };
        let id = attempt.job.media_id;
        match self
            .ports
            .status
            .finish(id, attempt.token, &verdict)
            .await?
        {
            Finish::Stored => {
                crash_point!("job.completed");
                self.let_go_of_original(id, attempt.original_key()).await;
                Ok((Next::Acknowledge, Ending::Completed))
            }
            Finish::Lost | Finish::Deleted | Finish::Absent => {
                self.abandon(attempt, Some(&key)).await
            }
        }
    }

    /// Records that there will be no thumbnail. The original stays for a while, whatever is wrong with it, for a
    /// look at it or another try.
    pub(super) async fn fail(&self, attempt: &Attempt<'_>, verdict: &Verdict) -> Result<Recorded> {
        let id = attempt.job.media_id;
        match self.ports.status.finish(id, attempt.token, verdict).await? {
            Finish::Stored => {
                crash_point!("job.failed");
                // Then it does not stay at all; else somebody else removes it in time.
                if self.config.keep_failed_uploads().is_zero() {
                    self.let_go_of_original(id, attempt.original_key()).await;
                }
                Ok((Next::Acknowledge, Ending::Error))
            }
            Finish::Lost | Finish::Deleted | Finish::Absent => self.abandon(attempt, None).await,
        }
    }

    /// The claim is not this worker's any more: it went to another, or the medium was deleted, or its record was lost.
    /// Then the original is all that is left of the upload, and the job comes again to make the record anew. The file
    /// that this attempt made goes only where it is in nobody's way: the attempt after a lost record may write under
    /// the same name.
    pub(super) async fn abandon(
        &self,
        attempt: &Attempt<'_>,
        thumbnail: Option<&MediaKey>,
    ) -> Result<Recorded> {
        let known = self.known(attempt.job.media_id).await?;
        let is_in_the_way = |key: &&MediaKey| match &known {
            Known::Live(status) => !status.may_name(key),
            Known::Deleted => true,
            Known::Absent | Known::Unreadable => false,
        };
        if let Some(key) = thumbnail.filter(is_in_the_way) {
            self.delete(key).await;
        }
        match known {
            Known::Live(_) | Known::Unreadable => Ok((Next::Leave, Ending::Lost)),
            Known::Deleted => {
                self.delete(&attempt.original_key()).await;
                Ok((Next::Acknowledge, Ending::Deleted))
            }
            Known::Absent => {
                let delay = Duration::ZERO;
                Ok((Next::Again { delay }, Ending::Forgotten))
            }
        }
    }

    async fn known(&self, id: MediaId) -> Result<Known> {
        let known = self.ports.upkeep.status.look_up(&[id]).await?;
        Ok(known.into_iter().next().unwrap_or(Known::Absent))
    }
}

/// The job comes again, unless it is another's by now.
pub(super) fn again(hold: Hold, delay: Duration, ending: Ending) -> Recorded {
    match hold {
        Hold::Held => (Next::Again { delay }, ending),
        Hold::Lost => (Next::Leave, Ending::Lost),
    }
}
