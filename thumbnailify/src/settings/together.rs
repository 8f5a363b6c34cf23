//! Settings that each can be used and go wrong together.

use thumbnailify_core::InvalidSetting;

use super::Settings;

impl Settings {
    /// Checks what depends on two settings.
    ///
    /// # Errors
    /// The first that does not go with another. Both are named.
    pub(super) fn validate_together(&self) -> Result<(), InvalidSetting> {
        let check = InvalidSetting::unless;
        let (api, reconcile) = (&self.api, &self.reconcile);
        let ms = |seconds: u32| u64::from(seconds) * 1_000;
        check(
            ms(reconcile.unrecorded_after_s) >= api.admission_deadline_ms,
            "reconcile.unrecorded_after_s",
            "must be at least `api.admission_deadline_ms`, the time in which an upload is still being recorded",
        )?;
        check(
            ms(reconcile.orphaned_after_s) >= api.upload_deadline_ms,
            "reconcile.orphaned_after_s",
            "must be at least `api.upload_deadline_ms`, the time in which a file is still being written",
        )?;
        check(
            ms(reconcile.unclaimed_after_s) > self.worker.longest_pause_ms(),
            "reconcile.unclaimed_after_s",
            "must be longer than the longest of `worker.retry_delays_ms` with its `worker.retry_jitter_percent`, \
             after which a job comes again by itself",
        )?;
        let error_hours = self.retention.error_days * 24.0;
        check(
            error_hours == 0.0 || error_hours >= f64::from(self.worker.keep_failed_uploads_h),
            "retention.error_days",
            "must be at least as long as `worker.keep_failed_uploads_h`, for which a failed upload can be tried again; \
             or 0, which means for ever",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    fn check(change: impl FnOnce(&mut Settings), named: [&str; 2]) {
        let mut settings = Settings::default();
        change(&mut settings);
        let refused = settings.validate(Role::Serve).unwrap_err().to_string();
        for name in named {
            assert!(refused.contains(&format!("`{name}`")), "{refused}");
        }
    }

    #[test]
    fn settings_that_do_not_go_together_are_both_named() {
        Settings::default().validate(Role::Serve).unwrap();
        check(
            |settings| settings.api.admission_deadline_ms = 60_001,
            ["reconcile.unrecorded_after_s", "api.admission_deadline_ms"],
        );
        check(
            |settings| settings.reconcile.orphaned_after_s = 599,
            ["reconcile.orphaned_after_s", "api.upload_deadline_ms"],
        );
        check(
            |settings| settings.worker.retry_delays_ms = vec![500_000, 1_000],
            ["reconcile.unclaimed_after_s", "worker.retry_delays_ms"],
        );
        check(
            |settings| settings.worker.keep_failed_uploads_h = 169,
            ["retention.error_days", "worker.keep_failed_uploads_h"],
        );
    }

    #[test]
    fn images_that_are_kept_for_ever_outlive_every_upload() {
        let mut settings = Settings::default();
        settings.worker.keep_failed_uploads_h = 10_000;
        settings.retention.error_days = 0.0;
        settings.validate(Role::Serve).unwrap();
    }
}
