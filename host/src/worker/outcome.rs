use std::time::Duration;

use thumbnailify_core::{ClaimToken, FaultKind, Finish, Hold, Result, Thumbnail, Verdict};

use super::Worker;
use super::attempt::Attempt;
use super::ending::Ending;
use super::job::Next;
use crate::Ran;

/// Pauses before the second, third, … attempt, each up to a fifth longer or shorter by chance, so that
/// jobs that failed together do not come back together.
const RETRY_DELAYS_MS: [u32; 4] = [1_000, 5_000, 30_000, 120_000];

/// What becomes of the delivery, and what became of the attempt.
pub(super) type Recorded = (Next, Ending);

/// How an attempt went.
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
    /// Another attempt may do better.
    Retry { message: String },
    /// The storage is away or full, or there is no handler. It counts for nothing.
    Postponed { reason: String, delay: Duration },
    /// It was stopped from outside, and counts for nothing.
    Interrupted,
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
            Outcome::Retry { message } if attempt.number >= self.config.attempts => {
                self.give_up(attempt, &message).await
            }
            Outcome::Retry { message } => {
                let hold = self
                    .ports
                    .status
                    .retry(attempt.job.media_id, attempt.token, &message)
                    .await?;
                let delay = retry_delay(attempt.number, attempt.token);
                Ok(again(hold, delay, Ending::Failed))
            }
            Outcome::Postponed { delay, .. } => {
                self.give_back(attempt, delay, Ending::Postponed).await
            }
            Outcome::Interrupted => {
                self.give_back(attempt, Duration::ZERO, Ending::Interrupted)
                    .await
            }
        }
    }

    /// Gives the claim back uncounted.
    async fn give_back(
        &self,
        attempt: &Attempt<'_>,
        delay: Duration,
        ending: Ending,
    ) -> Result<Recorded> {
        let Attempt { job, token, .. } = attempt;
        let hold = self.ports.status.release(job.media_id, *token).await?;
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
        match self
            .ports
            .status
            .finish(attempt.job.media_id, attempt.token, &verdict)
            .await?
        {
            Finish::Stored => {
                self.let_go_of_original(attempt).await;
                Ok((Next::Acknowledge, Ending::Completed))
            }
            Finish::Lost => {
                self.delete(&key).await;
                Ok((Next::Leave, Ending::Lost))
            }
            Finish::Absent => {
                self.delete(&key).await;
                self.delete(&attempt.original_key()).await;
                Ok((Next::Acknowledge, Ending::Deleted))
            }
        }
    }

    /// Records that there will be no thumbnail. The original stays, for a look at it or another try.
    pub(super) async fn fail(&self, attempt: &Attempt<'_>, verdict: &Verdict) -> Result<Recorded> {
        match self
            .ports
            .status
            .finish(attempt.job.media_id, attempt.token, verdict)
            .await?
        {
            Finish::Stored => Ok((Next::Acknowledge, Ending::Error)),
            Finish::Lost => Ok((Next::Leave, Ending::Lost)),
            Finish::Absent => {
                self.delete(&attempt.original_key()).await;
                Ok((Next::Acknowledge, Ending::Deleted))
            }
        }
    }

    /// The claim went to another worker, or the medium was deleted: what this attempt made is in the way.
    pub(super) async fn abandon(
        &self,
        attempt: &Attempt<'_>,
        outcome: Outcome,
    ) -> Result<Recorded> {
        if let Outcome::Completed { thumbnail, .. } = outcome {
            self.delete(&attempt.thumbnail_key(&thumbnail)).await;
        }
        if self.ports.status.get(attempt.job.media_id).await?.is_some() {
            return Ok((Next::Leave, Ending::Lost));
        }
        self.delete(&attempt.original_key()).await;
        Ok((Next::Acknowledge, Ending::Deleted))
    }
}

/// The job comes again, unless it is another's by now.
fn again(hold: Hold, delay: Duration, ending: Ending) -> Recorded {
    match hold {
        Hold::Held => (Next::Again { delay }, ending),
        Hold::Lost => (Next::Leave, Ending::Lost),
    }
}

fn retry_delay(attempt: u32, token: ClaimToken) -> Duration {
    let place = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let delay_ms = RETRY_DELAYS_MS[place.min(RETRY_DELAYS_MS.len() - 1)];
    // A byte of the token is as good as a die: 80 % to 120 % of the delay.
    let chance = u32::from(token.as_uuid().as_bytes()[0]);
    Duration::from_millis(u64::from(
        delay_ms * 4 / 5 + delay_ms * 2 / 5 * chance / 255,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_stay_within_a_fifth() {
        for (attempt, delay_ms) in [
            (1, 1_000),
            (2, 5_000),
            (3, 30_000),
            (4, 120_000),
            (9, 120_000),
        ] {
            let delay = retry_delay(attempt, ClaimToken::random()).as_millis();
            assert!(
                (delay_ms * 4 / 5..=delay_ms * 6 / 5).contains(&delay),
                "{attempt}: {delay}"
            );
        }
    }
}
