//! What a run tells at its end: as a table for people, as JSON for programs, and as an exit code.

mod curve;
mod limits;
mod table;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

pub use curve::{Curve, CurveStep};
pub use limits::{Limits, MaxErrors, Refusals};
pub use table::Table;
pub(crate) use table::shown;

use crate::cost::ProcessRow;
use crate::tally::{Latencies, Measure, Operation, Tally};

/// What came of a run.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// What was done, in words.
    pub what: String,
    /// How long it took, the ends of the last journeys included, in seconds.
    pub seconds: f64,
    /// How many journeys were planned.
    pub planned: u64,
    /// How many of them were started.
    pub started: u64,
    /// How many uploads were accepted.
    pub accepted: u64,
    /// How many of the accepted came to their right thumbnail.
    pub completed: u64,
    /// How many of the accepted the server forgot.
    pub lost: u64,
    /// How many of the accepted had no outcome in time.
    pub stuck: u64,
    /// How many of the accepted had a wrong outcome.
    pub wrong: u64,
    /// The first few of those, in words.
    pub examples: Vec<String>,
    /// Good journeys per second.
    pub goodput: f64,
    /// Failures by class. Orderly refusals are among them.
    pub failures: BTreeMap<String, u64>,
    /// How many failures were no orderly refusals.
    pub errors: u64,
    /// How many were: the server was busy and said when to come back.
    pub refusals: u64,
    /// The latencies.
    pub latencies: Vec<Row>,
    /// What the generator itself used, in seconds of CPU.
    pub generator_cpu_s: f64,
    /// What the processes behind the API used, where they are known.
    pub processes: Vec<ProcessRow>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// The limits that were not kept, in words. Empty for a good run.
    pub broken: Vec<String>,
}

/// The latencies of one measure, in milliseconds.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Row {
    /// What was measured. With a star it counts from the planned start.
    pub measure: String,
    /// How often.
    pub count: u64,
    /// Half were not longer.
    pub p50_ms: f64,
    /// 90 % were not longer.
    pub p90_ms: f64,
    /// 99 % were not longer.
    pub p99_ms: f64,
    /// 99.9 % were not longer.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// How a run went, beside what its journeys counted.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// What was done, in words.
    pub what: String,
    /// How long it took.
    pub time: Duration,
    /// How many journeys were good.
    pub good: u64,
    /// What the generator itself used.
    pub generator_cpu: Duration,
    /// What the processes behind the API used.
    pub processes: Vec<ProcessRow>,
    /// Which measure the limit of the latency is for.
    pub judged: Operation,
}

/// Above this p99 of its own lateness, the generator is part of what was measured.
const LATE: Duration = Duration::from_millis(10);

impl Report {
    /// Sums up a run and judges it.
    #[must_use]
    pub fn new(tally: &Tally, run: Circumstances, limits: &Limits) -> Self {
        let seconds = run.time.as_secs_f64();
        let ends = &tally.ends;
        Self {
            what: run.what,
            seconds,
            planned: tally.planned,
            started: tally.started,
            accepted: tally.accepted,
            completed: ends.completed,
            lost: ends.lost,
            stuck: ends.stuck,
            wrong: ends.wrong,
            examples: ends.examples.clone(),
            goodput: per_second(run.good, run.time),
            failures: tally
                .failures()
                .map(|(failure, count)| (failure.to_string(), count))
                .collect(),
            errors: tally.errors(),
            refusals: tally.refusals(),
            latencies: tally.measures().map(row).collect(),
            generator_cpu_s: run.generator_cpu.as_secs_f64(),
            processes: run.processes,
            notes: notes(tally),
            broken: limits.broken(tally, run.judged),
        }
    }

    /// Tells whether all limits were kept.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.broken.is_empty()
    }
}

fn row((measure, latencies): (&Measure, &Latencies)) -> Row {
    let at = |share| milliseconds(latencies.at(share));
    Row {
        measure: measure.to_string(),
        count: latencies.count(),
        p50_ms: at(0.5),
        p90_ms: at(0.9),
        p99_ms: at(0.99),
        p999_ms: at(0.999),
        max_ms: milliseconds(latencies.max()),
    }
}

fn notes(tally: &Tally) -> Vec<String> {
    let late = tally.latencies(Operation::Start);
    let late = late.map(|late| late.at(0.99)).filter(|late| *late > LATE);
    let note = late.map(|late| {
        format!(
            "the generator started journeys up to {:.0} ms late (p99): the machine is too busy to tell \
             the server's part of the latencies",
            milliseconds(late)
        )
    });
    note.into_iter().collect()
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no run has so many journeys that it matters"
)]
pub(crate) fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}
