use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::FaultKind;

/// What a handler did in one worker process since its start.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HandlerCounters {
    /// Runs that have ended.
    pub jobs: u64,
    /// Runs that gave a thumbnail.
    pub completed: u64,
    /// Runs in which the handler said itself why there is no thumbnail.
    pub errors: u64,
    /// Runs that went wrong, by how.
    pub faults: BTreeMap<FaultKind, u64>,
    /// How long the runs took.
    pub durations: Durations,
    /// Largest sum of the sandbox's linear memories in any run, in bytes.
    pub peak_memory_bytes: u64,
}

impl HandlerCounters {
    /// Adds what another worker counted.
    pub fn add(&mut self, other: &Self) {
        self.jobs = self.jobs.saturating_add(other.jobs);
        self.completed = self.completed.saturating_add(other.completed);
        self.errors = self.errors.saturating_add(other.errors);
        for (kind, count) in &other.faults {
            let sum = self.faults.entry(*kind).or_default();
            *sum = sum.saturating_add(*count);
        }
        self.durations.add(&other.durations);
        self.peak_memory_bytes = self.peak_memory_bytes.max(other.peak_memory_bytes);
    }
}

/// The classes of one doubling of the time.
const CLASSES_PER_DOUBLING: u32 = 4;
/// The first class ends here; what is shorter is not told apart.
const FIRST_CLASS_US: u64 = 16;
/// From about a millisecond to about two minutes.
const SHOWN_DOUBLINGS: RangeInclusive<u32> = 6..=23;

/// Durations by classes, each about a fifth longer than the one before.
///
/// Counts of classes can be added up over workers, which percentiles cannot.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Durations {
    /// All durations together, in microseconds.
    sum_us: u64,
    /// The count of each class that is not empty.
    counts: BTreeMap<u32, u64>,
}

impl Durations {
    /// Counts a duration in microseconds.
    pub fn record(&mut self, duration_us: u64) {
        let count = self.counts.entry(class_of(duration_us)).or_default();
        *count = count.saturating_add(1);
        self.sum_us = self.sum_us.saturating_add(duration_us);
    }

    /// Adds what another counted.
    pub fn add(&mut self, other: &Self) {
        for (class, count) in &other.counts {
            let sum = self.counts.entry(*class).or_default();
            *sum = sum.saturating_add(*count);
        }
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }

    /// All durations together, in microseconds.
    #[must_use]
    pub fn sum_us(&self) -> u64 {
        self.sum_us
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        total(self.counts.values())
    }

    /// Ends of classes in microseconds, each twice the one before, with how many durations lie below each.
    ///
    /// They go from about a millisecond to about two minutes, whatever was counted, so that the rows of
    /// two handlers can be compared.
    pub fn below_ends(&self) -> impl Iterator<Item = (u64, u64)> {
        SHOWN_DOUBLINGS.map(|doublings| {
            let below = self.counts.range(..doublings * CLASSES_PER_DOUBLING);
            let count = total(below.map(|(_, count)| count));
            (FIRST_CLASS_US << doublings, count)
        })
    }

    /// The duration in microseconds that `percent` of all do not exceed, up to the width of a class. `None`
    /// where nothing was counted.
    #[must_use]
    pub fn percentile_us(&self, percent: u8) -> Option<u64> {
        let rank = self
            .count()
            .saturating_mul(percent.min(100).into())
            .div_ceil(100);
        let mut seen = 0_u64;
        self.counts.iter().find_map(|(class, count)| {
            seen = seen.saturating_add(*count);
            (seen >= rank.max(1)).then(|| upper_end_us(*class))
        })
    }
}

/// The sum of counts, which may come from elsewhere.
fn total<'a>(counts: impl Iterator<Item = &'a u64>) -> u64 {
    counts.fold(0, |sum, count| sum.saturating_add(*count))
}

/// The class of a duration: how many quarters of a doubling it lies above the first.
fn class_of(duration_us: u64) -> u32 {
    let doublings = (duration_us.max(FIRST_CLASS_US) / FIRST_CLASS_US).ilog2();
    let base = FIRST_CLASS_US << doublings;
    let above = duration_us.max(FIRST_CLASS_US) - base;
    // Below the base, so the quotient is below the number of classes.
    let quarter = above / (base / u64::from(CLASSES_PER_DOUBLING));
    doublings * CLASSES_PER_DOUBLING + u32::try_from(quarter).unwrap_or_default()
}

/// The longest duration of a class, in microseconds. Classes may come from elsewhere, so any number will do.
fn upper_end_us(class: u32) -> u64 {
    let doublings = class / CLASSES_PER_DOUBLING;
    let Some(base) = FIRST_CLASS_US
        .checked_shl(doublings)
        .filter(|base| *base > 0)
    else {
        return u64::MAX;
    };
    let quarters = u64::from(class % CLASSES_PER_DOUBLING) + 1;
    base.saturating_add((base / u64::from(CLASSES_PER_DOUBLING)).saturating_mul(quarters)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_lies_at_the_upper_end_of_its_class_or_at_most_a_quarter_below() {
        for duration_us in (0..100_000).chain([u64::from(u32::MAX), 1 << 40]) {
            let end = upper_end_us(class_of(duration_us));
            assert!(end >= duration_us, "{duration_us}: {end}");
            let far = duration_us.max(FIRST_CLASS_US) * 5 / 4;
            assert!(end <= far, "{duration_us}: {end}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_sum() {
        let mut one = Durations::default();
        assert_eq!(one.percentile_us(50), None);
        (0..90).for_each(|_| one.record(1_000));
        let mut other = Durations::default();
        (0..10).for_each(|_| other.record(50_000));
        one.add(&other);
        assert!((1_000..1_250).contains(&one.percentile_us(50).unwrap()));
        assert!((1_000..1_250).contains(&one.percentile_us(90).unwrap()));
        assert!((50_000..62_500).contains(&one.percentile_us(95).unwrap()));
    }

    #[test]
    fn nonsense_from_elsewhere_is_harmless() {
        let json = r#"{"sum_us": 1, "counts": {"4294967295": 18446744073709551615, "250": 1}}"#;
        let mut durations: Durations = serde_json::from_str(json).unwrap();
        durations.add(&durations.clone());
        assert!(durations.percentile_us(100).is_some());
        assert_eq!(durations.count(), u64::MAX);
        assert!(durations.below_ends().all(|(_, count)| count == 0));
    }

    #[test]
    fn durations_are_counted_below_the_ends_that_they_do_not_reach() {
        let mut durations = Durations::default();
        for duration_us in [3, 1_023, 1_024, 4_095, 200_000_000] {
            durations.record(duration_us);
        }
        let below: Vec<_> = durations.below_ends().collect();
        assert_eq!(below[..3], [(1_024, 2), (2_048, 3), (4_096, 4)]);
        assert_eq!(below.last(), Some(&(134_217_728, 4)));
        assert_eq!((durations.count(), durations.sum_us()), (5, 200_006_145));
    }
}
