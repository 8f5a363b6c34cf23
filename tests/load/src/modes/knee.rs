use anyhow::{Result, bail};

use super::{HttpMode, Run};
use crate::pacing::{Load, Plan};
use crate::report::{Curve, CurveStep};
use crate::tally::SharedTally;

/// The rates are told apart down to this ratio of a rate that is held and one that is not.
const PRECISION: f64 = 1.1;

/// There is no use in a search below a journey in a hundred seconds.
const LOWEST_RATE: f64 = 0.01;

/// Looks for the highest rate at which a run keeps its limits.
#[derive(Clone, PartialEq, Debug)]
pub struct KneeSearch {
    first: f64,
    held: Option<f64>,
    not_held: Option<f64>,
    steps_left: u32,
}

impl KneeSearch {
    /// A search that begins at a rate and makes at most so many steps.
    #[must_use]
    pub fn new(first: f64, steps: u32) -> Self {
        Self {
            first,
            held: None,
            not_held: None,
            steps_left: steps,
        }
    }

    /// The rate to try next. `None` when the search is over.
    fn next_rate(&mut self) -> Option<f64> {
        self.steps_left = self.steps_left.checked_sub(1)?;
        let rate = match (self.held, self.not_held) {
            (None, None) => self.first,
            (Some(held), None) => held * 2.0,
            (None, Some(not_held)) => not_held / 2.0,
            (Some(held), Some(not_held)) if not_held / held > PRECISION => (held * not_held).sqrt(),
            (Some(_), Some(_)) => return None,
        };
        (rate >= LOWEST_RATE).then_some(rate)
    }

    fn note(&mut self, rate: f64, is_held: bool) {
        if is_held {
            self.held = Some(rate);
        } else {
            self.not_held = Some(rate);
        }
    }
}

impl HttpMode {
    /// Makes one run after the other until the knee is found. The first one, which finds everything cold, is
    /// made twice and counts once.
    ///
    /// # Errors
    /// As those of [`Self::run`]; and the load must be an open loop.
    pub async fn find_knee(&self, run: &Run, mut search: KneeSearch) -> Result<Curve> {
        let Load::Open { plan, in_flight } = &run.load else {
            bail!("--steps needs planned arrivals: leave out --closed");
        };
        self.run(&at_rate(run, plan, *in_flight, search.first))
            .await?;
        let mut steps = Vec::new();
        while let Some(rate) = search.next_rate() {
            if run.interrupt.is_raised() {
                break;
            }
            let report = self.run(&at_rate(run, plan, *in_flight, rate)).await?;
            search.note(rate, report.is_good());
            steps.push(CurveStep { rate, report });
        }
        steps.sort_by(|one, other| one.rate.total_cmp(&other.rate));
        Ok(Curve {
            what: format!(
                "http, {} pictures, http://{}; open loop, {} s at each rate",
                self.name, self.target.authority, plan.seconds
            ),
            knee: search.held,
            broken: broken_promises(&steps),
            steps,
        })
    }
}

fn at_rate(run: &Run, plan: &Plan, in_flight: usize, rate: f64) -> Run {
    let plan = Plan {
        rate,
        ..plan.clone()
    };
    Run {
        load: Load::Open { plan, in_flight },
        tally: SharedTally::default(),
        ..run.clone()
    }
}

/// Too much load may be refused or take long; nothing accepted may be lost at any rate.
fn broken_promises(steps: &[CurveStep]) -> Vec<String> {
    let broken = steps.iter().filter_map(|step| {
        let report = &step.report;
        let count = report.lost + report.stuck + report.wrong;
        (count > 0).then(|| {
            let examples = report.examples.join("; ");
            format!(
                "{count} uploads lost, stuck or wrong at {:.1}/s: {examples}",
                step.rate
            )
        })
    });
    broken.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(first: f64, capacity: f64) -> (KneeSearch, usize) {
        let mut search = KneeSearch::new(first, 20);
        let mut steps = 0;
        while let Some(rate) = search.next_rate() {
            search.note(rate, rate <= capacity);
            steps += 1;
        }
        (search, steps)
    }

    #[test]
    fn the_knee_is_found_from_below_and_from_above() {
        for first in [1.0, 100.0, 5_000.0] {
            let (search, steps) = search(first, 137.0);
            let knee = search.held.unwrap();
            assert!(
                (137.0 / PRECISION..=137.0).contains(&knee),
                "{first}: {knee}"
            );
            assert!(steps <= 12, "{first}: {steps}");
        }
    }

    #[test]
    fn a_server_that_holds_nothing_ends_the_search() {
        assert_eq!(search(1.0, 0.0).0.held, None);
    }

    #[test]
    fn the_number_of_steps_is_kept() {
        let mut search = KneeSearch::new(1.0, 3);
        for _ in 0..3 {
            let rate = search.next_rate().unwrap();
            search.note(rate, true);
        }
        assert_eq!(search.next_rate(), None);
        assert_eq!(search.held, Some(4.0));
    }
}
