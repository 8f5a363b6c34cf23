use thumbnailify_core::{Case, Crash, FaultKind, Result};

use super::Worker;
use super::attempt::Attempt;
use super::give_up::GivenUp;
use super::job::chain;
use super::outcome::Outcome;
use crate::{Failure, Handler};

impl Worker {
    /// An upload on which this very build of the handler crashed often enough is not run again: a poison file
    /// must not burn one worker after the other.
    pub(super) async fn quarantined(
        &self,
        attempt: &Attempt<'_>,
        handler: &Handler,
    ) -> Result<Option<Outcome>> {
        let most = self.config.quarantine_crashes;
        let upload_sha256 = attempt.job.sha256.clone();
        if most == 0 || upload_sha256.is_empty() {
            return Ok(None);
        }
        let case = Case {
            upload_sha256,
            handler_sha256: handler.identity().sha256.clone(),
        };
        let crashes = match self.ports.quarantine.crashes(&case).await {
            Ok(crashes) => crashes,
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, "what is known of a poison file cannot be read");
                return Ok(None);
            }
        };
        let registry = self.thumbnailer.registry();
        let is_guilty_still = |last: &Crash| registry.has_build(&last.culprit_sha256);
        let Some(last) = crashes.last.filter(is_guilty_still) else {
            return Ok(None);
        };
        if crashes.count < most {
            return Ok(None);
        }
        handler.record.count_kept_away();
        Ok(Some(Outcome::GivenUp(GivenUp {
            code: 422,
            message: format!(
                "not run again, since {} crashes on this upload: {}",
                handler.identity().name,
                last.message
            ),
            fault: Some(FaultKind::Quarantined),
            ran: None,
        })))
    }

    /// Remembers a crash. One that is not remembered costs another crash and nothing else.
    pub(super) async fn note_crash(&self, attempt: &Attempt<'_>, failure: &Failure) {
        let (Some(fault), Some(culprit_sha256), Some(ran)) =
            (failure.fault, &failure.culprit_sha256, &failure.ran)
        else {
            return;
        };
        let job = attempt.job;
        if job.sha256.is_empty() || self.config.quarantine_crashes == 0 {
            return;
        }
        let case = Case {
            upload_sha256: job.sha256.clone(),
            handler_sha256: ran.handler.sha256.clone(),
        };
        let run = format!("{}/{}/{}", job.media_id, job.epoch, attempt.number);
        let crash = Crash {
            fault,
            message: failure.message.clone(),
            culprit_sha256: culprit_sha256.clone(),
        };
        let keep = self.config.quarantine_keep();
        if let Err(error) = self.ports.quarantine.note(&case, &run, &crash, keep).await {
            tracing::warn!(error = chain(&error), "a crash could not be noted");
        }
    }
}
