use std::time::{Duration, Instant};

use anyhow::Result;

use crate::cost::{Processes, Watch, cpu_time};
use crate::journal::Journal;
use crate::pacing::{Arrival, Interrupt, Load};
use crate::progress::{Progress, Voice};
use crate::report::{Circumstances, Limits, Report};
use crate::tally::{Operation, SharedTally, Tally};

/// A run of any mode: its load, what it has to keep, and where it leaves what it sees.
#[derive(Clone, Debug)]
pub struct Run {
    /// How journeys are set off.
    pub load: Load,
    /// What the run has to keep.
    pub limits: Limits,
    /// Where requests are noted.
    pub journal: Journal,
    /// Ends the run early.
    pub interrupt: Interrupt,
    /// Whether the run says how it goes.
    pub voice: Voice,
    /// The processes behind the API, where they are to be looked at.
    pub processes: Option<Processes>,
    /// What the run has seen up to now.
    pub tally: SharedTally,
}

impl Run {
    /// A run that notes nothing and says nothing.
    #[must_use]
    pub fn quiet(load: Load) -> Self {
        Self {
            load,
            limits: Limits::default(),
            journal: Journal::none(),
            interrupt: Interrupt::default(),
            voice: Voice::Quiet,
            processes: None,
            tally: SharedTally::default(),
        }
    }

    /// Makes the journeys and sums them up. The measure `judged` is what the limit of the p99 is for; `good`
    /// counts the good journeys.
    pub(crate) async fn report<J>(
        &self,
        what: String,
        judged: Operation,
        good: fn(&Tally) -> u64,
        journey: impl Fn(Arrival) -> J + Clone + Send + 'static,
    ) -> Result<Report>
    where
        J: Future<Output = ()> + Send + 'static,
    {
        self.load.validate()?;
        let stopwatch = Stopwatch::start(self);
        let progress = self.progress(judged);
        let driven = self.load.drive(&self.tally, &self.interrupt, journey).await;
        drop(progress);
        driven?;
        let what = format!("{what}; {}", self.load);
        Ok(self.sum_up(what, stopwatch, judged, good))
    }

    /// Says how the run goes until it is dropped.
    pub(crate) fn progress(&self, judged: Operation) -> Progress {
        Progress::of(&self.tally, judged, self.voice)
    }

    /// Sums up what the run has seen.
    pub(crate) fn sum_up(
        &self,
        what: String,
        stopwatch: Stopwatch,
        judged: Operation,
        good: fn(&Tally) -> u64,
    ) -> Report {
        let tally = self.tally.lock();
        let circumstances = Circumstances {
            what,
            time: stopwatch.started.elapsed(),
            good: good(&tally),
            generator_cpu: own_cpu().saturating_sub(stopwatch.cpu),
            processes: stopwatch.watch.map(Watch::finish).unwrap_or_default(),
            judged,
        };
        Report::new(&tally, circumstances, &self.limits)
    }
}

/// When a run began.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    started: Instant,
    /// What this process had used by then.
    cpu: Duration,
    watch: Option<Watch>,
}

impl Stopwatch {
    pub(crate) fn start(run: &Run) -> Self {
        Self {
            started: Instant::now(),
            cpu: own_cpu(),
            watch: run.processes.as_ref().map(Watch::start),
        }
    }
}

/// What this process has used. Nothing where the system does not tell.
fn own_cpu() -> Duration {
    cpu_time(std::process::id()).unwrap_or_default()
}
