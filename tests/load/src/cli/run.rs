use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use serde::Serialize;

use super::{Cli, Command};
use crate::open_files::raise_open_files;

/// What a run has to say in the end.
#[derive(Debug)]
pub(super) struct Outcome {
    /// For people.
    pub(super) text: String,
    /// For programs.
    pub(super) json: serde_json::Value,
    /// Whether all limits were kept.
    pub(super) verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Kept,
    Broken,
}

impl Verdict {
    pub(super) fn of(is_good: bool) -> Self {
        if is_good { Self::Kept } else { Self::Broken }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self::of(self == Self::Kept && other == Self::Kept)
    }
}

impl Outcome {
    pub(super) fn new<R: Serialize + std::fmt::Display>(
        report: &R,
        verdict: Verdict,
    ) -> Result<Self> {
        Ok(Self {
            text: report.to_string(),
            json: serde_json::to_value(report)?,
            verdict,
        })
    }

    /// Writes it where it is wanted.
    pub(super) fn write(&self, json: Option<&Path>) -> Result<()> {
        if let Some(path) = json {
            let text = serde_json::to_vec_pretty(&self.json)?;
            std::fs::write(path, text).with_context(|| format!("--json {}", path.display()))?;
        }
        std::io::stdout().write_all(self.text.as_bytes())?;
        Ok(())
    }
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn run() -> ExitCode {
    match try_run(Cli::parse()) {
        Ok(Verdict::Kept) => ExitCode::SUCCESS,
        Ok(Verdict::Broken) => ExitCode::from(1),
        Err(error) => {
            // There is nobody to tell if this fails.
            writeln!(std::io::stderr(), "thumbnailify-load: {error:#}").ok();
            ExitCode::from(2)
        }
    }
}

/// One thread makes the journeys: it shares the machine with what it puts load on.
fn try_run(cli: Cli) -> Result<Verdict> {
    raise_open_files();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Http(args) => args.run().await,
            Command::Nats(args) => args.run().await,
            Command::Cost(args) => args.run().await,
            Command::Status(args) => args.run().await,
            Command::Check(args) => args.run(),
        }
    })
}
