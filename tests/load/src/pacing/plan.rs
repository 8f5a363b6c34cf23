use std::time::Duration;

use anyhow::{Result, ensure};
use clap::ValueEnum;

use super::Random;

/// The highest rate that can be planned, in arrivals per second. No one machine answers as many.
const HIGHEST_RATE: f64 = 200_000.0;

/// The longest run, in seconds: a day.
const LONGEST_S: f64 = 86_400.0;

/// How arrivals are spread over the time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Arrivals {
    /// One after each equal interval.
    Constant,
    /// As independent users arrive: exponential intervals.
    Poisson,
}

/// When journeys start. The plan knows nothing of the answers: that is what makes the loop open.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Arrivals per second, on average.
    pub rate: f64,
    /// How they are spread.
    pub arrivals: Arrivals,
    /// For how many seconds there are arrivals.
    pub seconds: f64,
    /// How many arrivals there are at most.
    pub count: u64,
    /// What the intervals of [`Arrivals::Poisson`] are drawn from.
    pub seed: u64,
}

impl Plan {
    /// Checks the numbers.
    ///
    /// # Errors
    /// The first one that cannot be used, by the name of its option.
    pub fn validate(&self) -> Result<()> {
        let rate_fits = self.rate > 0.0 && self.rate <= HIGHEST_RATE;
        ensure!(
            rate_fits,
            "--rate must be above 0 and at most {HIGHEST_RATE}"
        );
        let seconds_fit = self.seconds > 0.0 && self.seconds <= LONGEST_S;
        ensure!(
            seconds_fit,
            "--seconds must be above 0 and at most {LONGEST_S}"
        );
        ensure!(self.count > 0, "--count must be at least 1");
        Ok(())
    }

    /// The times of all arrivals, as distances from the start, in their order.
    pub fn offsets(&self) -> impl Iterator<Item = Duration> + use<> {
        let plan = self.clone();
        let mut random = Random::new(self.seed);
        let mut at_s = 0.0;
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        (0_u64..)
            .map(move |index| {
                let interval = match plan.arrivals {
                    Arrivals::Constant => return as_float(index) / plan.rate,
                    Arrivals::Poisson => -(1.0 - random.fraction()).ln() / plan.rate,
                };
                at_s += interval;
                at_s
            })
            .take(count)
            .take_while(move |at_s| *at_s < plan.seconds)
            .map(Duration::from_secs_f64)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no plan has so many arrivals that it matters"
)]
fn as_float(index: u64) -> f64 {
    index as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(rate: f64, arrivals: Arrivals) -> Plan {
        Plan {
            rate,
            arrivals,
            seconds: 10.0,
            count: u64::MAX,
            seed: 1,
        }
    }

    #[test]
    fn a_constant_rate_has_equal_intervals_from_the_start_on() {
        let offsets: Vec<_> = plan(4.0, Arrivals::Constant).offsets().collect();
        assert_eq!(offsets.len(), 40);
        assert_eq!(offsets[0], Duration::ZERO);
        assert_eq!(offsets[39], Duration::from_millis(9_750));
    }

    #[test]
    fn poisson_arrivals_keep_the_rate_on_average_and_vary_in_between() {
        let offsets: Vec<_> = plan(1_000.0, Arrivals::Poisson).offsets().collect();
        assert!(
            (9_600..10_400).contains(&offsets.len()),
            "{}",
            offsets.len()
        );
        assert!(offsets.is_sorted());
        // The chance that an exponential interval is above the mean is 1/e.
        let above_mean = offsets
            .windows(2)
            .filter(|pair| pair[1] - pair[0] > Duration::from_millis(1))
            .count();
        let share = above_mean * 100 / offsets.len();
        assert!((35..39).contains(&share), "{share} %");
    }

    #[test]
    fn the_same_seed_plans_the_same_arrivals() {
        let of_seed = |seed| {
            let plan = Plan {
                seed,
                ..plan(50.0, Arrivals::Poisson)
            };
            plan.offsets().collect::<Vec<_>>()
        };
        assert_eq!(of_seed(3), of_seed(3));
        assert_ne!(of_seed(3), of_seed(4));
    }

    #[test]
    fn a_plan_ends_after_its_count_or_its_time() {
        let plan = Plan {
            count: 7,
            ..plan(4.0, Arrivals::Constant)
        };
        assert_eq!(plan.offsets().count(), 7);
    }

    #[test]
    fn a_number_that_cannot_be_used_is_named() {
        for (rate, seconds, option) in [
            (0.0, 1.0, "--rate"),
            (f64::NAN, 1.0, "--rate"),
            (1e9, 1.0, "--rate"),
            (1.0, -1.0, "--seconds"),
            (1.0, f64::INFINITY, "--seconds"),
        ] {
            let plan = Plan {
                rate,
                seconds,
                ..plan(1.0, Arrivals::Constant)
            };
            let error = plan.validate().unwrap_err().to_string();
            assert!(error.starts_with(option), "{error}");
        }
    }
}
