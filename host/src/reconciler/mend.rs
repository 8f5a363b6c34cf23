//! What is done about each finding. Every step may be done twice, and by two at the same time.

use sha2::{Digest, Sha256};
use thumbnailify_core::{
    ClaimToken, Error, Job, Known, MediaFile, MediaKey, NewMedia, Original, Reissue, Result,
    Source, Status, StoredFile, ThumbnailOptions, crash_point,
};

use super::{Finding, Reconciler};

/// What the status says while a medium waits for its new job.
pub(crate) const AGAIN: &str = "Processing image, use `media_id` to check status";

/// How many things were put right: none, where they had come right by themselves.
type Mended = u64;

const DONE: Mended = 1;
const NOT_NEEDED: Mended = 0;

impl Reconciler {
    /// Puts one thing right, if it still is as it was found, and returns how many that were.
    ///
    /// # Errors
    /// A backend is away or full. What was begun is found again.
    pub async fn mend(&self, finding: &Finding) -> Result<Mended> {
        match finding {
            Finding::Unpublished(status) => self.publish(status).await,
            Finding::LostJob(status)
            | Finding::LapsedClaim(status)
            | Finding::LostThumbnail(status) => self.reissue(status).await,
            Finding::UnrecordedOriginal(file) => self.record(file).await,
            Finding::UnneededOriginal(file) => self.remove_original(file).await,
            Finding::OrphanThumbnail(file) => self.remove_thumbnail(file).await,
            Finding::Expired(status) => self.expire(status).await,
            Finding::UnfinishedFiles(_) => self.remove_unfinished().await,
            Finding::Ghosts(_) => self.ports.upkeep.queue.remove_ghosts().await,
            Finding::ListEntries(_) => self.ports.upkeep.status.mend_lists().await,
        }
    }

    /// The queue knows the job if it has it, and if not, the medium's claim makes a second one harmless.
    async fn publish(&self, status: &Status) -> Result<Mended> {
        self.ports.queue.publish(&Job::of(status)).await?;
        crash_point!("reconcile.queued");
        let noted = self.ports.status.published(status.media_id, status.epoch);
        noted.await?;
        Ok(DONE)
    }

    /// The epoch makes a new job of it, which no memory of the queue takes for the old one.
    async fn reissue(&self, status: &Status) -> Result<Mended> {
        let (id, epoch) = (status.media_id, status.epoch);
        match self.ports.upkeep.status.reissue(id, epoch, AGAIN).await? {
            Reissue::Done(status) => {
                crash_point!("reconcile.reissued");
                self.publish(&status).await
            }
            Reissue::NotNeeded => Ok(NOT_NEEDED),
        }
    }

    /// Makes the record of an original. What the upload asked for is lost with the record, unless its job still is in
    /// the queue.
    async fn record(&self, file: &StoredFile) -> Result<Mended> {
        let Some((
            key,
            MediaFile::Original {
                media_id,
                media_type,
            },
        )) = MediaKey::parse(file.key.as_str())
        else {
            return Ok(NOT_NEEDED);
        };
        let Some(source) = self.ports.media.open(&key).await? else {
            return Ok(NOT_NEEDED);
        };
        let read = tokio::task::spawn_blocking(move || read_original(&*source)).await;
        let read = read.map_err(|error| Error::unavailable("media", error))?;
        let new = NewMedia {
            media_id,
            media_type,
            original: read.map_err(|error| Error::unavailable("media", error))?,
            options: ThumbnailOptions::default(),
            message: AGAIN.to_owned(),
            request: *ClaimToken::random().as_uuid(),
        };
        match self.ports.status.create(&new).await {
            Err(Error::AlreadyExists(_)) => return Ok(NOT_NEEDED),
            created => created?,
        }
        crash_point!("reconcile.recorded");
        match self.ports.status.get(media_id).await? {
            Some(status) => self.publish(&status).await,
            None => Ok(NOT_NEEDED),
        }
    }

    /// The image may be tried again since the look at its original.
    async fn remove_original(&self, found: &StoredFile) -> Result<Mended> {
        let now = self.time().await.ok();
        let judge = |file, known: &_| self.judge_original(file, known, now);
        self.remove_if(found, judge).await
    }

    async fn remove_thumbnail(&self, found: &StoredFile) -> Result<Mended> {
        let judge = |file, known: &_| self.judge_thumbnail(file, known);
        self.remove_if(found, judge).await
    }

    /// Removes a file that is judged as before at a second look at its record.
    async fn remove_if(
        &self,
        found: &StoredFile,
        judge: impl Fn(StoredFile, &Known) -> Option<Finding>,
    ) -> Result<Mended> {
        let is_to_go = |finding: &Finding| {
            matches!(
                finding,
                Finding::UnneededOriginal(_) | Finding::OrphanThumbnail(_)
            )
        };
        let known = self.with_known(vec![found.clone()]).await?;
        let judged = known
            .into_iter()
            .find_map(|(file, known)| judge(file, &known));
        if !judged.as_ref().is_some_and(is_to_go) {
            return Ok(NOT_NEEDED);
        }
        self.ports.media.delete(&found.key).await?;
        crash_point!("reconcile.unstored");
        Ok(DONE)
    }

    /// Deletes a medium as its uploader would, unless it changed since it was found.
    async fn expire(&self, found: &Status) -> Result<Mended> {
        let (id, version) = (found.media_id, found.version);
        let deleting = self.ports.upkeep.status.delete_unchanged(id, version);
        let Some(deleted) = deleting.await? else {
            return Ok(NOT_NEEDED);
        };
        crash_point!("reconcile.expired");
        // A letter that stays is forgotten in time.
        self.ports.dead_letters.remove(id).await.ok();
        let keys = [Some(deleted.original_key()), deleted.thumbnail_key()];
        for key in keys.iter().flatten() {
            self.ports.media.delete(key).await?;
        }
        Ok(DONE)
    }
}

/// Measures and hashes an original. Blocks for the disk.
fn read_original(source: &dyn Source) -> std::io::Result<Original> {
    let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0; 256 << 10];
    loop {
        let count = source.read_at(bytes, &mut buffer)?;
        if count == 0 {
            return Ok(Original {
                bytes,
                sha256: hex::encode(hash.finalize()),
            });
        }
        hash.update(&buffer[..count]);
        bytes = bytes.saturating_add(count as u64);
    }
}
