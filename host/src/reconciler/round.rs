//! One round of each duty: look, mend, tell.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};
use thumbnailify_core::{MediaId, Result, Shard, State};

use super::metrics::Outcome;
use super::records::Walk;
use super::{Finding, Kind, Reconciler, pause};

/// How many things are mended at the same time.
const AT_ONCE: usize = 16;

/// What a round did, by kind: how often, and one medium for an example.
type Done = BTreeMap<Kind, (u64, Option<MediaId>)>;

impl Reconciler {
    /// Mends what is due, until nothing more can be done about it now.
    pub(super) async fn open_round(&self) -> Result<()> {
        loop {
            let open = self.look_at_open().await?;
            for due in &open.waiting {
                let (id, epoch) = (due.status.media_id, due.status.epoch);
                self.ports.status.published(id, epoch).await?;
            }
            let is_idle = open.findings.is_empty() && open.waiting.is_empty();
            self.mend_all(open.findings).await?;
            if is_idle || !open.is_full {
                return Ok(());
            }
        }
    }

    /// Goes through all originals, with a pause after each shard.
    pub(super) async fn originals_round(&self, pace: Duration) -> Result<()> {
        for shard in Shard::all() {
            let findings = self.look_at_originals(shard).await?;
            self.mend_all(findings).await?;
            pause(pace).await;
        }
        Ok(())
    }

    /// Goes through all thumbnails, with a pause after each shard, and deletes what was never finished or is too old.
    pub(super) async fn thumbnails_round(&self, pace: Duration) -> Result<()> {
        self.mend_all(vec![Finding::UnfinishedFiles(1)]).await?;
        for walk in [Walk::Expired(State::Completed), Walk::Expired(State::Error)] {
            self.walk(walk).await?;
        }
        for shard in Shard::all() {
            let findings = self.look_at_thumbnails(shard).await?;
            self.mend_all(findings).await?;
            pause(pace).await;
        }
        Ok(())
    }

    /// Asks for the file of every completed medium, and compares the lists with the records.
    pub(super) async fn records_round(&self) -> Result<()> {
        self.walk(Walk::LostThumbnails).await?;
        self.mend_all(vec![Finding::ListEntries(1)]).await
    }

    pub(super) async fn ghosts_round(&self) -> Result<()> {
        self.mend_all(vec![Finding::Ghosts(1)]).await
    }

    pub(super) async fn remove_unfinished(&self) -> Result<u64> {
        let age = Duration::from_secs(self.config.orphaned_after_s.into());
        self.ports.upkeep.media.remove_unfinished(age).await
    }

    async fn walk(&self, walk: Walk) -> Result<()> {
        let mut after = None;
        loop {
            let walked = self.look_at_records(walk, after).await?;
            self.mend_all(walked.findings).await?;
            after = walked.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Mends what was found, and tells of it with a line for each kind.
    ///
    /// # Errors
    /// A backend is away or full. What is left is found again.
    pub async fn mend_all(&self, findings: Vec<Finding>) -> Result<()> {
        let mut mending = stream::iter(findings)
            .map(|finding| async move { (self.mend(&finding).await, finding) }.boxed())
            .buffer_unordered(AT_ONCE);
        let mut done = Done::new();
        let mut failure = Ok(());
        while let Some((mended, finding)) = mending.next().await {
            let kind = finding.kind();
            match mended {
                Ok(0) => {}
                Ok(count) => {
                    self.metrics.count(kind, Outcome::Mended, count);
                    let (times, example) = done.entry(kind).or_default();
                    *times += count;
                    *example = example.or(finding.media_id());
                }
                Err(error) => {
                    self.metrics.count(kind, Outcome::Failed, 1);
                    if error.is_transient() {
                        failure = Err(error);
                        break;
                    }
                    // One that cannot be mended must not keep the others from it.
                    let media_id = finding.media_id().map(tracing::field::display);
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(
                        repair = kind.as_str(),
                        media.id = media_id,
                        error,
                        "it cannot be mended"
                    );
                }
            }
        }
        tell(&done);
        failure
    }
}

fn tell(done: &Done) {
    for (kind, (count, example)) in done {
        tracing::info!(
            repair = kind.as_str(),
            count,
            media.id = example.map(tracing::field::display),
            "{}",
            kind.mended()
        );
    }
}
