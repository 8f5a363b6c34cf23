//! Stored files that do not go with the records.

use std::time::Duration;

use thumbnailify_core::{
    Known, MediaFile, MediaKey, OriginalStays, Result, Shard, State, Status, StoredFile,
};

use super::{Finding, Reconciler, unix_now};
use crate::ReconcileConfig;

impl Reconciler {
    /// Goes through the originals of a shard.
    pub(super) async fn look_at_originals(&self, shard: Shard) -> Result<Vec<Finding>> {
        let files = self.ports.upkeep.media.originals(shard).await?;
        let old = Duration::from_secs(self.config.unrecorded_after_s.into());
        let files = files.into_iter().filter(|file| file.age >= old).collect();
        let known = self.with_known(files).await?;
        let judge = |(file, known)| self.judge_original(file, &known);
        Ok(known.into_iter().filter_map(judge).collect())
    }

    fn judge_original(&self, file: StoredFile, known: &Known) -> Option<Finding> {
        match known {
            Known::Absent => Some(Finding::UnrecordedOriginal(file)),
            Known::Deleted => Some(Finding::UnneededOriginal(file.key)),
            Known::Live(status) => {
                let is_needed =
                    needs_original(status, &self.config, self.keep_failed_uploads, unix_now());
                (!is_needed).then_some(Finding::UnneededOriginal(file.key))
            }
            Known::Unreadable => None,
        }
    }

    /// Goes through the thumbnails of a shard.
    pub(super) async fn look_at_thumbnails(&self, shard: Shard) -> Result<Vec<Finding>> {
        let files = self.ports.upkeep.media.thumbnails(shard).await?;
        let old = Duration::from_secs(self.config.orphaned_after_s.into());
        let files = files.into_iter().filter(|file| file.age >= old).collect();
        let known = self.with_known(files).await?;
        let orphans = known
            .into_iter()
            .filter(|(file, known)| self.is_orphan(file, known));
        let orphans = orphans.map(|(file, _)| Finding::OrphanThumbnail(file.key));
        Ok(orphans.collect())
    }

    fn is_orphan(&self, file: &StoredFile, known: &Known) -> bool {
        match known {
            Known::Live(status) => !may_be_named(status, &file.key),
            Known::Deleted => true,
            Known::Absent => {
                let days = u64::from(self.config.forgotten_after_days);
                file.age >= Duration::from_hours(days * 24)
            }
            Known::Unreadable => false,
        }
    }

    /// Looks up what is known of each file's medium.
    async fn with_known(&self, files: Vec<StoredFile>) -> Result<Vec<(StoredFile, Known)>> {
        let files = files.into_iter().filter_map(|file| {
            let (_, named) = MediaKey::parse(file.key.as_str())?;
            Some((named.media_id(), file))
        });
        let (ids, files): (Vec<_>, Vec<_>) = files.unzip();
        let mut known = Vec::with_capacity(ids.len());
        for ids in ids.chunks(self.config.batch.into()) {
            known.extend(self.ports.upkeep.status.look_up(ids).await?);
        }
        Ok(files.into_iter().zip(known).collect())
    }
}

/// Decides whether the original of a medium is still needed, or may be in a moment.
fn needs_original(
    status: &Status,
    config: &ReconcileConfig,
    keep_failed_uploads: Duration,
    now: Duration,
) -> bool {
    match status.original_stays(keep_failed_uploads) {
        OriginalStays::UntilOutcome => true,
        OriginalStays::Until(until_ms) => now < Duration::from_millis(until_ms),
        OriginalStays::NoLonger => {
            let final_for = now.saturating_sub(Duration::from_millis(status.updated_at_ms));
            final_for < Duration::from_secs(config.finished_after_s.into())
        }
    }
}

/// Tells whether a record names a thumbnail, or its holder is about to make it do so.
fn may_be_named(status: &Status, key: &MediaKey) -> bool {
    let Some((_, MediaFile::Thumbnail { epoch, attempt, .. })) = MediaKey::parse(key.as_str())
    else {
        return true;
    };
    match status.state {
        State::Processing => (epoch, attempt) >= (status.epoch, status.attempts),
        State::Completed | State::Error => status.thumbnail_key().as_ref() == Some(key),
    }
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::{MediaId, Original, Phase, Service, Thumbnail};

    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    fn status(state: State) -> Status {
        let png: thumbnailify_core::MediaType = "image/png".parse().unwrap();
        let thumbnail = (state == State::Completed).then(|| Thumbnail {
            epoch: 2,
            attempt: 3,
            media_type: png.clone(),
            bytes: 1,
            width: 1,
            height: 1,
            sha256: String::new(),
        });
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
            thumbnail,
            handler: None,
            cost: None,
            fault: None,
            history: Vec::new(),
        }
    }

    fn check_original(state: State, after_ms: u64, expected: bool) {
        let now = Duration::from_millis(100 * HOUR_MS + after_ms);
        let (config, day) = (ReconcileConfig::default(), Duration::from_hours(24));
        let is_needed = needs_original(&status(state), &config, day, now);
        assert_eq!(is_needed, expected, "{state:?} {after_ms}");
    }

    #[test]
    fn an_original_is_needed_until_its_outcome_is_settled() {
        check_original(State::Processing, 1_000 * HOUR_MS, true);
        check_original(State::Completed, 599_999, true);
        check_original(State::Completed, 600_000, false);
        check_original(State::Error, 24 * HOUR_MS - 1, true);
        check_original(State::Error, 24 * HOUR_MS, false);
    }

    fn check_thumbnail(state: State, epoch: u32, attempt: u32, expected: bool) {
        let status = status(state);
        let key = MediaKey::thumbnail(status.media_id, epoch, attempt, &status.media_type);
        assert_eq!(may_be_named(&status, &key), expected, "{state:?} {key}");
    }

    #[test]
    fn a_thumbnail_is_an_orphan_once_no_record_can_name_it() {
        check_thumbnail(State::Completed, 2, 3, true);
        check_thumbnail(State::Completed, 2, 2, false);
        check_thumbnail(State::Completed, 2, 4, false);
        check_thumbnail(State::Error, 2, 3, false);
        check_thumbnail(State::Processing, 2, 3, true);
        check_thumbnail(State::Processing, 3, 1, true);
        check_thumbnail(State::Processing, 2, 2, false);
        check_thumbnail(State::Processing, 1, 5, false);
    }
}
