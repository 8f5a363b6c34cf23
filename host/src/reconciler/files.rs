//! Stored files that do not go with the records.

use std::time::Duration;

use thumbnailify_core::{Known, MediaKey, OriginalStays, Result, Shard, Status, StoredFile};

use super::{Finding, Reconciler, seconds};
use crate::ReconcileConfig;

impl Reconciler {
    /// Goes through the originals of a shard. Without the time none is too old.
    pub(super) async fn look_at_originals(
        &self,
        shard: Shard,
        now: Option<Duration>,
    ) -> Result<Vec<Finding>> {
        let files = self.ports.upkeep.media.originals(shard).await?;
        let old = seconds(self.config.unrecorded_after_s);
        let judge = |file, known: &_| self.judge_original(file, known, now);
        self.judge(files, old, judge).await
    }

    pub(super) fn judge_original(
        &self,
        file: StoredFile,
        known: &Known,
        now: Option<Duration>,
    ) -> Option<Finding> {
        let is_needed =
            |status| needs_original(status, &self.config, self.keep_failed_uploads, now);
        match known {
            Known::Absent => Some(Finding::UnrecordedOriginal(file)),
            Known::Deleted => Some(Finding::UnneededOriginal(file)),
            Known::Live(status) if is_needed(status) => None,
            Known::Live(_) => Some(Finding::UnneededOriginal(file)),
            Known::Unreadable => None,
        }
    }

    /// Goes through the thumbnails of a shard.
    pub(super) async fn look_at_thumbnails(&self, shard: Shard) -> Result<Vec<Finding>> {
        let files = self.ports.upkeep.media.thumbnails(shard).await?;
        let old = seconds(self.config.orphaned_after_s);
        let judge = |file, known: &_| self.judge_thumbnail(file, known);
        self.judge(files, old, judge).await
    }

    pub(super) fn judge_thumbnail(&self, file: StoredFile, known: &Known) -> Option<Finding> {
        let is_orphan = match known {
            Known::Live(status) => !status.may_name(&file.key),
            Known::Deleted => true,
            Known::Absent => {
                let days = u64::from(self.config.forgotten_after_days);
                file.age >= Duration::from_hours(days * 24)
            }
            Known::Unreadable => false,
        };
        is_orphan.then_some(Finding::OrphanThumbnail(file))
    }

    /// Judges old files by what is known of their media. The records of a few at a time are held in memory.
    async fn judge(
        &self,
        files: Vec<StoredFile>,
        old: Duration,
        judge: impl Fn(StoredFile, &Known) -> Option<Finding>,
    ) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut old = files.into_iter().filter(|file| file.age >= old);
        loop {
            let chunk: Vec<_> = old.by_ref().take(self.config.batch.into()).collect();
            if chunk.is_empty() {
                return Ok(findings);
            }
            let known = self.with_known(chunk).await?;
            let found = known
                .into_iter()
                .filter_map(|(file, known)| judge(file, &known));
            findings.extend(found);
        }
    }

    /// Looks up what is known of each file's medium.
    pub(super) async fn with_known(
        &self,
        files: Vec<StoredFile>,
    ) -> Result<Vec<(StoredFile, Known)>> {
        let files = files.into_iter().filter_map(|file| {
            let (_, named) = MediaKey::parse(file.key.as_str())?;
            Some((named.media_id(), file))
        });
        let (ids, files): (Vec<_>, Vec<_>) = files.unzip();
        let known = self.ports.upkeep.status.look_up(&ids).await?;
        Ok(files.into_iter().zip(known).collect())
    }
}

/// Decides whether the original of a medium is still needed, or may be in a moment.
fn needs_original(
    status: &Status,
    config: &ReconcileConfig,
    keep_failed_uploads: Duration,
    now: Option<Duration>,
) -> bool {
    let Some(now) = now else { return true };
    match status.original_stays(keep_failed_uploads) {
        OriginalStays::UntilOutcome => true,
        OriginalStays::Until(until_ms) => now < Duration::from_millis(until_ms),
        OriginalStays::NoLonger => {
            let final_for = now.saturating_sub(Duration::from_millis(status.updated_at_ms));
            final_for < seconds(config.finished_after_s)
        }
    }
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::{MediaId, Original, Phase, Service, State};

    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    fn status(state: State) -> Status {
        let png: thumbnailify_core::MediaType = "image/png".parse().unwrap();
        Status {
            media_id: MediaId::from_bytes([7; 16]),
            media_type: png,
            service: Service::Worker,
            state,
            phase: Phase::Done,
            message: String::new(),
            code: 200,
            version: 3,
            epoch: 2,
            attempts: 3,
            handler_faults: 0,
            created_at_ms: 0,
            updated_at_ms: 100 * HOUR_MS,
            original: Original {
                bytes: 1,
                sha256: String::new(),
            },
            options: thumbnailify_core::ThumbnailOptions::default(),
            thumbnail: None,
            handler: None,
            cost: None,
            fault: None,
            history: Vec::new(),
        }
    }

    fn check_original(state: State, after_ms: u64, expected: bool) {
        let now = Duration::from_millis(100 * HOUR_MS + after_ms);
        let (config, day) = (ReconcileConfig::default(), Duration::from_hours(24));
        let is_needed = |now| needs_original(&status(state), &config, day, now);
        assert_eq!(is_needed(Some(now)), expected, "{state:?} {after_ms}");
        assert!(is_needed(None), "nobody knows what is old");
    }

    #[test]
    fn an_original_is_needed_until_its_outcome_is_settled() {
        check_original(State::Processing, 1_000 * HOUR_MS, true);
        check_original(State::Completed, 599_999, true);
        check_original(State::Completed, 600_000, false);
        check_original(State::Error, 24 * HOUR_MS - 1, true);
        check_original(State::Error, 24 * HOUR_MS, false);
    }
}
