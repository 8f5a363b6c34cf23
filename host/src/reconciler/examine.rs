use std::time::Duration;

use thumbnailify_core::{Counts, Depth, Result, Shard, State};

use super::records::{Place, Walk};
use super::{Finding, Reconciler};

/// What a look at the whole system found, without a change.
#[derive(Clone, PartialEq, Debug)]
pub struct Examination {
    /// How many media there are of each state.
    pub counts: Counts,
    /// How many jobs are in the queue.
    pub depth: Depth,
    /// How long ago the oldest job in the queue came.
    pub oldest_job: Option<Duration>,
    /// How long ago the oldest medium without an outcome was created.
    pub oldest_open: Option<Duration>,
    /// Open media whose job may still be in the queue, though nothing was heard of them for long.
    pub waiting_long: u64,
    /// What is out of order.
    pub findings: Vec<Finding>,
}

impl Reconciler {
    /// Looks at everything once. It takes as long as there is to look at.
    ///
    /// # Errors
    /// A backend is away; `Broken` where files and records are not of one system, or the clocks far apart.
    pub async fn examine(&self) -> Result<Examination> {
        self.ports.upkeep.belonging().await?.check()?;
        let now = self.time().await?;
        let open = self.look_at_open(Duration::MAX).await?;
        let mut findings = open.findings;
        for shard in Shard::all() {
            findings.extend(self.look_at_originals(shard, Some(now)).await?);
            findings.extend(self.look_at_thumbnails(shard).await?);
        }
        findings.extend(self.examine_records().await?);
        let age = Duration::from_secs(self.config.orphaned_after_s.into());
        let unfinished = self.ports.upkeep.media.count_unfinished(age).await?;
        findings.extend((unfinished > 0).then_some(Finding::UnfinishedFiles(unfinished)));
        Ok(Examination {
            counts: self.ports.upkeep.status.counts().await?,
            depth: self.ports.queue.depth().await?,
            oldest_job: self.ports.upkeep.queue.oldest().await?,
            oldest_open: self.ports.status.oldest_open().await?,
            waiting_long: u64::try_from(open.waiting.len()).unwrap_or(u64::MAX),
            findings,
        })
    }

    async fn examine_records(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for walk in [
            Walk::Expired(State::Completed),
            Walk::Expired(State::Error),
            Walk::LostThumbnails,
        ] {
            let mut place = Some(Place::default());
            while let Some(from) = place {
                let walked = self.look_at_records(walk, from).await?;
                findings.extend(walked.findings);
                place = walked.next;
            }
        }
        Ok(findings)
    }
}
