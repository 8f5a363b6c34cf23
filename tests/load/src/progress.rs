//! Says how a run goes while it goes.

use std::io::Write;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::report::milliseconds;
use crate::tally::{Operation, SharedTally};

/// Says once a second on standard error how a run goes, until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress(Option<JoinHandle<()>>);

/// Whether a run says how it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Voice {
    /// A line each second.
    Loud,
    /// None.
    Quiet,
}

impl Progress {
    pub(crate) fn of(tally: &SharedTally, judged: Operation, voice: Voice) -> Self {
        let tally = tally.clone();
        Self((voice == Voice::Loud).then(|| tokio::spawn(tell(tally, judged))))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(teller) = &self.0 {
            teller.abort();
        }
    }
}

async fn tell(tally: SharedTally, judged: Operation) {
    let started = Instant::now();
    let mut ticks = interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let line = line(&tally, judged, started.elapsed());
        // A run goes on without its progress.
        writeln!(std::io::stderr(), "{line}").ok();
    }
}

fn line(tally: &SharedTally, judged: Operation, time: Duration) -> String {
    let tally = tally.lock();
    let judged_latencies = tally.latencies(judged);
    let p99 = judged_latencies.map_or(Duration::ZERO, |latencies| latencies.at(0.99));
    format!(
        "{:>4} s  planned {}  accepted {}  completed {}  errors {}  refused {}  broken promises {}  p99 {:.1} ms",
        time.as_secs(),
        tally.planned,
        tally.accepted,
        tally.ends.completed,
        tally.errors(),
        tally.refusals(),
        tally.ends.broken_promises(),
        milliseconds(p99)
    )
}
