use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

use crate::Patience;

/// Where the Redis server is and how long it may take.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisSettings {
    /// The address, from the setting that chooses the status store. Default: `redis://127.0.0.1:6379`.
    #[serde(skip)]
    pub url: String,
    /// How long a connection may take to be made, in milliseconds. Default: 1,000.
    pub connect_timeout_ms: u64,
    /// How long the server may take to answer once, in milliseconds. Default: 1,000.
    pub response_timeout_ms: u64,
    /// How long a call may take in all, its repeats included, in milliseconds. Default: 4,000.
    pub call_timeout_ms: u64,
    /// Over how many slots the media are spread: 1 for a single server, 16 for a cluster. Must not
    /// change once there are media. Default: 1.
    pub shards: u8,
    /// For how many days the id of a deleted medium stays taken, from the setting of the retention; 0 is for ever.
    /// Longer than any message may stay in the queue. Default: 8.
    #[serde(skip)]
    pub tombstone_days: u32,
    /// When a medium without an outcome is due for a look, from the settings of the reconciler.
    #[serde(skip)]
    pub patience: Patience,
    /// How long the server may take until a write that it answered is safe from a power cut, in milliseconds: the
    /// original of an image stays that long after its outcome. 0 with `appendfsync always`. Default: 2,000.
    pub settle_ms: u64,
    /// After how long a silent worker is forgotten, in milliseconds. Default: 60,000.
    pub forget_worker_after_ms: u64,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            url: "redis://127.0.0.1:6379".to_owned(),
            connect_timeout_ms: 1_000,
            response_timeout_ms: 1_000,
            call_timeout_ms: 4_000,
            shards: 1,
            tombstone_days: 8,
            patience: Patience::default(),
            settle_ms: 2_000,
            forget_worker_after_ms: 60_000,
        }
    }
}

impl RedisSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        const POSITIVE: &str = "must be at least 1";
        let check = InvalidSetting::unless;
        check(
            self.connect_timeout_ms > 0,
            "redis.connect_timeout_ms",
            POSITIVE,
        )?;
        check(
            self.response_timeout_ms > 0,
            "redis.response_timeout_ms",
            POSITIVE,
        )?;
        check(self.call_timeout_ms > 0, "redis.call_timeout_ms", POSITIVE)?;
        check(self.shards > 0, "redis.shards", POSITIVE)?;
        check(
            self.forget_worker_after_ms > 0,
            "redis.forget_worker_after_ms",
            POSITIVE,
        )
    }

    pub(super) fn tombstone_ttl(&self) -> Duration {
        Duration::from_hours(u64::from(self.tombstone_days) * 24)
    }

    pub(super) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(super) fn response_timeout(&self) -> Duration {
        Duration::from_millis(self.response_timeout_ms)
    }

    pub(super) fn call_timeout(&self) -> Duration {
        Duration::from_millis(self.call_timeout_ms)
    }
}

impl fmt::Debug for RedisSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        formatter
            .debug_struct("RedisSettings")
            .field("shards", &self.shards)
            .finish_non_exhaustive()
    }
}
