use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::case::Case;
use super::report::{Check, CheckFailure, Outcome, Report};
use super::runner::Runner;
use crate::Handler;

/// After so many failures of one check, more say nothing new.
const FAILURES_MAX: usize = 5;
/// A check ends after this time, whatever is left of it; a slow handler is no reason to wait for hours.
const CHECK_MAX: Duration = Duration::from_secs(60);

/// The checks of one handler as they are made.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) runner: Runner<'a>,
    keep: Option<&'a Path>,
    checks: Vec<Check>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(handler: &'a Handler, keep: Option<&'a Path>) -> Self {
        let mut rows = Self {
            runner: Runner::new(handler),
            keep,
            checks: Vec::new(),
        };
        let imports = handler.imports().len();
        rows.passed(
            "loads",
            format!("{imports} imports, all allowed; interface known"),
        );
        rows
    }

    pub(super) fn handler(&self) -> &'a Handler {
        self.runner.handler
    }

    /// Adds a check of one case that needs no upload.
    pub(super) fn once(&mut self, name: &'static str, done: Result<String, String>) {
        match done {
            Ok(detail) => self.passed(name, detail),
            Err(problem) => self.push(
                name,
                1,
                String::new(),
                vec![CheckFailure {
                    case: name.to_owned(),
                    problem,
                    kept: None,
                }],
            ),
        }
    }

    pub(super) fn skipped(&mut self, name: &'static str, why: &str) {
        self.checks.push(Check {
            name,
            outcome: Outcome::Skipped,
            cases: 0,
            detail: why.to_owned(),
            failures: Vec::new(),
        });
    }

    /// Adds a check that tries every case, until there are enough failures or it takes too long.
    pub(super) fn check(
        &mut self,
        name: &'static str,
        cases: impl IntoIterator<Item = Case>,
        mut test: impl FnMut(&mut Runner<'_>, &Case) -> Result<(), String>,
    ) {
        let started = Instant::now();
        let (mut tried, mut failures) = (0, Vec::new());
        let mut detail = String::new();
        for case in cases {
            if started.elapsed() > CHECK_MAX {
                detail = format!("ended after {} s", CHECK_MAX.as_secs());
                break;
            }
            tried += 1;
            if let Err(problem) = test(&mut self.runner, &case) {
                failures.push(self.failure(name, &case, problem, failures.len()));
            }
            if failures.len() == FAILURES_MAX {
                detail = format!("ended after {FAILURES_MAX} failures");
                break;
            }
        }
        self.push(name, tried, detail, failures);
    }

    /// Says more about the newest check.
    pub(super) fn add_detail(&mut self, detail: &str) {
        if let Some(check) = self.checks.last_mut() {
            let separator = if check.detail.is_empty() { "" } else { "; " };
            check.detail = format!("{detail}{separator}{}", check.detail);
        }
    }

    pub(super) fn into_report(self) -> Report {
        let handler = self.runner.handler;
        Report {
            handler: Some(handler.identity().clone()),
            checks: self.checks,
            peaks: self.runner.peaks,
            budgets: Some(handler.limits().budgets()),
        }
    }

    fn passed(&mut self, name: &'static str, detail: String) {
        self.push(name, 1, detail, Vec::new());
    }

    fn push(
        &mut self,
        name: &'static str,
        cases: u32,
        detail: String,
        failures: Vec<CheckFailure>,
    ) {
        let outcome = match (cases, failures.is_empty()) {
            (0, _) => Outcome::Skipped,
            (_, true) => Outcome::Passed,
            (_, false) => Outcome::Failed,
        };
        self.checks.push(Check {
            name,
            outcome,
            cases,
            detail,
            failures,
        });
    }

    fn failure(&self, check: &str, case: &Case, problem: String, number: usize) -> CheckFailure {
        let (problem, kept) = match self.kept(check, case, number) {
            Ok(kept) => (problem, kept),
            Err(error) => (
                format!("{problem} (the upload could not be kept: {error})"),
                None,
            ),
        };
        CheckFailure {
            case: case.name.clone(),
            problem,
            kept,
        }
    }

    /// Writes the upload of a case to the folder for that, with an extension that tells its type.
    fn kept(&self, check: &str, case: &Case, number: usize) -> io::Result<Option<PathBuf>> {
        let Some(folder) = self.keep else {
            return Ok(None);
        };
        let media_types = self.runner.handler.media_types().iter();
        let extension = media_types
            .filter(|handled| handled.mime.as_str() == case.request.media_type)
            .find_map(|handled| handled.extensions.first());
        let extension = extension.map_or("bin", String::as_str);
        let name = check.replace(' ', "-");
        let path = folder.join(format!("{name}-{}.{extension}", number + 1));
        fs::create_dir_all(folder)?;
        case.input.write(&path)?;
        Ok(Some(path))
    }
}
