use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use super::common::{LoadArgs, ReportArgs, TargetArgs};
use super::run::{Outcome, Verdict};
use crate::modes::Run;
use crate::nats::{BareQueue, NatsMode, QueueAddresses};
use crate::pictures::{Mix, MixName};
use crate::report::Report;
use crate::target::{Cluster, check_reach};

#[derive(Debug, Args)]
pub(super) struct NatsArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// The NATS server [default: that of --cluster].
    #[arg(long, value_name = "URL")]
    nats: Option<String>,
    /// The Redis server [default: that of --cluster].
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// The folder of originals and thumbnails [default: that of --cluster].
    #[arg(long, value_name = "FOLDER")]
    media: Option<PathBuf>,
    #[command(flatten)]
    load: LoadArgs,
    /// Which pictures are stored.
    #[arg(long, value_enum, default_value_t = MixName::Original)]
    mix: MixName,
    /// How long an outcome may take before a job counts as stuck.
    #[arg(long, default_value_t = 60.0, value_name = "N")]
    follow_seconds: f64,
    /// Measures the queue without any work instead, in a stream of its own.
    #[arg(long)]
    bare: bool,
    #[command(flatten)]
    bare_queue: BareArgs,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "With --bare")]
struct BareArgs {
    /// How many messages there are.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    messages: u64,
    /// How long each is, in bytes.
    #[arg(long, default_value_t = 250, value_name = "N")]
    bytes: u16,
    /// How many are published at the same time.
    #[arg(long, default_value_t = 64, value_name = "N")]
    publishers: usize,
    /// How many are taken at the same time.
    #[arg(long, default_value_t = 8, value_name = "N")]
    slots: usize,
}

impl NatsArgs {
    pub(super) async fn run(self) -> Result<Verdict> {
        let run = self.report.run(&self.target, self.load.load()?)?;
        let cluster = self.target.cluster()?;
        let report = if self.bare {
            self.bare_queue(cluster)?.run(&run).await?
        } else {
            self.jobs(cluster, &run).await?
        };
        let outcome = Outcome::new(&report, Verdict::of(report.is_good()))?;
        self.report.conclude(run, &outcome)?;
        Ok(outcome.verdict)
    }

    fn bare_queue(&self, cluster: Option<Cluster>) -> Result<BareQueue> {
        Ok(BareQueue {
            nats: self.nats_url(cluster.and_then(|cluster| cluster.nats))?,
            messages: self.bare_queue.messages,
            bytes: self.bare_queue.bytes.into(),
            publishers: self.bare_queue.publishers,
            slots: self.bare_queue.slots,
        })
    }

    async fn jobs(&self, cluster: Option<Cluster>, run: &Run) -> Result<Report> {
        let (nats, redis, media) = match cluster {
            Some(cluster) => (cluster.nats, cluster.redis, cluster.media),
            None => (None, None, None),
        };
        let redis = self.redis.clone().or(redis);
        let redis = redis.context("--redis or a --cluster with one is needed")?;
        check_reach(&redis, "redis://", 6379, self.target.reach())?;
        let media = self.media.clone().or(media);
        let mode = NatsMode {
            addresses: QueueAddresses {
                nats: self.nats_url(nats)?,
                redis,
                media: media.context("--media or a --cluster with it is needed")?,
            },
            name: self
                .mix
                .to_possible_value()
                .map_or_else(String::new, |name| name.get_name().to_owned()),
            mix: Mix::new(self.mix)?,
            follow_for: Duration::try_from_secs_f64(self.follow_seconds)?,
        };
        mode.run(run).await
    }

    fn nats_url(&self, of_cluster: Option<String>) -> Result<String> {
        let nats = self.nats.clone().or(of_cluster);
        let nats = nats.context("--nats or a --cluster with one is needed")?;
        check_reach(&nats, "nats://", 4222, self.target.reach())?;
        Ok(nats)
    }
}
