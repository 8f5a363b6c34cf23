//! Tests a handler as an author should before anyone installs it: the rules of the interface, hostile uploads,
//! damaged files and the budgets, on the same sandbox that a worker has.
//!
//! Everything is made from fixed seeds, so that a second run does the same.

mod case;
mod checks;
mod corpus;
mod input;
mod noise;
mod report;
mod row;
mod rules;
mod runner;

pub use corpus::Corpus;
pub use report::{Check, CheckFailure, Outcome, Peaks, Report};

use std::path::PathBuf;

use row::Rows;

use crate::{Candidate, Loader};

/// What a handler is tested with, beside what is made up.
#[derive(Debug, Default)]
pub struct Plan {
    /// Files of the types that it takes.
    pub corpus: Option<Corpus>,
    /// The folder that the uploads of failed cases are written to.
    pub keep: Option<PathBuf>,
}

/// Tests a component. Blocks for minutes: call it from a thread of tokio's that may wait.
#[must_use]
pub fn test(loader: &Loader, candidate: &Candidate, plan: &Plan) -> Report {
    let loaded = loader.load(candidate);
    let handler = match &loaded {
        Ok(handler) => handler,
        Err(error) => return Report::not_loaded(error.to_string()),
    };
    let mut rows = Rows::new(handler, plan.keep.as_deref());
    checks::description(&mut rows);
    checks::rubbish(&mut rows);
    checks::corpus(&mut rows, plan.corpus.as_ref());
    rows.into_report()
}
