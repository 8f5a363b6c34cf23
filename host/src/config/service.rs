use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

/// How handlers come into service and out of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceConfig {
    /// Whether a file may take the place of a built-in handler. Default false.
    pub replace_built_in: bool,
    /// How often the folder is looked through for changes that were not announced, in milliseconds.
    /// Default 2,000.
    pub rescan_ms: u32,
    /// How long a file must stay as it is before it is loaded, in milliseconds. Default 250.
    pub stable_ms: u32,
    /// A handler is judged by its newest runs, so many of them, each of another upload. Default 20; 0 never
    /// takes a handler out of service.
    pub judged_runs: u32,
    /// How long a handler that crashed in most of them is out of service when there is no version before it,
    /// in seconds. Default 60.
    pub suspend_s: u32,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            replace_built_in: false,
            rescan_ms: 2_000,
            stable_ms: 250,
            judged_runs: 20,
            suspend_s: 60,
        }
    }
}

impl ServiceConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        InvalidSetting::unless(
            (100..=3_600_000).contains(&self.rescan_ms),
            "service.rescan_ms",
            "must be between 100 and 3600000",
        )?;
        InvalidSetting::unless(
            (10..=60_000).contains(&self.stable_ms),
            "service.stable_ms",
            "must be between 10 and 60000",
        )?;
        InvalidSetting::unless(
            self.judged_runs == 0 || (4..=10_000).contains(&self.judged_runs),
            "service.judged_runs",
            "must be between 4 and 10000, or 0",
        )?;
        InvalidSetting::unless(
            self.suspend_s > 0,
            "service.suspend_s",
            "must be at least 1",
        )
    }

    pub(crate) fn rescan(&self) -> Duration {
        Duration::from_millis(self.rescan_ms.into())
    }

    pub(crate) fn stable(&self) -> Duration {
        Duration::from_millis(self.stable_ms.into())
    }

    pub(crate) fn suspend(&self) -> Duration {
        Duration::from_secs(self.suspend_s.into())
    }
}
