use std::fmt;

use serde::Serialize;

use super::table::shown;
use super::{Report, Row, Table};

/// What came of a search for the highest rate that holds.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Curve {
    /// What was done, in words.
    pub what: String,
    /// The highest rate that was held, in journeys per second.
    pub knee: Option<f64>,
    /// The steps, by their rate.
    pub steps: Vec<CurveStep>,
    /// The promises that were broken at any rate, in words. Empty for a good run.
    pub broken: Vec<String>,
}

/// The run at one rate.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CurveStep {
    /// The planned journeys per second.
    pub rate: f64,
    /// What came of it.
    pub report: Report,
}

impl Curve {
    /// Tells whether a rate was held and no promise was broken at any.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.broken.is_empty() && self.knee.is_some()
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}\n", self.what)?;
        let heads = [
            "rate/s",
            "goodput/s",
            "p50 ms",
            "p99 ms",
            "max ms",
            "errors",
            "refused",
            "held",
        ];
        let mut table = Table::new(&heads);
        for step in &self.steps {
            table.row(cells(step));
        }
        writeln!(formatter, "{table}")?;
        match self.knee {
            Some(knee) => writeln!(formatter, "the knee is at {}/s", shown(knee))?,
            None => writeln!(formatter, "FAILED: no rate was held")?,
        }
        for promise in &self.broken {
            writeln!(formatter, "FAILED: {promise}")?;
        }
        Ok(())
    }
}

fn cells(step: &CurveStep) -> Vec<String> {
    let report = &step.report;
    let whole = report.latencies.iter().find(|row| row.measure == "whole *");
    let time = |of: fn(&Row) -> f64| whole.map_or_else(|| "-".to_owned(), |row| shown(of(row)));
    vec![
        shown(step.rate),
        shown(report.goodput),
        time(|row| row.p50_ms),
        time(|row| row.p99_ms),
        time(|row| row.max_ms),
        report.errors.to_string(),
        report.refusals.to_string(),
        if report.is_good() { "yes" } else { "no" }.to_owned(),
    ]
}
