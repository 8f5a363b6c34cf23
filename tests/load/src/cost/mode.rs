use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::measure::Bench;
use super::pause::{Paused, Workers};
use super::processes::{Processes, Times};
use super::report::{CostReport, CostRow, count_as_float};
use super::work::{Reference, Work};
use crate::journey::{JourneyConfig, Rows, Steps, delete, follow};
use crate::modes::{Run, prepare};
use crate::pacing::closed_loop;
use crate::tally::{End, Operation, SharedTally};
use crate::target::ApiAddress;

/// How many images there are for the reads.
const IMAGES: u32 = 20;

/// How often work is done before it is measured, by each user.
const WARM_UP: usize = 3;

/// Most uploads that are made before they are worked on: they fill the queue and the disk.
const MOST_UPLOADS: u64 = 1_000;

/// Work that is done again and again while the CPU time of the processes is looked at.
#[derive(Clone, Debug)]
pub struct CostMode {
    /// The API.
    pub target: ApiAddress,
    /// The processes behind it.
    pub processes: Processes,
    /// The kinds of work.
    pub work: Vec<Work>,
    /// How long each is done.
    pub time: Duration,
    /// How often each is done at most.
    pub count: u64,
    /// How many are done at the same time.
    pub users: usize,
    /// What workers do while uploads are measured.
    pub workers: Workers,
    /// How the journeys go.
    pub journey: JourneyConfig,
}

impl CostMode {
    /// Measures each kind of work. Of the run, its load and limits play no part.
    ///
    /// # Errors
    /// A process has ended, or the server takes no images.
    pub async fn run(&self, run: &Run) -> Result<CostReport> {
        ensure!(self.users > 0, "--users must be at least 1");
        let (aside, journey) = (SharedTally::default(), self.journey.clone());
        let steps = Steps::new(&self.target, journey, Rows::One, &aside, &run.journal);
        let images = Arc::new(prepare(&steps, IMAGES).await?);
        let mut report = CostReport {
            what: format!(
                "cost, http://{}; closed loop, {} users, up to {} s for each",
                self.target.authority,
                self.users,
                self.time.as_secs_f64()
            ),
            rows: Vec::new(),
            broken: Vec::new(),
        };
        for work in &self.work {
            if run.interrupt.is_raised() {
                break;
            }
            self.measure(run, &steps, &images, *work, &mut report)
                .await?;
        }
        for id in images.iter() {
            delete(&steps, id).await;
        }
        Ok(report)
    }

    async fn measure(
        &self,
        run: &Run,
        steps: &Steps,
        images: &Arc<Vec<String>>,
        work: Work,
        report: &mut CostReport,
    ) -> Result<()> {
        let tally = SharedTally::default();
        let bench = |tally: &SharedTally| {
            Ok::<_, anyhow::Error>(Arc::new(Bench {
                work,
                steps: steps.counting_in(tally),
                mix: work.mix()?,
                images: Arc::clone(images),
                uploaded: Mutex::default(),
            }))
        };
        let warm_up = bench(&SharedTally::default())?;
        let few = u64::try_from(self.users * WARM_UP)?;
        self.repeat(run, &warm_up, &warm_up.steps.tally, few)
            .await?;
        settle(&warm_up).await;

        let bench = bench(&tally)?;
        let paused = match (work, self.workers) {
            (Work::Post, Workers::Pause) => Some(Paused::workers(&self.processes)?),
            _ => None,
        };
        let progress = crate::progress::Progress::of(&tally, judged(work), run.voice);
        let (started, before) = (Instant::now(), self.processes.times()?);
        let most = if work == Work::Post {
            MOST_UPLOADS.min(self.count)
        } else {
            self.count
        };
        self.repeat(run, &bench, &tally, most).await?;
        let (time, after) = (started.elapsed(), self.processes.times()?);
        drop((paused, progress));
        settle(&bench).await;
        let count = bench.count(&tally.lock());
        report.rows.push(row(work, count, time, &before, &after));
        report.broken.extend(broken(work, &tally));
        Ok(())
    }

    async fn repeat(
        &self,
        run: &Run,
        bench: &Arc<Bench>,
        tally: &SharedTally,
        most: u64,
    ) -> Result<()> {
        let bench = Arc::clone(bench);
        let once = move |arrival| {
            let bench = Arc::clone(&bench);
            async move { bench.once(arrival).await }
        };
        closed_loop(self.users, self.time, most, tally, &run.interrupt, once).await
    }
}

fn judged(work: Work) -> Operation {
    match work {
        Work::Status => Operation::Status,
        Work::Thumbnail => Operation::Thumbnail,
        Work::Post => Operation::Upload,
        Work::Mix | Work::Small | Work::Large | Work::Tiny | Work::Gif => Operation::Whole,
    }
}

/// Follows what was uploaded to its end, and deletes it.
async fn settle(bench: &Bench) {
    for id in bench.take_uploaded() {
        match follow(&bench.steps, &id).await {
            Ok(status) if status.state == "Completed" => bench.steps.ended(End::Completed),
            Ok(status) => bench.steps.ended(End::Wrong(status.message)),
            Err(end) => bench.steps.ended(end),
        }
        delete(&bench.steps, &id).await;
    }
}

fn row(work: Work, count: u64, time: Duration, before: &Times, after: &Times) -> CostRow {
    let per_1000 = |time: Duration| time.as_secs_f64() * 1_000.0 / count_as_float(count.max(1));
    let used = after.iter().map(|(kind, time)| {
        let before = before.get(kind).copied().unwrap_or_default();
        (kind.clone(), per_1000(time.saturating_sub(before)))
    });
    let by_process: std::collections::BTreeMap<_, _> = used.collect();
    let Reference { original, goal } = work.reference();
    CostRow {
        work: work.title().to_owned(),
        count,
        seconds: time.as_secs_f64(),
        cost: by_process.values().sum(),
        by_process,
        original,
        goal,
    }
}

fn broken(work: Work, tally: &SharedTally) -> Vec<String> {
    let tally = tally.lock();
    let failures = tally
        .failures()
        .map(|(class, count)| format!("{}: {count} times {class}", work.title()));
    let examples = tally.ends.examples.iter();
    let examples = examples.map(|example| format!("{}: {example}", work.title()));
    failures.chain(examples).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_what_all_processes_used_for_a_thousand() {
        let times = |api_ms, worker_ms| {
            Times::from([
                ("api".to_owned(), Duration::from_millis(api_ms)),
                ("worker".to_owned(), Duration::from_millis(worker_ms)),
            ])
        };
        let second = Duration::from_secs(1);
        let row = row(Work::Tiny, 500, second, &times(100, 70), &times(200, 370));
        assert!((row.cost - 0.8).abs() < 1e-9, "{}", row.cost);
        assert!((row.by_process["worker"] - 0.6).abs() < 1e-9);
    }
}
