use std::path::PathBuf;

use serde::Serialize;
use thumbnailify_core::{Budgets, HandlerIdentity};

/// How a handler did in every check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// Which build of which handler. Absent where it does not load.
    pub handler: Option<HandlerIdentity>,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
    /// The most that any one run took.
    pub peaks: Peaks,
    /// What one run may take. Absent where the handler does not load.
    pub budgets: Option<Budgets>,
}

/// How a handler did in one check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Check {
    /// Its short name.
    pub name: &'static str,
    /// Whether it was passed.
    pub outcome: Outcome,
    /// How many cases were tried.
    pub cases: u32,
    /// What is worth knowing about it, in a few words.
    pub detail: String,
    /// The cases that failed, up to a number after which there is no point in going on.
    pub failures: Vec<CheckFailure>,
}

/// Whether a check was passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every case was fine.
    Passed,
    /// At least one was not.
    Failed,
    /// There was nothing to try it with.
    Skipped,
}

/// A case that failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CheckFailure {
    /// The upload and the request, so that it can be made again.
    pub case: String,
    /// What the handler did wrong.
    pub problem: String,
    /// Where the upload was kept.
    pub kept: Option<PathBuf>,
}

/// The most that any one run took.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Peaks {
    /// Sum of the linear memories in bytes.
    pub memory_bytes: u64,
    /// Wall-clock time in microseconds.
    pub elapsed_us: u64,
    /// Bytes read from the upload.
    pub read_bytes: u64,
    /// Calls that read from the upload.
    pub read_calls: u64,
}

impl Report {
    pub(super) fn not_loaded(reason: String) -> Self {
        let check = Check {
            name: "loads",
            outcome: Outcome::Failed,
            cases: 1,
            detail: "nothing else could be tried".into(),
            failures: vec![CheckFailure {
                case: "the component itself".into(),
                problem: reason,
                kept: None,
            }],
        };
        Self {
            handler: None,
            checks: vec![check],
            peaks: Peaks::default(),
            budgets: None,
        }
    }

    /// How many checks ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.checks
            .iter()
            .filter(|check| check.outcome == outcome)
            .count()
    }
}

impl Peaks {
    pub(super) fn raise(&mut self, other: &Self) {
        self.memory_bytes = self.memory_bytes.max(other.memory_bytes);
        self.elapsed_us = self.elapsed_us.max(other.elapsed_us);
        self.read_bytes = self.read_bytes.max(other.read_bytes);
        self.read_calls = self.read_calls.max(other.read_calls);
    }
}
