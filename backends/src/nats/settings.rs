use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

use crate::addresses::Addresses;

/// Where the NATS servers are and what the queue may hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NatsSettings {
    /// The addresses of the servers of one cluster, from the setting that chooses the queue. Default:
    /// `nats://127.0.0.1:4222`.
    #[serde(skip)]
    pub urls: Addresses,
    /// On how many servers of a cluster the stream is kept. Default: 1.
    pub replicas: usize,
    /// How many jobs the queue holds. Default: 100,000.
    pub max_jobs: u32,
    /// How many bytes the queue may take on disk. Default: 256 MiB.
    pub max_bytes: u32,
    /// How long a job is leased to who pulled it, in milliseconds, from the setting of the worker. Default:
    /// 30,000.
    #[serde(skip)]
    pub lease_ms: u64,
    /// How often the server tells a waiting worker that it still knows of it, in milliseconds; a worker that
    /// hears nothing for twice as long asks anew. At most 15,000. Default: 10,000.
    pub heartbeat_ms: u64,
    /// How many jobs all workers together may have leased. At least twice what they work on at a time.
    /// Default: 1,000.
    pub max_leased: u32,
    /// How long the server may take to answer once, in milliseconds. Default: 2,000.
    pub request_timeout_ms: u64,
    /// How long a publish is repeated before it is given up, in milliseconds. Longer than a cluster takes
    /// to elect a leader, shorter than the duplicate window of two minutes. Default: 8,000.
    pub publish_timeout_ms: u64,
}

impl Default for NatsSettings {
    fn default() -> Self {
        Self {
            urls: Addresses::from("nats://127.0.0.1:4222"),
            replicas: 1,
            max_jobs: 100_000,
            max_bytes: 256 << 20,
            lease_ms: 30_000,
            heartbeat_ms: 10_000,
            max_leased: 1_000,
            request_timeout_ms: 2_000,
            publish_timeout_ms: 8_000,
        }
    }
}

impl NatsSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        const POSITIVE: &str = "must be at least 1";
        let check = InvalidSetting::unless;
        let replicas_fit = matches!(self.replicas, 1 | 3 | 5);
        check(replicas_fit, "nats.replicas", "must be 1, 3 or 5")?;
        check(self.max_jobs > 0, "nats.max_jobs", POSITIVE)?;
        check(self.max_bytes > 0, "nats.max_bytes", POSITIVE)?;
        let heartbeat_fits = (100..=15_000).contains(&self.heartbeat_ms);
        check(
            heartbeat_fits,
            "nats.heartbeat_ms",
            "must be between 100 and 15000",
        )?;
        check(self.max_leased > 0, "nats.max_leased", POSITIVE)?;
        check(
            self.request_timeout_ms > 0,
            "nats.request_timeout_ms",
            POSITIVE,
        )?;
        let publish_fits = (1..=100_000).contains(&self.publish_timeout_ms);
        check(
            publish_fits,
            "nats.publish_timeout_ms",
            "must be between 1 and 100000",
        )
    }

    pub(super) fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }

    /// The server takes no heartbeat that is longer than half of what it is kept for.
    pub(super) fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.heartbeat_ms.min(15_000))
    }

    pub(super) fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    pub(super) fn publish_timeout(&self) -> Duration {
        Duration::from_millis(self.publish_timeout_ms)
    }
}
