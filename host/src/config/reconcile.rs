use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

/// When and how one of the workers looks after what crashes, outages and lost writes left behind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReconcileConfig {
    /// How often images without an outcome are looked at, in seconds. Default 5.
    pub open_s: u32,
    /// How many of them are read together. 1 to 10,000. Default 500.
    pub batch: u16,
    /// How often all originals are gone through, in seconds. Default 600.
    pub originals_s: u32,
    /// How often all thumbnails and unfinished files are gone through, and what is too old is deleted, in
    /// seconds. Default 3,600.
    pub thumbnails_s: u32,
    /// How often messages that the queue will never hand out are looked for, in seconds. Default 60.
    pub ghosts_s: u32,
    /// How often all completed images are asked for their file, and all lists are compared with the records, in
    /// seconds. Default 86,400.
    pub records_s: u32,
    /// How long another worker waits before it takes over from one that is silent, in seconds. At least twice
    /// `open_s`. Default 30.
    pub lead_s: u32,
    /// How long a job may not be known to be in the queue before it is published again, in seconds. Default 10.
    pub unpublished_after_s: u32,
    /// How long nothing may be heard of a published job before it is asked whether the queue has lost it, in
    /// seconds. Longer than the longest pause between two attempts. Default 600.
    pub unclaimed_after_s: u32,
    /// How long after the end of a dead worker's lease its image is queued anew, in seconds: the queue hands it
    /// out by itself before that, if a worker is free. Default 30.
    pub lapsed_after_s: u32,
    /// How old an original without a record is before it gets one, in seconds: longer than an upload takes from
    /// its last byte to its record. Default 60.
    pub unrecorded_after_s: u32,
    /// How long the original of a completed image may stay, in seconds. Default 600.
    pub finished_after_s: u32,
    /// How old a thumbnail that no record names, and an unfinished file, is before it is deleted, in seconds.
    /// Default 3,600.
    pub orphaned_after_s: u32,
    /// How old a thumbnail is before it is deleted of whose image nothing is known, in days. Long, since a status
    /// store that is not the right one knows of none. Default 8.
    pub forgotten_after_days: u32,
    /// How far the clocks of this machine and of the status store may be apart, in seconds. With more between them
    /// nothing is deleted for its age. Default 300.
    pub clocks_apart_s: u32,
}

impl Default for ReconcileConfig {
    fn default() -> Self {
        Self {
            open_s: 5,
            batch: 500,
            originals_s: 600,
            thumbnails_s: 3_600,
            ghosts_s: 60,
            records_s: 86_400,
            lead_s: 30,
            unpublished_after_s: 10,
            unclaimed_after_s: 600,
            lapsed_after_s: 30,
            unrecorded_after_s: 60,
            finished_after_s: 600,
            orphaned_after_s: 3_600,
            forgotten_after_days: 8,
            clocks_apart_s: 300,
        }
    }
}

impl ReconcileConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        let check = InvalidSetting::unless;
        let batch_fits = (1..=10_000).contains(&self.batch);
        check(batch_fits, "reconcile.batch", "must be between 1 and 10000")?;
        for (field, seconds) in [
            ("reconcile.open_s", self.open_s),
            ("reconcile.unpublished_after_s", self.unpublished_after_s),
            ("reconcile.unclaimed_after_s", self.unclaimed_after_s),
            ("reconcile.originals_s", self.originals_s),
            ("reconcile.thumbnails_s", self.thumbnails_s),
            ("reconcile.ghosts_s", self.ghosts_s),
            ("reconcile.records_s", self.records_s),
        ] {
            check(seconds > 0, field, "must be at least 1")?;
        }
        let leads_long = u64::from(self.lead_s) >= 2 * u64::from(self.open_s);
        check(
            leads_long,
            "reconcile.lead_s",
            "must be at least twice `reconcile.open_s`",
        )
    }
}

/// How long images are kept.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionConfig {
    /// After how many days a completed image is deleted with its thumbnail; parts of a day count. Default 30; 0
    /// never.
    pub completed_days: f64,
    /// After how many days an image without a thumbnail is deleted; parts of a day count. Default 7; 0 never.
    pub error_days: f64,
    /// For how many days the id of a deleted image stays taken, so that nothing late can bring it back. Default
    /// 8, which is longer than a job stays in the queue; 0 for ever.
    pub tombstone_days: u32,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self {
            completed_days: 30.0,
            error_days: 7.0,
            tombstone_days: 8,
        }
    }
}

impl RetentionConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        const CENTURY: u32 = 36_500;
        let check = InvalidSetting::unless;
        for (field, span) in [
            ("retention.completed_days", self.completed_days),
            ("retention.error_days", self.error_days),
        ] {
            // What is no number is in no range.
            let fits = (0.0..=f64::from(CENTURY)).contains(&span);
            check(fits, field, "must be between 0 and 36500; 0 means for ever")?;
        }
        let outlives_jobs = matches!(self.tombstone_days, 0 | 8..=CENTURY);
        check(
            outlives_jobs,
            "retention.tombstone_days",
            "must be between 8 and 36500, since a job can be on its way for a week; 0 means for ever",
        )
    }

    pub(crate) fn completed(&self) -> Option<Duration> {
        hours(self.completed_days * 24.0)
    }

    pub(crate) fn error(&self) -> Option<Duration> {
        hours(self.error_days * 24.0)
    }
}

/// `None` for nothing, which means for ever.
fn hours(hours: f64) -> Option<Duration> {
    let span = Duration::try_from_secs_f64(hours * 3_600.0).ok()?;
    Some(span).filter(|span| !span.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut ReconcileConfig), field: &str) {
        let mut config = ReconcileConfig::default();
        change(&mut config);
        assert_eq!(config.validate().unwrap_err().field, field);
    }

    #[test]
    fn an_unusable_setting_is_named() {
        check(|config| config.batch = 0, "reconcile.batch");
        check(|config| config.ghosts_s = 0, "reconcile.ghosts_s");
        check(|config| config.lead_s = 9, "reconcile.lead_s");
    }

    #[test]
    fn a_tombstone_outlives_every_job() {
        for (tombstone_days, fits) in [(0, true), (7, false), (8, true), (40_000, false)] {
            let config = RetentionConfig {
                tombstone_days,
                ..RetentionConfig::default()
            };
            assert_eq!(config.validate().is_ok(), fits, "{tombstone_days}");
        }
    }

    #[test]
    fn what_is_no_span_is_named() {
        for completed_days in [-1.0, f64::NAN, f64::INFINITY] {
            let config = RetentionConfig {
                completed_days,
                ..RetentionConfig::default()
            };
            let field = config.validate().unwrap_err().field;
            assert_eq!(field, "retention.completed_days", "{completed_days}");
        }
    }

    #[test]
    fn nothing_means_for_ever() {
        let config = RetentionConfig {
            completed_days: 0.0,
            error_days: 0.5,
            ..RetentionConfig::default()
        };
        assert_eq!(config.completed(), None);
        assert_eq!(config.error(), Some(Duration::from_hours(12)));
    }
}
