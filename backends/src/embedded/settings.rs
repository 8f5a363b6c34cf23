use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{DeadLetterSettings, Patience};

/// What can be chosen about the embedded database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbeddedSettings {
    /// How long a job is leased to who pulled it, in milliseconds. Default: 30,000.
    pub lease_ms: u64,
    /// How many jobs the queue holds. Default: 100,000.
    pub max_jobs: u64,
    /// After how long a silent worker is forgotten, in milliseconds. Default: 60,000.
    pub forget_worker_after_ms: u64,
    /// How many dead letters are kept and for how long.
    pub dead_letters: DeadLetterSettings,
    /// For how many days the id of a deleted medium stays taken; 0 is for ever. Default: 8.
    pub tombstone_days: u32,
    /// When a medium without an outcome is due for a look.
    #[serde(skip)]
    pub patience: Patience,
}

impl Default for EmbeddedSettings {
    fn default() -> Self {
        Self {
            lease_ms: 30_000,
            max_jobs: 100_000,
            forget_worker_after_ms: 60_000,
            dead_letters: DeadLetterSettings::default(),
            tombstone_days: 8,
            patience: Patience::default(),
        }
    }
}

impl EmbeddedSettings {
    pub(super) fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }

    pub(super) fn tombstone_ttl(&self) -> Option<Duration> {
        let ttl = Duration::from_hours(u64::from(self.tombstone_days) * 24);
        Some(ttl).filter(|ttl| !ttl.is_zero())
    }

    pub(super) fn forget_worker_after(&self) -> Duration {
        Duration::from_millis(self.forget_worker_after_ms)
    }
}
