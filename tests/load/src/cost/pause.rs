use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use super::Processes;

/// What workers do while uploads alone are measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Workers {
    /// They take up the uploads, and the queue's and the store's part in that is counted with the uploads.
    Work,
    /// They are stopped by a signal, and go on afterwards.
    Pause,
}

/// Processes that are stopped until it is dropped.
#[derive(Debug)]
pub(super) struct Paused(Vec<Pid>);

impl Paused {
    /// Stops the workers among the processes.
    pub(super) fn workers(processes: &Processes) -> Result<Self> {
        let mut paused = Self(Vec::new());
        for process in processes.of_kind("worker") {
            let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw);
            let pid = pid.context("a process id is a number above 0")?;
            kill_process(pid, Signal::STOP)
                .with_context(|| format!("{} cannot be paused", process.name))?;
            paused.0.push(pid);
        }
        Ok(paused)
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        for pid in &self.0 {
            // One that has ended needs no going on.
            kill_process(*pid, Signal::CONT).ok();
        }
    }
}
