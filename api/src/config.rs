use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::{InvalidSetting, PageLimit};

/// The limits of the API.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Largest upload in bytes, after decoding. Default 64 MiB.
    pub max_upload_bytes: u64,
    /// Longest silence of a client inside an upload's body, in milliseconds. Default 30,000.
    pub upload_idle_ms: u64,
    /// Longest time for an upload's whole body, in milliseconds, which ends clients that trickle.
    /// Default 600,000.
    pub upload_deadline_ms: u64,
    /// Longest time for recording and queuing an upload whose body is stored, in milliseconds. What could not be
    /// recorded by then is taken back; what is recorded and could not be queued is accepted and queued later.
    /// Default 8,000.
    pub admission_deadline_ms: u64,
    /// Longest time for any request but an upload, waiting included, in milliseconds. Default 60,000.
    pub request_deadline_ms: u64,
    /// Longest time for a request's head, and longest rest of a connection between two requests, in
    /// milliseconds. Default 30,000.
    pub header_timeout_ms: u64,
    /// Longest time for which a client reads nothing of an answer that waits for it, in milliseconds.
    /// Default 30,000.
    pub write_timeout_ms: u64,
    /// How long the rest of a body is still read and thrown away after its request was refused, in
    /// milliseconds, so that the client gets to read the answer. Default 5,000.
    pub linger_ms: u64,
    /// Most connections at the same time; further ones wait to be accepted. Default 4,096. Where the
    /// process may open fewer files than these and 256 more, there are fewer.
    pub max_connections: u32,
    /// How long requests are still taken after the server was told to stop, in milliseconds, while `/readyz` says no
    /// and each answer ends its connection. More than the time after which whoever spreads requests over several
    /// servers has asked `/readyz` again. Default 0.
    pub notice_ms: u64,
    /// How long open requests may still take after that, in milliseconds. Default 25,000.
    pub drain_ms: u64,
    /// Longest wait that `Prefer: wait=N` can ask for, in milliseconds. Default 30,000.
    pub max_wait_ms: u64,
    /// The `Retry-After` of an answer that should be asked for again, in seconds. Default 1.
    pub retry_after_s: u32,
    /// How long a client may show a thumbnail without asking again, in seconds. A deleted thumbnail can
    /// be seen that long where it was seen before. Default 300.
    pub thumbnail_max_age_s: u32,
    /// How many images a page of the list has where the client does not say, 1 to 1,000. Default 50.
    pub default_list_limit: PageLimit,
    /// How many images a client may ask for in one page of the list, 1 to 1,000. Default 200.
    pub max_list_limit: PageLimit,
}

impl Default for Config {
    fn default() -> Self {
        const FIFTY: PageLimit = PageLimit::new(50).unwrap();
        const TWO_HUNDRED: PageLimit = PageLimit::new(200).unwrap();
        Self {
            max_upload_bytes: 64 << 20,
            upload_idle_ms: 30_000,
            upload_deadline_ms: 600_000,
            admission_deadline_ms: 8_000,
            request_deadline_ms: 60_000,
            header_timeout_ms: 30_000,
            write_timeout_ms: 30_000,
            linger_ms: 5_000,
            max_connections: 4_096,
            notice_ms: 0,
            drain_ms: 25_000,
            max_wait_ms: 30_000,
            retry_after_s: 1,
            thumbnail_max_age_s: 300,
            default_list_limit: FIFTY,
            max_list_limit: TWO_HUNDRED,
        }
    }
}

impl Config {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        // The upper bound leaves room for the arithmetic of base64.
        let upload_fits = (1..=1 << 40).contains(&self.max_upload_bytes);
        InvalidSetting::unless(
            upload_fits,
            "api.max_upload_bytes",
            "must be between 1 and 2^40",
        )?;
        InvalidSetting::unless(
            self.upload_idle_ms > 0,
            "api.upload_idle_ms",
            "must be at least 1",
        )?;
        InvalidSetting::unless(
            self.upload_deadline_ms >= self.upload_idle_ms,
            "api.upload_deadline_ms",
            "must be at least `api.upload_idle_ms`",
        )?;
        InvalidSetting::unless(
            self.admission_deadline_ms > 0,
            "api.admission_deadline_ms",
            "must be at least 1",
        )?;
        InvalidSetting::unless(
            self.request_deadline_ms > self.max_wait_ms,
            "api.request_deadline_ms",
            "must be above `api.max_wait_ms`",
        )?;
        InvalidSetting::unless(
            self.header_timeout_ms > 0,
            "api.header_timeout_ms",
            "must be at least 1",
        )?;
        InvalidSetting::unless(
            self.write_timeout_ms > 0,
            "api.write_timeout_ms",
            "must be at least 1",
        )?;
        InvalidSetting::unless(
            self.max_connections > 0,
            "api.max_connections",
            "must be at least 1",
        )?;
        InvalidSetting::unless(
            self.default_list_limit <= self.max_list_limit,
            "api.default_list_limit",
            "must be at most `api.max_list_limit`",
        )?;
        self.validate_day_long_limits()
    }

    /// A day is beyond any use, and keeps sums of times far from their end.
    fn validate_day_long_limits(&self) -> Result<(), InvalidSetting> {
        const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
        let limits = [
            ("api.upload_deadline_ms", self.upload_deadline_ms),
            ("api.admission_deadline_ms", self.admission_deadline_ms),
            ("api.request_deadline_ms", self.request_deadline_ms),
            ("api.header_timeout_ms", self.header_timeout_ms),
            ("api.write_timeout_ms", self.write_timeout_ms),
            ("api.linger_ms", self.linger_ms),
            ("api.notice_ms", self.notice_ms),
            ("api.drain_ms", self.drain_ms),
        ];
        for (field, milliseconds) in limits {
            InvalidSetting::unless(
                milliseconds <= DAY_MS,
                field,
                "must be at most 86400000, a day",
            )?;
        }
        Ok(())
    }

    pub(crate) fn upload_idle(&self) -> Duration {
        Duration::from_millis(self.upload_idle_ms)
    }

    pub(crate) fn upload_deadline(&self) -> Duration {
        Duration::from_millis(self.upload_deadline_ms)
    }

    pub(crate) fn admission_deadline(&self) -> Duration {
        Duration::from_millis(self.admission_deadline_ms)
    }

    pub(crate) fn request_deadline(&self) -> Duration {
        Duration::from_millis(self.request_deadline_ms)
    }

    pub(crate) fn retry_after(&self) -> Duration {
        Duration::from_secs(self.retry_after_s.into())
    }

    pub(crate) fn header_timeout(&self) -> Duration {
        Duration::from_millis(self.header_timeout_ms)
    }

    pub(crate) fn write_timeout(&self) -> Duration {
        Duration::from_millis(self.write_timeout_ms)
    }

    pub(crate) fn linger(&self) -> Duration {
        Duration::from_millis(self.linger_ms)
    }

    pub(crate) fn notice(&self) -> Duration {
        Duration::from_millis(self.notice_ms)
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_ms)
    }

    pub(crate) fn max_wait(&self) -> Duration {
        Duration::from_millis(self.max_wait_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        Config::default().validate().unwrap();
    }

    #[test]
    fn an_unusable_setting_is_named() {
        let config = Config {
            max_wait_ms: 60_000,
            ..Config::default()
        };
        assert_eq!(
            config.validate().unwrap_err().field,
            "api.request_deadline_ms"
        );
    }
}
