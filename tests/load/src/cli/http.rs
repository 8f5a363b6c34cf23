use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::common::{LoadArgs, ReportArgs, TargetArgs};
use super::run::{Outcome, Verdict};
use crate::journey::{Encoding, Follow, JourneyConfig};
use crate::modes::{HttpMode, KneeSearch};
use crate::pictures::{Mix, MixName};

/// How many reads of the status follow an upload in the load test of the original.
const READS_OF_THE_ORIGINAL: u32 = 10;

#[derive(Debug, Args)]
pub(super) struct HttpArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    journey: JourneyArgs,
    /// Which pictures are uploaded.
    #[arg(long, value_enum, default_value_t = MixName::Original)]
    mix: MixName,
    /// Looks for the highest rate at which the limits are kept, from --rate on, --seconds at each. Without
    /// --max-p99 it is 500 ms.
    #[arg(long, conflicts_with = "closed")]
    steps: bool,
    /// How many rates are tried at most.
    #[arg(long, default_value_t = 14, value_name = "N")]
    max_steps: u32,
    #[command(flatten)]
    report: ReportArgs,
}

/// How journeys go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Journeys")]
pub(super) struct JourneyArgs {
    /// How uploads and thumbnails travel.
    #[arg(long, value_enum, default_value_t = Encoding::Base64)]
    encoding: Encoding,
    /// How the outcome is learned.
    #[arg(long, value_enum, default_value_t = Follow::Wait)]
    follow: Follow,
    /// The pause between two polls, in milliseconds.
    #[arg(long, default_value_t = 100, value_name = "N")]
    poll_ms: u64,
    /// How long an outcome may take before an upload counts as stuck.
    #[arg(long, default_value_t = 60.0, value_name = "N")]
    follow_seconds: f64,
    /// How long any other answer may take.
    #[arg(long, default_value_t = 15.0, value_name = "N")]
    timeout_seconds: f64,
}

impl JourneyArgs {
    pub(super) fn config(&self) -> Result<JourneyConfig> {
        Ok(JourneyConfig {
            encoding: self.encoding,
            follow: self.follow,
            poll: Duration::from_millis(self.poll_ms.max(1)),
            follow_for: Duration::try_from_secs_f64(self.follow_seconds)?,
            patience: Duration::try_from_secs_f64(self.timeout_seconds)?,
            reads: 0,
        })
    }
}

impl HttpArgs {
    pub(super) async fn run(self) -> Result<Verdict> {
        let mut run = self.report.run(&self.target, self.load.load()?)?;
        let mode = self.mode()?;
        let outcome = if self.steps {
            let limit = run.limits.max_p99;
            run.limits.max_p99 = limit.or(Some(Duration::from_millis(500)));
            let search = KneeSearch::new(self.load.rate, self.max_steps);
            let curve = mode.find_knee(&run, search).await?;
            Outcome::new(&curve, Verdict::of(curve.is_good()))?
        } else {
            let report = mode.run(&run).await?;
            Outcome::new(&report, Verdict::of(report.is_good()))?
        };
        self.report.conclude(run, &outcome)?;
        Ok(outcome.verdict.and(self.report.check()?))
    }

    fn mode(&self) -> Result<HttpMode> {
        let journey = JourneyConfig {
            reads: match self.mix {
                MixName::Original => READS_OF_THE_ORIGINAL,
                _ => 0,
            },
            ..self.journey.config()?
        };
        let name = self.mix.to_possible_value();
        Ok(HttpMode {
            target: self.target.api()?,
            name: name.map_or_else(String::new, |name| name.get_name().to_owned()),
            mix: Mix::new(self.mix)?,
            journey,
        })
    }
}
