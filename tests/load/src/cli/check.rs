use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use thumbnailify_invariants::{Bounds, check, read_log};

use super::run::Verdict;

/// A log to be looked through for what may never be in it.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The log, as `--log` writes it. It has to go on until nothing was open any more.
    #[arg(value_name = "FILE")]
    log: PathBuf,
    /// The attempts that an image may have: `worker.attempts` of the server.
    #[arg(long, default_value_t = Bounds::default().attempts, value_name = "N")]
    attempts: u32,
    /// How many workers were killed or stopped meanwhile.
    #[arg(long, default_value_t = 0, value_name = "N")]
    lost_workers: u32,
}

impl CheckArgs {
    pub(super) fn run(&self) -> Result<Verdict> {
        let bounds = Bounds {
            attempts: self.attempts,
            lost_workers: self.lost_workers,
        };
        check_log(&self.log, &bounds)
    }
}

/// Looks through a log and says what was found.
pub(super) fn check_log(log: &Path, bounds: &Bounds) -> Result<Verdict> {
    let findings = check(&read_log(log)?, bounds);
    writeln!(std::io::stdout(), "{findings}")?;
    Ok(Verdict::of(findings.is_good()))
}
