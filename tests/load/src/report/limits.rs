use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::milliseconds;
use crate::tally::{Operation, Tally};

/// What a run has to keep, beside the promises: that no accepted upload is lost, stuck or wrong.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// The longest p99 of the latency that counts in a mode.
    pub max_p99: Option<Duration>,
    /// How many errors there may be.
    pub max_errors: MaxErrors,
    /// Whether orderly refusals are errors.
    pub refusals: Refusals,
}

/// How many errors there may be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum MaxErrors {
    /// So many.
    Count(u64),
    /// So many of a hundred planned journeys.
    Percent(f64),
}

/// Whether orderly refusals, such as 503 with `Retry-After`, are errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusals {
    /// They are: the load is meant to be borne.
    AreErrors,
    /// They are not: the load is meant to be too much.
    AreFine,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_p99: None,
            max_errors: MaxErrors::Count(0),
            refusals: Refusals::AreErrors,
        }
    }
}

impl Limits {
    /// The limits that a run did not keep, in words.
    pub(super) fn broken(&self, tally: &Tally, judged: Operation) -> Vec<String> {
        let promises = [
            ("lost", tally.ends.lost),
            ("stuck", tally.ends.stuck),
            ("wrong", tally.ends.wrong),
        ];
        let promises = promises.into_iter().filter(|(_, count)| *count > 0);
        let promises = promises.map(|(class, count)| {
            format!("{count} of {} accepted uploads {class}", tally.accepted)
        });
        promises
            .chain(self.too_many_errors(tally))
            .chain(self.too_slow(tally, judged))
            .collect()
    }

    fn too_many_errors(&self, tally: &Tally) -> Option<String> {
        let errors = match self.refusals {
            Refusals::AreErrors => tally.errors() + tally.refusals(),
            Refusals::AreFine => tally.errors(),
        };
        let (most, shown) = match self.max_errors {
            MaxErrors::Count(most) => (most, most.to_string()),
            MaxErrors::Percent(percent) => {
                (share_of(tally.planned, percent), format!("{percent} %"))
            }
        };
        (errors > most).then(|| {
            let planned = tally.planned;
            format!("{errors} errors in {planned} planned journeys, more than {shown}")
        })
    }

    fn too_slow(&self, tally: &Tally, judged: Operation) -> Option<String> {
        let most = self.max_p99?;
        let name = judged.verb();
        let Some(latencies) = tally.latencies(judged) else {
            return Some(format!("nothing was measured of {name:?}"));
        };
        let (p99, most) = (milliseconds(latencies.at(0.99)), milliseconds(most));
        (p99 > most).then(|| format!("the p99 of {name:?} is {p99:.1} ms, more than {most:.0} ms"))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a share of a count that is far below 2^52"
)]
fn share_of(count: u64, percent: f64) -> u64 {
    (count as f64 * percent / 100.0).floor() as u64
}

impl FromStr for MaxErrors {
    type Err = anyhow::Error;

    /// Reads `5` or `0.5%`.
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let named = "must be a number of errors such as 5, or a share of the journeys such as 0.5%";
        let Some(percent) = text.strip_suffix('%') else {
            return Ok(Self::Count(text.parse().context(named)?));
        };
        let percent: f64 = percent.trim().parse().context(named)?;
        ensure!((0.0..=100.0).contains(&percent), named);
        Ok(Self::Percent(percent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::{End, Failure, Kind};

    fn tally() -> Tally {
        let mut tally = Tally::default();
        tally.planned = 1_000;
        tally.accepted = 1_000;
        for (kind, times) in [(Kind::TimedOut, 5), (Kind::Refused(503), 7)] {
            for _ in 0..times {
                tally.failed(Failure {
                    operation: Operation::Upload,
                    kind,
                });
            }
        }
        tally.took(Operation::Whole, Duration::from_millis(300));
        tally
    }

    fn broken(limits: Limits) -> Vec<String> {
        limits.broken(&tally(), Operation::Whole)
    }

    fn with_errors(text: &str, refusals: Refusals) -> Limits {
        Limits {
            max_errors: text.parse().unwrap(),
            refusals,
            ..Limits::default()
        }
    }

    #[test]
    fn errors_are_counted_or_taken_as_a_share() {
        for (text, refusals, is_kept) in [
            ("12", Refusals::AreErrors, true),
            ("11", Refusals::AreErrors, false),
            ("5", Refusals::AreFine, true),
            ("4", Refusals::AreFine, false),
            ("1.2%", Refusals::AreErrors, true),
            ("1.1%", Refusals::AreErrors, false),
            ("0%", Refusals::AreFine, false),
        ] {
            let broken = broken(with_errors(text, refusals));
            assert_eq!(broken.is_empty(), is_kept, "{text} {refusals:?} {broken:?}");
        }
    }

    #[test]
    fn what_is_no_number_of_errors_is_refused() {
        for text in ["", "%", "-1", "few", "101%", "NaN%"] {
            assert!(text.parse::<MaxErrors>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_p99_above_its_limit_is_told() {
        let slow = |max_ms| Limits {
            max_p99: Some(Duration::from_millis(max_ms)),
            ..with_errors("100%", Refusals::AreFine)
        };
        assert_eq!(broken(slow(301)), Vec::<String>::new());
        assert_eq!(broken(slow(299)).len(), 1);
        let unmeasured = slow(299).broken(&tally(), Operation::List);
        assert_eq!(unmeasured, ["nothing was measured of \"list\""]);
    }

    #[test]
    fn a_broken_promise_fails_a_run_whatever_its_limits() {
        let mut tally = tally();
        tally.ends.count(End::Lost("1".into()));
        let limits = with_errors("100%", Refusals::AreFine);
        let broken = limits.broken(&tally, Operation::Whole);
        assert_eq!(broken, ["1 of 1000 accepted uploads lost"]);
    }
}
