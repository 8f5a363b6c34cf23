//! Media without an outcome that something should have happened to by now.

use std::time::Duration;

use thumbnailify_core::{Due, DueReason, Result};

use super::{Finding, Reconciler};

/// How much the clocks of queue and statuses may differ, together with what lies between two writes.
const SLACK: Duration = Duration::from_secs(5);

/// What a look at the open media found.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) findings: Vec<Finding>,
    /// Those whose job may still be in the queue.
    pub(super) waiting: Vec<Due>,
    /// Whether there may be more than were read.
    pub(super) is_full: bool,
}

impl Reconciler {
    /// Looks at what is due now.
    pub(super) async fn look_at_open(&self) -> Result<Open> {
        let limit = self.config.batch;
        let due = self.ports.upkeep.status.due(Duration::ZERO, limit).await?;
        let is_full = due.len() >= usize::from(limit);
        let mut open = Open {
            is_full,
            ..Open::default()
        };
        let (unpublished, silent): (Vec<_>, _) = due
            .into_iter()
            .partition(|due| due.reason == DueReason::Unpublished);
        let unpublished = unpublished.into_iter().map(|due| Box::new(due.status));
        open.findings = unpublished.map(Finding::Unpublished).collect();
        if !silent.is_empty() {
            self.sort_silent(silent, &mut open).await?;
        }
        Ok(open)
    }

    /// Tells the jobs that the queue has lost from those that wait in it.
    async fn sort_silent(&self, silent: Vec<Due>, open: &mut Open) -> Result<()> {
        let depth = self.ports.queue.depth().await?;
        let oldest = self.ports.upkeep.queue.oldest().await?;
        let lapsed_after = Duration::from_secs(self.config.lapsed_after_s.into());
        for due in silent {
            let is_lost = is_lost(due.silent_for, depth.waiting, oldest);
            match due.reason {
                DueReason::Lapsed if due.silent_for < lapsed_after => {}
                _ if !is_lost => open.waiting.push(due),
                DueReason::Lapsed => {
                    let status = Box::new(due.status);
                    open.findings.push(Finding::LapsedClaim(status));
                }
                _ => open.findings.push(Finding::LostJob(Box::new(due.status))),
            }
        }
        Ok(())
    }
}

/// A job that is in the queue is no younger than the silence about its medium; and where nothing waits, every job was
/// handed out, of which its medium would know.
fn is_lost(silent_for: Duration, waiting: u64, oldest: Option<Duration>) -> bool {
    waiting == 0 || oldest.is_none_or(|age| age + SLACK < silent_for)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(silent_s: u64, waiting: u64, oldest_s: Option<u64>, expected: bool) {
        let lost = is_lost(
            Duration::from_secs(silent_s),
            waiting,
            oldest_s.map(Duration::from_secs),
        );
        assert_eq!(lost, expected, "{silent_s} {waiting} {oldest_s:?}");
    }

    #[test]
    fn a_job_is_lost_when_the_queue_can_not_have_it_any_more() {
        check(600, 0, None, true);
        check(600, 0, Some(900), true);
        check(600, 5, Some(900), false);
        check(600, 5, Some(600), false);
        check(600, 5, Some(597), false);
        check(600, 5, Some(100), true);
        check(600, 5, None, true);
    }
}
