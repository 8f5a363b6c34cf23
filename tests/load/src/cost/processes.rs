use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Error, Result, ensure};

use super::cpu_time;
use crate::target::ClusterProcess;

/// A process whose CPU time counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Process {
    /// Its name, such as `worker-1`.
    pub name: String,
    /// Its process id.
    pub pid: u32,
}

impl Process {
    /// What processes of its kind are called together: its name without a number.
    #[must_use]
    pub fn kind(&self) -> &str {
        let without_number = self
            .name
            .trim_end_matches(|last: char| last.is_ascii_digit());
        without_number.trim_end_matches('-')
    }
}

impl FromStr for Process {
    type Err = Error;

    /// Reads `NAME=PID`.
    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('=').and_then(|(name, pid)| {
            let pid = pid.parse().ok()?;
            (!name.is_empty()).then(|| (name.to_owned(), pid))
        });
        let (name, pid) = parts.context("must be NAME=PID, such as serve=1234")?;
        Ok(Self { name, pid })
    }
}

impl From<ClusterProcess> for Process {
    fn from(process: ClusterProcess) -> Self {
        Self {
            name: process.name,
            pid: process.pid,
        }
    }
}

/// The processes that do the work.
#[derive(Clone, Debug)]
pub struct Processes(Vec<Process>);

/// CPU times by the kind of process.
pub(super) type Times = BTreeMap<String, Duration>;

impl Processes {
    /// These processes.
    ///
    /// # Errors
    /// There are none, or one of them does not run.
    pub fn new(processes: Vec<Process>) -> Result<Self> {
        ensure!(
            !processes.is_empty(),
            "say whose CPU time counts: --pid NAME=PID, or --cluster FILE"
        );
        let processes = Self(processes);
        processes.times()?;
        Ok(processes)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Process> {
        self.0.iter()
    }

    /// What they have used up to now.
    pub(super) fn times(&self) -> Result<Times> {
        let mut times = Times::new();
        for process in &self.0 {
            let time = cpu_time(process.pid).with_context(|| process.name.clone())?;
            *times.entry(process.kind().to_owned()).or_default() += time;
        }
        Ok(times)
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Process> {
        self.0.iter().filter(move |process| process.kind() == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_named_by_its_kind() {
        for (name, kind) in [
            ("worker-1", "worker"),
            ("api", "api"),
            ("redis-server", "redis-server"),
        ] {
            let process: Process = format!("{name}=7").parse().unwrap();
            assert_eq!((process.kind(), process.pid), (kind, 7));
        }
    }

    #[test]
    fn what_is_no_process_is_refused() {
        for text in ["api", "api=", "=7", "api=x"] {
            assert!(text.parse::<Process>().is_err(), "{text}");
        }
        assert!(Processes::new(Vec::new()).is_err());
    }
}
