use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use thumbnailify_core::StatusStore;

use super::journey::Jobs;
use super::notices::Notices;
use super::producer::Producer;
use crate::journey::ThumbnailCheck;
use crate::modes::Run;
use crate::pacing::Arrival;
use crate::pictures::Mix;
use crate::report::Report;
use crate::tally::Operation;

/// Where a producer of its own finds what it needs.
#[derive(Clone, Debug)]
pub struct QueueAddresses {
    /// The URL of the NATS server.
    pub nats: String,
    /// The URL of the Redis server.
    pub redis: String,
    /// The folder of originals and thumbnails.
    pub media: PathBuf,
}

/// Jobs that are published without the API.
#[derive(Clone, Debug)]
pub struct NatsMode {
    /// Where the queue, the statuses and the media are.
    pub addresses: QueueAddresses,
    /// What the pictures are called in the report.
    pub name: String,
    /// The pictures.
    pub mix: Mix,
    /// How long an outcome may take before a job counts as stuck.
    pub follow_for: Duration,
}

impl NatsMode {
    /// Makes the journeys of a run.
    ///
    /// # Errors
    /// A server is away or has no stream of jobs, or as in [`crate::modes::HttpMode::run`].
    pub async fn run(&self, run: &Run) -> Result<Report> {
        let QueueAddresses { nats, redis, media } = &self.addresses;
        let producer = Producer::new(nats, redis, media).await?;
        let notices = Notices::of(producer.status.changes());
        let jobs = Arc::new(Jobs {
            producer,
            notices,
            tally: run.tally.clone(),
            journal: run.journal.clone(),
            check: ThumbnailCheck::default(),
            follow_for: self.follow_for,
        });
        let mix = self.mix.clone();
        let journey = move |arrival: Arrival| {
            let (jobs, sample) = (Arc::clone(&jobs), mix.sample(arrival.index));
            async move {
                if let Some(sample) = sample {
                    jobs.journey(&sample, arrival).await;
                }
            }
        };
        let what = format!("nats, {} pictures, {nats}", self.name);
        run.report(
            what,
            Operation::Completed,
            |tally| tally.ends.completed,
            journey,
        )
        .await
    }
}
