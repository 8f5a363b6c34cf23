use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::report::{Table, shown};

/// What each kind of work costs.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CostReport {
    /// What was measured, in words.
    pub what: String,
    /// The kinds of work.
    pub rows: Vec<CostRow>,
    /// What went wrong, in words. Empty for a good run.
    pub broken: Vec<String>,
}

/// What one kind of work costs, in seconds of CPU per 1000.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CostRow {
    /// The kind of work.
    pub work: String,
    /// How often it was done.
    pub count: u64,
    /// How long that took, in seconds.
    pub seconds: f64,
    /// What it costs here.
    pub cost: f64,
    /// The same by the kind of process.
    pub by_process: BTreeMap<String, f64>,
    /// What it costs in the original.
    pub original: f64,
    /// What it is to cost.
    pub goal: f64,
}

impl CostReport {
    /// Tells whether all work was done well. That a goal is missed is no failure.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.broken.is_empty()
    }
}

impl fmt::Display for CostReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}\n", self.what)?;
        let kinds = self.kinds();
        let mut heads = vec!["CPU-s per 1000", "count", "per s", "here"];
        heads.extend(["goal", "original", "ratio", "met"]);
        heads.extend(&kinds);
        let mut table = Table::new(&heads);
        for row in &self.rows {
            table.row(row.cells(&kinds));
        }
        write!(formatter, "{table}")?;
        for line in &self.broken {
            writeln!(formatter, "FAILED: {line}")?;
        }
        Ok(())
    }
}

impl CostReport {
    fn kinds(&self) -> Vec<&str> {
        let first = self.rows.first();
        let kinds = first.map(|row| row.by_process.keys().map(String::as_str).collect());
        kinds.unwrap_or_default()
    }
}

impl CostRow {
    fn cells(&self, kinds: &[&str]) -> Vec<String> {
        let rate = count_as_float(self.count) / self.seconds.max(1e-9);
        let met = if self.cost <= self.goal { "yes" } else { "no" };
        let mut cells = vec![
            self.work.clone(),
            self.count.to_string(),
            shown(rate),
            shown(self.cost),
            self.goal.to_string(),
            self.original.to_string(),
            format!("{:.1}x", self.original / self.cost.max(1e-9)),
            met.to_owned(),
        ];
        let by_process = kinds.iter().map(|kind| self.by_process.get(*kind));
        cells.extend(by_process.map(|cost| shown(cost.copied().unwrap_or_default())));
        cells
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no run has so many journeys that it matters"
)]
pub(super) fn count_as_float(count: u64) -> f64 {
    count as f64
}
