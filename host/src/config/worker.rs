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
    /// Attempts that a job may take when its handler traps or runs out of time. Default 2.
    pub handler_fault_attempts: u32,
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
