use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Run;
use crate::journey::{
    Found, JourneyConfig, Rows, Steps, delete, follow, read_page, read_status, upload,
};
use crate::pacing::Arrival;
use crate::pictures::Sample;
use crate::report::Report;
use crate::tally::{End, Kind, Operation, SharedTally, Tally};
use crate::target::ApiAddress;

/// How many images a page of the list has.
const PAGE: u32 = 20;

/// Reads of statuses and of the list, and nothing else.
#[derive(Clone, Debug)]
pub struct StatusMode {
    /// The API.
    pub target: ApiAddress,
    /// How many images are uploaded before and deleted after.
    pub images: u32,
    /// Which arrivals read a page of the list: one of so many. 0 for none.
    pub list_every: u64,
    /// How the images are uploaded.
    pub journey: JourneyConfig,
}

/// What the reads share.
#[derive(Debug)]
struct Reads {
    steps: Steps,
    ids: Vec<String>,
    list_every: u64,
    /// Where the next page begins. `None` at the newest image.
    cursor: Mutex<Option<String>>,
}

impl StatusMode {
    /// Makes images, reads, and deletes them again.
    ///
    /// # Errors
    /// The images cannot be made, or as in [`super::HttpMode::run`].
    pub async fn run(&self, run: &Run) -> Result<Report> {
        let journey = self.journey.clone();
        let steps = Steps::new(&self.target, journey, Rows::One, &run.tally, &run.journal);
        let aside = SharedTally::default();
        let aside = steps.counting_in(&aside);
        let ids = prepare(&aside, self.images).await?;
        let reads = Arc::new(Reads {
            steps,
            ids: ids.clone(),
            list_every: self.list_every,
            cursor: Mutex::default(),
        });
        let journey = move |arrival| {
            let reads = Arc::clone(&reads);
            async move { reads.read(arrival).await }
        };
        let what = format!(
            "status, {} images, http://{}",
            self.images, self.target.authority
        );
        let report = run.report(what, Operation::Status, reads_of, journey).await;
        for id in &ids {
            delete(&aside, id).await;
        }
        let mut report = report?;
        report.notes.extend(note_on_list(&run.tally.lock()));
        Ok(report)
    }
}

fn reads_of(tally: &Tally) -> u64 {
    [Operation::Status, Operation::List]
        .into_iter()
        .filter_map(|operation| tally.latencies(operation))
        .map(crate::tally::Latencies::count)
        .sum()
}

fn note_on_list(tally: &Tally) -> Option<String> {
    let missing = tally.failures_of(Kind::Answer(404)) + tally.failures_of(Kind::Answer(405));
    (missing > 0).then(|| "this server has no GET /images; --list-every 0 leaves it out".to_owned())
}

/// Uploads images one by one and returns their ids once all are completed.
pub(crate) async fn prepare(steps: &Steps, images: u32) -> Result<Vec<String>> {
    let sample = Sample::tiny_png()?;
    let mut ids = Vec::new();
    for _ in 0..images {
        let id = upload(steps, &sample, Instant::now()).await;
        ids.push(id.with_context(|| format!("an image cannot be made: {}", failures(steps)))?);
    }
    for id in &ids {
        match follow(steps, id).await {
            Ok(status) if status.state == "Completed" => {}
            Ok(status) => bail!("an image cannot be made: {}", status.message),
            Err(end) => bail!("an image cannot be made: {end:?}"),
        }
    }
    Ok(ids)
}

fn failures(steps: &Steps) -> String {
    let tally = steps.tally.lock();
    let classes: Vec<_> = tally
        .failures()
        .map(|(class, _)| class.to_string())
        .collect();
    classes.join(", ")
}

impl Reads {
    async fn read(&self, arrival: Arrival) {
        match arrival.index.checked_rem(self.list_every) {
            Some(0) => self.read_list(arrival).await,
            _ => self.read_status(arrival).await,
        }
    }

    async fn read_status(&self, arrival: Arrival) {
        let count = u64::try_from(self.ids.len()).unwrap_or(u64::MAX);
        let place = arrival.index.checked_rem(count).unwrap_or_default();
        let Some(id) = usize::try_from(place)
            .ok()
            .and_then(|place| self.ids.get(place))
        else {
            return;
        };
        match read_status(&self.steps, id, Duration::ZERO, arrival.planned).await {
            Found::Unknown => self
                .steps
                .ended(End::Lost(format!("{id} is not known any more"))),
            Found::Open => self.steps.ended(End::Wrong(format!("{id} is open again"))),
            Found::Final(_) | Found::Nothing => {}
        }
    }

    async fn read_list(&self, arrival: Arrival) {
        let cursor = self.cursor().take();
        let page = read_page(&self.steps, PAGE, cursor.as_deref(), arrival.planned).await;
        *self.cursor() = page.and_then(|page| page.next_cursor);
    }

    fn cursor(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
