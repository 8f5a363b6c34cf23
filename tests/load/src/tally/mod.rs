//! What a run has seen, in numbers.

mod end;
mod failure;
mod latencies;
mod operation;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use end::{End, Ends};
pub use failure::{Failure, Kind};
pub use latencies::Latencies;
pub use operation::{Measure, Operation};

/// What a run has seen.
#[derive(Clone, Default, Debug)]
pub struct Tally {
    /// How many journeys were planned up to now.
    pub planned: u64,
    /// How many of them were started.
    pub started: u64,
    /// How many uploads were accepted.
    pub accepted: u64,
    /// What became of the accepted ones.
    pub ends: Ends,
    latencies: BTreeMap<Measure, Latencies>,
    failures: BTreeMap<Failure, u64>,
}

impl Tally {
    /// Counts a latency.
    pub fn took(&mut self, measure: impl Into<Measure>, time: Duration) {
        self.latencies
            .entry(measure.into())
            .or_default()
            .record(time);
    }

    /// Counts a failure.
    pub fn failed(&mut self, failure: Failure) {
        *self.failures.entry(failure).or_default() += 1;
    }

    /// The latencies of a measure, where there are any.
    #[must_use]
    pub fn latencies(&self, measure: impl Into<Measure>) -> Option<&Latencies> {
        self.latencies.get(&measure.into())
    }

    /// All latencies, in the order of a journey.
    pub fn measures(&self) -> impl Iterator<Item = (&Measure, &Latencies)> {
        self.latencies.iter()
    }

    /// All failures with their numbers.
    pub fn failures(&self) -> impl Iterator<Item = (&Failure, u64)> {
        self.failures
            .iter()
            .map(|(failure, count)| (failure, *count))
    }

    /// How many failures there were of a kind, whatever was tried.
    #[must_use]
    pub fn failures_of(&self, kind: Kind) -> u64 {
        self.failures()
            .filter(|(failure, _)| failure.kind == kind)
            .map(|(_, count)| count)
            .sum()
    }

    /// How many failures there were that are no orderly refusal.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.failures()
            .filter(|(failure, _)| !failure.kind.is_refusal())
            .map(|(_, count)| count)
            .sum()
    }

    /// How many orderly refusals there were: the server is busy and says when to come back.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.failures()
            .filter(|(failure, _)| failure.kind.is_refusal())
            .map(|(_, count)| count)
            .sum()
    }
}

/// A tally that journeys write to at the same time.
#[derive(Clone, Default, Debug)]
pub struct SharedTally(Arc<Mutex<Tally>>);

impl SharedTally {
    /// The tally. Hold it for a moment only.
    pub fn lock(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_from_errors() {
        let mut tally = Tally::default();
        for (kind, times) in [
            (Kind::Refused(503), 3),
            (Kind::TimedOut, 2),
            (Kind::Answer(500), 1),
        ] {
            for _ in 0..times {
                tally.failed(Failure {
                    operation: Operation::Upload,
                    kind,
                });
            }
        }
        assert_eq!((tally.errors(), tally.refusals()), (3, 3));
        assert_eq!(tally.failures_of(Kind::TimedOut), 2);
    }
}
