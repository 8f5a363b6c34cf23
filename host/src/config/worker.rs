use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

use super::listen::Listen;

/// How a worker takes jobs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerConfig {
    /// Jobs run at the same time, each on a thread of its own. Default 0: as many as there are cores.
    pub slots: u32,
    /// Attempts that a job may take before it ends as Error, when the fault is not the upload's. Default 5.
    pub attempts: u32,
    /// Attempts of a job that its handler may end with a crash or by running out of time, among those above.
    /// Default 2.
    pub handler_fault_attempts: u32,
    /// The pauses before the second, third, … attempt, in milliseconds, at most ten of a day each; the last one
    /// stands for all that follow. Default 1,000, 5,000, 30,000 and 120,000.
    pub retry_delays_ms: Vec<u32>,
    /// How much longer or shorter a pause is by chance, in percent, so that jobs that failed together do not
    /// come back together. At most 100. Default 20.
    pub retry_jitter_percent: u32,
    /// How long the upload of an image in Error is kept, in hours, so that it can be tried again. Default 24; 0
    /// removes it at once.
    pub keep_failed_uploads_h: u32,
    /// An upload is not run again by a handler that crashed on it so often. Default 2; 0 never keeps it away.
    pub quarantine_crashes: u32,
    /// How long that is remembered, in days. Default 30.
    pub quarantine_days: u32,
    /// How long a media type may be without a handler, anywhere, before its jobs are given up, in seconds.
    /// Default 300.
    pub handler_wait_s: u32,
    /// How long a job stays with a silent worker, in seconds. It is extended every third of that time.
    /// Default 30.
    pub lease_s: u32,
    /// How long running jobs may still take after the worker was told to stop, in seconds. Default 25.
    pub drain_s: u32,
    /// The address at which `thumbnailify worker` answers `/livez`, `/readyz` and `/metrics`; port 0 takes a free
    /// one, which it prints. Or `off`. Default `127.0.0.1:0`, so that several workers can be started on one machine.
    /// Of no effect in `serve`, where the API answers.
    pub listen: Listen,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            slots: 0,
            attempts: 5,
            handler_fault_attempts: 2,
            retry_delays_ms: vec![1_000, 5_000, 30_000, 120_000],
            retry_jitter_percent: 20,
            keep_failed_uploads_h: 24,
            quarantine_crashes: 2,
            quarantine_days: 30,
            handler_wait_s: 300,
            lease_s: 30,
            drain_s: 25,
            listen: Listen::At(SocketAddr::from(([127, 0, 0, 1], 0))),
        }
    }
}

impl WorkerConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        InvalidSetting::unless(
            self.slots <= 1_024,
            "worker.slots",
            "must be at most 1024; 0 means one per core",
        )?;
        InvalidSetting::unless(self.attempts > 0, "worker.attempts", "must be at least 1")?;
        InvalidSetting::unless(
            self.handler_fault_attempts > 0,
            "worker.handler_fault_attempts",
            "must be at least 1",
        )?;
        self.validate_pauses()?;
        InvalidSetting::unless(
            self.keep_failed_uploads_h <= 87_600,
            "worker.keep_failed_uploads_h",
            "must be at most 87600, ten years",
        )?;
        InvalidSetting::unless(
            (1..=3_650).contains(&self.quarantine_days),
            "worker.quarantine_days",
            "must be between 1 and 3650",
        )?;
        InvalidSetting::unless(
            (3..=3_600).contains(&self.lease_s),
            "worker.lease_s",
            "must be between 3 and 3600",
        )
    }

    fn validate_pauses(&self) -> Result<(), InvalidSetting> {
        const DAY_MS: u32 = 24 * 3_600 * 1_000;
        let delays = &self.retry_delays_ms;
        InvalidSetting::unless(
            (1..=10).contains(&delays.len()) && delays.iter().all(|delay| *delay <= DAY_MS),
            "worker.retry_delays_ms",
            "must have 1 to 10 pauses of at most 86400000, a day",
        )?;
        InvalidSetting::unless(
            self.retry_jitter_percent <= 100,
            "worker.retry_jitter_percent",
            "must be at most 100",
        )
    }

    /// The number of jobs that run at the same time.
    #[must_use]
    pub fn slots(&self) -> u32 {
        match self.slots {
            0 => std::thread::available_parallelism()
                .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX)),
            slots => slots,
        }
    }

    /// The lease of a job in milliseconds.
    #[must_use]
    pub fn lease_ms(&self) -> u64 {
        u64::from(self.lease_s) * 1_000
    }

    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_s.into())
    }

    /// The pause after an attempt, from 1. `chance` is a die: 0 makes it the shortest, 255 the longest.
    pub(crate) fn retry_delay(&self, attempt: u32, chance: u8) -> Duration {
        let place = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        let delays = &self.retry_delays_ms;
        let delay_ms = delays.get(place).or(delays.last()).copied();
        let delay_ms = u64::from(delay_ms.unwrap_or_default());
        let most = u64::from(self.retry_jitter_percent.min(100));
        // From 100 % less the most to 100 % and the most.
        let percent = 100 - most + 2 * most * u64::from(chance) / 255;
        Duration::from_millis(delay_ms * percent / 100)
    }

    /// The longest pause between two attempts, in milliseconds.
    #[must_use]
    pub fn longest_pause_ms(&self) -> u64 {
        let longest = self.retry_delays_ms.iter().copied().max();
        let most = u64::from(self.retry_jitter_percent.min(100));
        u64::from(longest.unwrap_or_default()) * (100 + most) / 100
    }

    /// How long the upload of an image in Error is kept; see [`thumbnailify_core::Status::original_stays`].
    #[must_use]
    pub fn keep_failed_uploads(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_failed_uploads_h) * 3_600)
    }

    pub(crate) fn quarantine_keep(&self) -> Duration {
        Duration::from_secs(u64::from(self.quarantine_days) * 24 * 3_600)
    }

    pub(crate) fn handler_wait(&self) -> Duration {
        Duration::from_secs(self.handler_wait_s.into())
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_s.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay_ms(config: &WorkerConfig, attempt: u32, chance: u8) -> u128 {
        config.retry_delay(attempt, chance).as_millis()
    }

    #[test]
    fn pauses_grow_and_stay_within_a_fifth() {
        let config = WorkerConfig::default();
        config.validate().unwrap();
        for (attempt, ms) in [
            (1, 1_000),
            (2, 5_000),
            (3, 30_000),
            (4, 120_000),
            (9, 120_000),
        ] {
            assert_eq!(delay_ms(&config, attempt, 0), ms * 8 / 10);
            assert_eq!(delay_ms(&config, attempt, 255), ms * 12 / 10);
        }
        assert_eq!(config.longest_pause_ms(), 144_000);
    }

    #[test]
    fn pauses_are_what_the_settings_say() {
        let config = WorkerConfig {
            retry_delays_ms: vec![7, 70],
            retry_jitter_percent: 0,
            ..WorkerConfig::default()
        };
        config.validate().unwrap();
        assert_eq!(delay_ms(&config, 1, 99), 7);
        assert_eq!(delay_ms(&config, 3, 99), 70);
    }

    #[test]
    fn pauses_that_cannot_be_used_are_named() {
        for delays in [vec![], vec![1; 11], vec![86_400_001]] {
            let config = WorkerConfig {
                retry_delays_ms: delays,
                ..WorkerConfig::default()
            };
            let field = config.validate().unwrap_err().field;
            assert_eq!(field, "worker.retry_delays_ms");
        }
    }
}
