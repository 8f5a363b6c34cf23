//! Milliseconds since 1970, as the ports count them, in the forms that HTTP and JSON have.

use std::num::NonZeroU8;
use std::time::{Duration, SystemTime};

use httpdate::HttpDate;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};

/// The last second that both forms can write, 9999-12-31T23:59:59Z.
const LAST_MS: u64 = 253_402_300_799_000;

/// A form of RFC 3339 that always has three digits of the second, so that texts sort as times do.
const RFC3339: EncodedConfig = {
    let milliseconds = TimePrecision::Second {
        decimal_digits: NonZeroU8::new(3),
    };
    Config::DEFAULT.set_time_precision(milliseconds).encode()
};

/// A point in time in milliseconds since 1970 (UTC), written as RFC 3339 has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timestamp(pub(crate) u64);

impl Timestamp {
    /// The whole second, as HTTP headers have it.
    pub(crate) fn http_date(self) -> HttpDate {
        let since_1970 = Duration::from_millis(self.0.min(LAST_MS));
        HttpDate::from(SystemTime::UNIX_EPOCH + since_1970)
    }

    fn rfc3339(self) -> Option<String> {
        let nanoseconds = i128::from(self.0.min(LAST_MS)) * 1_000_000;
        let moment = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()?;
        moment.format(&Iso8601::<RFC3339>).ok()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rfc3339().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(milliseconds: u64, rfc3339: &str, http_date: &str) {
        let timestamp = Timestamp(milliseconds);
        assert_eq!(timestamp.rfc3339().unwrap(), rfc3339);
        assert_eq!(timestamp.http_date().to_string(), http_date);
    }

    #[test]
    fn a_time_is_written_for_json_and_for_http() {
        check(
            0,
            "1970-01-01T00:00:00.000Z",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        );
        check(
            1_709_210_096_007,
            "2024-02-29T12:34:56.007Z",
            "Thu, 29 Feb 2024 12:34:56 GMT",
        );
    }

    #[test]
    fn a_time_out_of_reach_is_the_last_one() {
        check(
            u64::MAX,
            "9999-12-31T23:59:59.000Z",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        );
    }
}
