use std::time::{Duration, SystemTime};

use thumbnailify_core::{
    Blame, DeadLetter, Error, FaultKind, Result, Status, Transition, Verdict, crash_point,
};

use super::Worker;
use super::attempt::Attempt;
use super::ending::Ending;
use super::job::{Next, chain};
use super::outcome::{Recorded, again};
use crate::Ran;

/// A job whose letter cannot be stored waits this long.
const LETTERS_AWAY_DELAY: Duration = Duration::from_secs(5);

/// How the message of a job begins whose attempts are used up.
const GAVE_UP: &str = "gave up after ";

/// Why a job is given up.
#[derive(Clone, Debug)]
pub(super) struct GivenUp {
    /// The HTTP status code that tells the kind of error.
    pub(super) code: u16,
    /// One sentence for people.
    pub(super) message: String,
    /// How the handler went wrong, where it did.
    pub(super) fault: Option<FaultKind>,
    /// Which handler was run last, where one was.
    pub(super) ran: Option<Ran>,
}

impl GivenUp {
    /// The attempts are used up.
    pub(super) fn after(attempts: u32, reason: &str) -> Self {
        Self {
            code: 500,
            message: format!("{GAVE_UP}{attempts} attempts: {reason}"),
            fault: None,
            ran: None,
        }
    }

    /// Whose fault it is that the attempt has no outcome yet.
    fn blame(&self) -> Blame {
        match (&self.ran, self.fault) {
            (Some(_), Some(_)) => Blame::Handler,
            _ => Blame::Machine,
        }
    }

    /// Of a handler's fault the report of the attempt tells. What is ours, somebody must look into.
    fn log(&self) {
        if self.fault.is_none() {
            tracing::error!(reason = self.message, "a job is given up");
        }
    }

    fn into_verdict(self) -> Verdict {
        let (handler, cost) = self.ran.map(|ran| (ran.handler, ran.cost)).unzip();
        Verdict::Error {
            message: self.message,
            code: self.code,
            handler,
            cost,
            fault: self.fault,
        }
    }
}

impl Worker {
    /// Every attempt was begun, and none got as far as saying why it failed.
    pub(super) async fn exhausted(&self, last: &Attempt<'_>) -> Result<Next> {
        let status = self.ports.status.get(last.job.media_id).await?;
        let reason = status.as_ref().and_then(last_reason);
        let reason = reason.unwrap_or("the worker died each time");
        let given_up = GivenUp::after(last.number, reason);
        let (next, ending) = self.give_up(last, given_up).await?;
        if ending.is_final() {
            self.metrics.count_unrun(ending);
        }
        Ok(next)
    }

    /// Records that a job will not be tried again: first the letter, then the Error. Whoever sees the one may rely
    /// on the other, and a crash between the two writes the same letter once more.
    pub(super) async fn give_up(&self, last: &Attempt<'_>, given_up: GivenUp) -> Result<Recorded> {
        given_up.log();
        let letter = self.letter(last, &given_up).await?;
        match self.ports.dead_letters.put(&letter).await {
            Ok(()) => {}
            Err(error) if error.is_transient() => {
                return self.give_up_later(last, &given_up, &error).await;
            }
            // It would fail for ever, and the image must come to its end.
            Err(error) => tracing::error!(error = chain(&error), "the dead letter is lost"),
        }
        crash_point!("job.buried");
        let (next, ending) = self.fail(last, &given_up.into_verdict()).await?;
        if matches!(ending, Ending::Deleted | Ending::Forgotten) {
            self.forget_letter(last).await;
        }
        Ok((next, ending))
    }

    async fn letter(&self, last: &Attempt<'_>, given_up: &GivenUp) -> Result<DeadLetter> {
        let status = self.ports.status.get(last.job.media_id).await?;
        let ran = given_up.ran.as_ref();
        Ok(DeadLetter {
            job: last.job.clone(),
            attempts: last.number,
            reason: given_up.message.clone(),
            fault: given_up.fault,
            handler: ran.map(|ran| ran.handler.clone()),
            worker: self.name.to_string(),
            at_ms: unix_ms(),
            history: status.map(|status| status.history).unwrap_or_default(),
        })
    }

    /// Gives the claim back with its reason, so that the next who has it knows why.
    async fn give_up_later(
        &self,
        last: &Attempt<'_>,
        given_up: &GivenUp,
        error: &Error,
    ) -> Result<Recorded> {
        tracing::warn!(
            error = chain(error),
            "the dead letter cannot be stored for now"
        );
        let (id, token) = (last.job.media_id, last.token);
        let (blame, reason) = (given_up.blame(), &given_up.message);
        let hold = self.ports.status.retry(id, token, blame, reason).await?;
        Ok(again(hold, LETTERS_AWAY_DELAY, Ending::Postponed))
    }

    /// The image was deleted meanwhile, or begins anew, and its letter should not outlive that.
    async fn forget_letter(&self, last: &Attempt<'_>) {
        if let Err(error) = self.ports.dead_letters.remove(last.job.media_id).await {
            tracing::warn!(error = chain(&error), "a dead letter could not be removed");
        }
    }
}

/// The last thing that the history says of why, without what was said of giving up.
fn last_reason(status: &Status) -> Option<&str> {
    let of_epoch = |step: &&Transition| step.epoch == status.epoch;
    let mut steps = status.history.iter().rev().filter(of_epoch);
    let reason = steps.find_map(|step| step.reason.as_deref())?;
    let given_up = reason.strip_prefix(GAVE_UP);
    Some(
        given_up
            .and_then(|rest| rest.split_once(": "))
            .map_or(reason, |(_, why)| why),
    )
}

fn unix_ms() -> u64 {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::{Cost, HandlerIdentity};

    use super::*;

    fn check(fault: Option<FaultKind>, ran: Option<Ran>, expected: Blame) {
        let given_up = GivenUp {
            fault,
            ran,
            ..GivenUp::after(1, "reason")
        };
        assert_eq!(given_up.blame(), expected, "{given_up:?}");
    }

    #[test]
    fn a_crash_is_the_handlers_whether_its_letter_is_stored_or_not() {
        let ran = || {
            Some(Ran {
                handler: HandlerIdentity {
                    name: "png".to_owned(),
                    version: "1.0.0".to_owned(),
                    sha256: String::new(),
                },
                cost: Cost {
                    cpu_us: 1,
                    peak_memory_bytes: 1,
                },
                times: crate::failure::Times::default(),
            })
        };
        check(Some(FaultKind::Panicked), ran(), Blame::Handler);
        check(Some(FaultKind::Quarantined), None, Blame::Machine);
        check(None, None, Blame::Machine);
    }
}
