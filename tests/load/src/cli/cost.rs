use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use super::common::{ReportArgs, TargetArgs};
use super::http::JourneyArgs;
use super::run::{Outcome, Verdict};
use crate::cost::{CostMode, Work, Workers};
use crate::pacing::Load;

#[derive(Debug, Args)]
pub(super) struct CostArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// What is measured [default: all].
    #[arg(long, value_enum, value_delimiter = ',')]
    work: Vec<Work>,
    /// How long each kind of work is done.
    #[arg(long, default_value_t = 10.0, value_name = "N")]
    seconds: f64,
    /// How often each kind of work is done at most.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    count: u64,
    /// How many are done at the same time.
    #[arg(long, default_value_t = 4, value_name = "N")]
    users: usize,
    /// Stops the processes called `worker` by a signal while uploads are measured, so that only storing and
    /// queuing is counted.
    #[arg(long)]
    pause_workers: bool,
    #[command(flatten)]
    journey: JourneyArgs,
    #[command(flatten)]
    report: ReportArgs,
}

impl CostArgs {
    pub(super) async fn run(self) -> Result<Verdict> {
        let time = Duration::try_from_secs_f64(self.seconds)?;
        let load = Load::Closed {
            users: self.users,
            time,
            count: self.count,
        };
        let run = self.report.run(&self.target, load)?;
        let processes = run.processes.clone();
        let mode = CostMode {
            target: self.target.api()?,
            processes: processes
                .context("say whose CPU time counts: --pid NAME=PID, or --cluster FILE")?,
            work: match self.work.as_slice() {
                [] => Work::value_variants().to_vec(),
                chosen => chosen.to_vec(),
            },
            time,
            count: self.count,
            users: self.users,
            workers: if self.pause_workers {
                Workers::Pause
            } else {
                Workers::Work
            },
            journey: self.journey.config()?,
        };
        let report = mode.run(&run).await?;
        let outcome = Outcome::new(&report, Verdict::of(report.is_good()))?;
        self.report.conclude(run, &outcome)?;
        Ok(outcome.verdict)
    }
}
