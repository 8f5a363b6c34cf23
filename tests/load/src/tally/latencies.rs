use std::time::Duration;

use hdrhistogram::Histogram;

/// The longest time that is told from longer ones, in microseconds: an hour.
const LONGEST_US: u64 = 3_600_000_000;

/// How many decimal digits of a time are kept.
const DIGITS: u8 = 3;

/// Times of one kind, from a microsecond to an hour, kept to three digits however many there are.
#[derive(Clone, Debug)]
pub struct Latencies(Option<Histogram<u64>>);

impl Default for Latencies {
    fn default() -> Self {
        // It fails for bounds that make no sense, which these do.
        Self(Histogram::new_with_bounds(1, LONGEST_US, DIGITS).ok())
    }
}

impl Latencies {
    /// Counts a time. One beyond an hour counts as an hour.
    pub fn record(&mut self, time: Duration) {
        let time_us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(time_us.max(1));
        }
    }

    /// How many times were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, Histogram::len)
    }

    /// The time that this share of them (0 to 1) does not exceed. Zero when there are none.
    #[must_use]
    pub fn at(&self, share: f64) -> Duration {
        let histogram = self.0.as_ref();
        let time_us = histogram.map_or(0, |histogram| histogram.value_at_quantile(share));
        Duration::from_micros(time_us)
    }

    /// The longest of them.
    #[must_use]
    pub fn max(&self) -> Duration {
        let time_us = self.0.as_ref().map_or(0, Histogram::max);
        Duration::from_micros(time_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_exact_to_three_digits() {
        let mut latencies = Latencies::default();
        for time_ms in 1..=1_000 {
            latencies.record(Duration::from_millis(time_ms));
        }
        for (share, expected_ms) in [(0.5, 500.0), (0.9, 900.0), (0.99, 990.0), (0.999, 999.0)] {
            let error = latencies.at(share).as_secs_f64() * 1_000.0 / expected_ms - 1.0;
            assert!((0.0..0.001).contains(&error), "{share}: {error}");
        }
        assert_eq!(latencies.count(), 1_000);
    }

    #[test]
    fn times_beyond_the_bounds_are_counted_at_them() {
        let mut latencies = Latencies::default();
        latencies.record(Duration::ZERO);
        latencies.record(Duration::from_hours(5));
        assert_eq!(latencies.count(), 2);
        assert_eq!(latencies.at(0.1), Duration::from_micros(1));
        let longest = latencies.max().as_secs();
        assert!((3_590..=3_610).contains(&longest), "{longest}");
    }

    #[test]
    fn of_none_there_is_nothing_to_tell() {
        let latencies = Latencies::default();
        assert_eq!((latencies.count(), latencies.at(0.99)), (0, Duration::ZERO));
    }
}
