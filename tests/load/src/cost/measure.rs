use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Work;
use crate::journey::{Steps, read_status, thumbnail_answer, upload, whole_journey};
use crate::pacing::Arrival;
use crate::pictures::Mix;
use crate::tally::{Latencies, Operation, Tally};

/// One kind of work, ready to be done again and again.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) work: Work,
    pub(super) steps: Steps,
    pub(super) mix: Mix,
    /// Images that are there to be read.
    pub(super) images: Arc<Vec<String>>,
    /// What was uploaded and not followed yet.
    pub(super) uploaded: Mutex<Vec<String>>,
}

impl Bench {
    /// Does the work once.
    pub(super) async fn once(&self, arrival: Arrival) {
        match self.work {
            Work::Mix | Work::Small | Work::Large | Work::Tiny | Work::Gif => {
                if let Some(sample) = self.mix.sample(arrival.index) {
                    whole_journey(&self.steps, &sample, arrival).await;
                }
            }
            Work::Post => self.post(arrival).await,
            Work::Status => {
                if let Some(id) = self.image(arrival.index) {
                    read_status(&self.steps, id, Duration::ZERO, Instant::now()).await;
                }
            }
            Work::Thumbnail => {
                if let Some(id) = self.image(arrival.index) {
                    self.read_thumbnail(id).await;
                }
            }
        }
    }

    /// How often it was done well.
    pub(super) fn count(&self, tally: &Tally) -> u64 {
        let of = |operation| tally.latencies(operation).map_or(0, Latencies::count);
        match self.work {
            Work::Status => of(Operation::Status),
            Work::Thumbnail => of(Operation::Thumbnail),
            Work::Post => tally.accepted,
            Work::Mix | Work::Small | Work::Large | Work::Tiny | Work::Gif => tally.ends.completed,
        }
    }

    /// Takes over what was uploaded and not followed yet.
    pub(super) fn take_uploaded(&self) -> Vec<String> {
        std::mem::take(&mut self.uploaded())
    }

    async fn post(&self, arrival: Arrival) {
        let Some(sample) = self.mix.sample(arrival.index) else {
            return;
        };
        if let Some(id) = upload(&self.steps, &sample, Instant::now()).await {
            self.uploaded().push(id);
        }
    }

    async fn read_thumbnail(&self, id: &str) {
        let started = Instant::now();
        let Some(answer) = thumbnail_answer(&self.steps, id).await else {
            return;
        };
        match answer.code {
            200 => self.steps.took(Operation::Thumbnail, started.elapsed()),
            _ => self.steps.failed(Operation::Thumbnail, answer.kind()),
        }
    }

    fn image(&self, index: u64) -> Option<&String> {
        let count = u64::try_from(self.images.len()).ok()?;
        let place = index.checked_rem(count)?;
        self.images.get(usize::try_from(place).ok()?)
    }

    fn uploaded(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.uploaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
