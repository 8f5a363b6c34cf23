use anyhow::{Result, ensure};
use clap::Args;

use super::common::{LoadArgs, ReportArgs, TargetArgs};
use super::http::JourneyArgs;
use super::run::{Outcome, Verdict};
use crate::modes::StatusMode;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    journey: JourneyArgs,
    /// How many images are uploaded before and deleted after.
    #[arg(long, default_value_t = 50, value_name = "N")]
    images: u32,
    /// One of so many reads is a page of the list; 0 for none.
    #[arg(long, default_value_t = 10, value_name = "N")]
    list_every: u64,
    #[command(flatten)]
    report: ReportArgs,
}

impl StatusArgs {
    pub(super) async fn run(self) -> Result<Verdict> {
        ensure!(self.images > 0, "--images must be at least 1");
        let run = self.report.run(&self.target, self.load.load()?)?;
        let mode = StatusMode {
            target: self.target.api()?,
            images: self.images,
            list_every: self.list_every,
            journey: self.journey.config()?,
        };
        let report = mode.run(&run).await?;
        let outcome = Outcome::new(&report, Verdict::of(report.is_good()))?;
        self.report.conclude(run, &outcome)?;
        Ok(outcome.verdict)
    }
}
