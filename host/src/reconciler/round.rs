//! One round of each duty: look, mend, tell.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};
use thumbnailify_core::{Error, MediaId, Ports, Result, Shard, State};

use super::metrics::Outcome;
use super::records::{Place, Walk};
use super::{Finding, Kind, Reconciler, pause};

/// How many things are mended at the same time.
const AT_ONCE: usize = 16;

/// What a round did, by kind: how often, and one medium for an example.
type Done = BTreeMap<Kind, (u64, Option<MediaId>)>;

/// What could not be mended, by kind: how often, and one of them with its error.
type Left = BTreeMap<Kind, (u64, (Error, Finding))>;

/// Which files are gone through.
#[derive(Clone, Copy, Debug)]
enum Stored {
    /// Without the time none is too old.
    Originals {
        now: Option<Duration>,
    },
    Thumbnails,
}

impl Reconciler {
    /// Mends what is due, until nothing more can be done about it now. The backends have answered for `calm_for`.
    pub(super) async fn open_round(&self, calm_for: Duration) -> Result<()> {
        loop {
            let open = self.look_at_open(calm_for).await?;
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
        self.ports.upkeep.join().await?.check()?;
        let time = self.time().await;
        let now = time.as_ref().ok().copied();
        let gone = self.each_shard(Stored::Originals { now }, pace).await;
        gone.and(time.map(drop))
    }

    /// Goes through all thumbnails, with a pause after each shard, and deletes what was never finished or is too old.
    pub(super) async fn thumbnails_round(&self, pace: Duration) -> Result<()> {
        self.ports.upkeep.join().await?.check()?;
        self.time().await?;
        self.mend_all(vec![Finding::UnfinishedFiles(1)]).await?;
        for walk in [Walk::Expired(State::Completed), Walk::Expired(State::Error)] {
            self.walk(walk).await?;
        }
        self.each_shard(Stored::Thumbnails, pace).await
    }

    /// Asks for the file of every completed medium, and compares the lists with the records.
    pub(super) async fn records_round(&self) -> Result<()> {
        let belong = self.ports.upkeep.join().await?.check();
        let walked = match belong {
            Ok(()) => self.walk(Walk::LostThumbnails).await,
            apart => apart,
        };
        let lists = self.mend_all(vec![Finding::ListEntries(1)]).await;
        walked.and(lists)
    }

    pub(super) async fn ghosts_round(&self) -> Result<()> {
        self.mend_all(vec![Finding::Ghosts(1)]).await
    }

    pub(super) async fn remove_unfinished(&self) -> Result<u64> {
        let age = Duration::from_secs(self.config.orphaned_after_s.into());
        self.ports.upkeep.media.remove_unfinished(age).await
    }

    async fn walk(&self, walk: Walk) -> Result<()> {
        let mut place = Some(Place::default());
        while let Some(from) = place {
            let walked = self.look_at_records(walk, from).await?;
            self.mend_all(walked.findings).await?;
            place = walked.next;
        }
        Ok(())
    }

    /// Goes through the files of each shard. What is wrong with one must not keep the others from it, unless a backend
    /// is away.
    ///
    /// # Errors
    /// That of the outage, or else the first.
    async fn each_shard(&self, stored: Stored, pace: Duration) -> Result<()> {
        let mut first = Ok(());
        for shard in Shard::all() {
            if let Err(error) = self.mend_shard(stored, shard).await {
                if !self.backends_answer().await {
                    return Err(error);
                }
                first = first.and(Err(error));
            }
            pause(pace).await;
        }
        first
    }

    async fn mend_shard(&self, stored: Stored, shard: Shard) -> Result<()> {
        let findings = match stored {
            Stored::Originals { now } => self.look_at_originals(shard, now).await?,
            Stored::Thumbnails => self.look_at_thumbnails(shard).await?,
        };
        self.mend_all(findings).await
    }

    /// Tells one thing that went wrong from an outage. A full disk answers.
    async fn backends_answer(&self) -> bool {
        let Ports {
            queue,
            status,
            media,
            ..
        } = &self.ports;
        let answers = |checked| matches!(checked, Ok(()) | Err(Error::DiskFull));
        answers(status.check().await)
            && answers(media.check().await)
            && answers(queue.check().await)
    }

    /// Mends what was found, and tells of it with a line for each kind. One thing that cannot be mended does not keep
    /// the others from it.
    ///
    /// # Errors
    /// A backend is away or full. What is left is found again.
    pub async fn mend_all(&self, findings: Vec<Finding>) -> Result<()> {
        let mut mending = stream::iter(findings)
            .map(|finding| async move { (self.mend(&finding).await, finding) }.boxed())
            .buffer_unordered(AT_ONCE);
        let (mut done, mut left) = (Done::new(), Left::new());
        let mut outage = Ok(());
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
                    if self.ends_round(&error).await {
                        outage = Err(error);
                        break;
                    }
                    let (times, _) = left.entry(kind).or_insert((0, (error, finding)));
                    *times += 1;
                }
            }
        }
        tell(&done);
        tell_left(&left);
        outage
    }

    /// Whether it would be so with what is left.
    async fn ends_round(&self, error: &Error) -> bool {
        match error {
            Error::QueueFull => true,
            error => error.is_transient() && !self.backends_answer().await,
        }
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

fn tell_left(left: &Left) {
    for (kind, (count, (error, finding))) in left {
        let error = error as &dyn std::error::Error;
        tracing::error!(
            repair = kind.as_str(),
            count,
            media.id = finding.media_id().map(tracing::field::display),
            error,
            "what was found cannot be mended"
        );
    }
}
