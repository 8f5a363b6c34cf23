use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use thumbnailify_invariants::Bounds;

use super::check::check_log;
use super::run::{Outcome, Verdict};
use crate::cost::{Process, Processes};
use crate::journal::Journal;
use crate::modes::Run;
use crate::pacing::{Arrivals, Interrupt, Load, Plan};
use crate::progress::Voice;
use crate::report::{Limits, MaxErrors, Refusals};
use crate::tally::SharedTally;
use crate::target::{ApiAddress, Cluster, Reach};

/// Where the load goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArgs {
    /// The API [default: that of --cluster, else port 8080 of this machine].
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The file in which `just cluster` says what runs where.
    #[arg(long, value_name = "FILE")]
    cluster: Option<PathBuf>,
    /// A process behind the API whose CPU time and memory are looked at, such as `serve=1234`; may be repeated
    /// [default: those of --cluster].
    #[arg(long, value_name = "NAME=PID")]
    pid: Vec<Process>,
    /// Lets the load leave this machine.
    #[arg(long)]
    allow_remote: bool,
}

impl TargetArgs {
    pub(super) fn reach(&self) -> Reach {
        if self.allow_remote {
            Reach::Anywhere
        } else {
            Reach::Loopback
        }
    }

    pub(super) fn cluster(&self) -> Result<Option<Cluster>> {
        self.cluster.as_deref().map(Cluster::read).transpose()
    }

    /// The processes behind the API, where they are known.
    pub(super) fn processes(&self) -> Result<Option<Processes>> {
        let of_cluster = self.cluster()?.map(|cluster| cluster.processes);
        let of_cluster = of_cluster.unwrap_or_default().into_iter();
        let processes = match self.pid.as_slice() {
            [] => of_cluster.map(Process::from).collect(),
            given => given.to_vec(),
        };
        let are_known = !processes.is_empty();
        are_known.then(|| Processes::new(processes)).transpose()
    }

    pub(super) fn api(&self) -> Result<ApiAddress> {
        let of_cluster = self.cluster()?.map(|cluster| cluster.api);
        let url = self.url.clone().or(of_cluster);
        let url = url.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
        ApiAddress::parse(&url, self.reach())
    }
}

/// How much load there is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub(super) struct LoadArgs {
    /// Planned journeys per second.
    #[arg(long, default_value_t = 10.0, value_name = "N")]
    pub(super) rate: f64,
    /// How the journeys are spread over the time.
    #[arg(long, value_enum, default_value_t = Arrivals::Constant)]
    arrivals: Arrivals,
    /// For how many seconds journeys are started.
    #[arg(long, default_value_t = 10.0, value_name = "N")]
    pub(super) seconds: f64,
    /// How many journeys are started at most.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    count: u64,
    /// What the times of `--arrivals poisson` are drawn from.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// How many journeys may be on their way; one more is an error, and is not put off.
    #[arg(long, default_value_t = 512, value_name = "N")]
    in_flight: usize,
    /// Instead of planned journeys, so many users of whom each waits for the end of one journey before the
    /// next. Latencies then leave out what a stall does to others.
    #[arg(long, value_name = "USERS", conflicts_with_all = ["rate", "arrivals", "seed", "in_flight"])]
    closed: Option<usize>,
}

impl LoadArgs {
    pub(super) fn load(&self) -> Result<Load> {
        let plan = Plan {
            rate: self.rate,
            arrivals: self.arrivals,
            seconds: self.seconds,
            count: self.count,
            seed: self.seed,
        };
        plan.validate()?;
        let load = match self.closed {
            None => Load::Open {
                plan,
                in_flight: self.in_flight,
            },
            Some(users) => Load::Closed {
                users,
                time: Duration::from_secs_f64(self.seconds),
                count: self.count,
            },
        };
        load.validate()?;
        Ok(load)
    }
}

/// What a run has to keep, and where it leaves what it sees.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits and reports")]
pub(super) struct ReportArgs {
    /// The longest p99 of the whole journey (of the read, in `status`), in milliseconds.
    #[arg(long, value_name = "MS")]
    pub(super) max_p99: Option<f64>,
    /// How many errors there may be: `5`, or `0.5%` of the planned journeys.
    #[arg(long, default_value = "0", value_name = "N")]
    max_errors: MaxErrors,
    /// Does not count refusals with `Retry-After` as errors: the load is meant to be too much.
    #[arg(long)]
    allow_refusals: bool,
    /// Writes the report as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes every request with its answer, a JSON object a line, which `http` looks through in the end for
    /// broken promises.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Says nothing while it runs.
    #[arg(long)]
    quiet: bool,
}

impl ReportArgs {
    pub(super) fn run(&self, target: &TargetArgs, load: Load) -> Result<Run> {
        let interrupt = Interrupt::default();
        interrupt.listen();
        let journal = self.log.as_deref().map(Journal::in_file).transpose()?;
        Ok(Run {
            load,
            limits: self.limits()?,
            journal: journal.unwrap_or_else(Journal::none),
            interrupt,
            voice: if self.quiet {
                Voice::Quiet
            } else {
                Voice::Loud
            },
            processes: target.processes()?,
            tally: SharedTally::default(),
        })
    }

    fn limits(&self) -> Result<Limits> {
        let fits = self.max_p99.is_none_or(|ms| ms > 0.0 && ms.is_finite());
        ensure!(fits, "--max-p99 must be a number of milliseconds above 0");
        Ok(Limits {
            max_p99: self.max_p99.map(|ms| Duration::from_secs_f64(ms / 1_000.0)),
            max_errors: self.max_errors,
            refusals: if self.allow_refusals {
                Refusals::AreFine
            } else {
                Refusals::AreErrors
            },
        })
    }

    /// Writes the outcome of a run and ends its log.
    pub(super) fn conclude(&self, run: Run, outcome: &Outcome) -> Result<()> {
        outcome.write(self.json.as_deref())?;
        run.journal.close()
    }

    /// Looks through the log of a run in which every image was followed to its end.
    pub(super) fn check(&self) -> Result<Verdict> {
        match &self.log {
            Some(log) => check_log(log, &Bounds::default()),
            None => Ok(Verdict::Kept),
        }
    }
}
