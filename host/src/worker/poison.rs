use thumbnailify_core::{Case, Crash, FaultKind, Result};

use super::Worker;
use super::attempt::Attempt;
use super::job::chain;
use super::outcome::Outcome;
use crate::{Handler, Ran};

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
        let crashes = self.ports.quarantine.crashes(&case).await?;
        let Some(last) = crashes.last.filter(|_| crashes.count >= most) else {
            return Ok(None);
        };
        Ok(Some(Outcome::Failed {
            code: 422,
            message: format!(
                "not run again, since {} crashes on this upload: {}",
                handler.identity().name,
                last.message
            ),
            fault: Some(FaultKind::Quarantined),
            ran: None,
        }))
    }

    /// Remembers a crash. One that is not remembered costs another crash and nothing else.
    pub(super) async fn note_crash(
        &self,
        attempt: &Attempt<'_>,
        fault: Option<FaultKind>,
        message: &str,
        ran: Option<&Ran>,
    ) {
        let (Some(fault), Some(ran)) = (fault, ran) else {
            return;
        };
        let job = attempt.job;
        if job.sha256.is_empty() {
            return;
        }
        let case = Case {
            upload_sha256: job.sha256.clone(),
            handler_sha256: ran.handler.sha256.clone(),
        };
        let run = format!("{}/{}/{}", job.media_id, job.epoch, attempt.number);
        let crash = Crash {
            fault,
            message: message.to_owned(),
        };
        let keep = self.config.quarantine_keep();
        if let Err(error) = self.ports.quarantine.note(&case, &run, &crash, keep).await {
            let (id, error) = (job.media_id, chain(&error));
            tracing::warn!(media.id = %id, error, "a crash could not be noted");
        }
    }
}
