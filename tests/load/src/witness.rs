//! Somebody who asks for one thing at a time, and whose log tells all of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::Method;
use http_body_util::Full;
use thumbnailify_invariants::Remains;
use tokio::time::sleep_until;

use crate::journal::Journal;
use crate::journey::{
    Found, JourneyConfig, Rows, Step, Steps, delete, read_page, read_status, thumbnail_answer,
    upload,
};
use crate::pictures::Sample;
use crate::tally::{Operation, SharedTally};
use crate::target::ApiAddress;

/// How many images are looked at side by side.
const AT_ONCE: usize = 16;
/// The pause between two looks at an image.
const PAUSE: Duration = Duration::from_millis(100);
/// How many images a page of the list has: as many as the API gives.
const PAGE: u32 = 100;

/// Asks for one thing at a time, and notes each request with its answer, also where there is none.
#[derive(Debug)]
pub struct Witness(Steps);

/// What is seen of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    /// It has no outcome yet.
    Open,
    /// It is Completed.
    Completed,
    /// It is an Error.
    Failed,
    /// It is not known.
    Unknown,
    /// There was no answer, or none that tells.
    Nothing,
}

impl Witness {
    /// A witness who waits this long for an answer.
    #[must_use]
    pub fn new(target: &ApiAddress, journal: &Journal, patience: Duration) -> Self {
        let config = JourneyConfig {
            patience,
            ..JourneyConfig::default()
        };
        let tally = SharedTally::default();
        Self(Steps::new(target, config, Rows::One, &tally, journal))
    }

    /// Uploads a picture, and returns its id if it was accepted.
    pub async fn upload(&self, sample: &Sample) -> Option<String> {
        upload(&self.0, sample, Instant::now()).await
    }

    /// Looks at an image.
    pub async fn look(&self, id: &str) -> Sight {
        match read_status(&self.0, id, Duration::ZERO, Instant::now()).await {
            Found::Open => Sight::Open,
            Found::Final(status) if status.state == "Completed" => Sight::Completed,
            Found::Final(_) => Sight::Failed,
            Found::Unknown => Sight::Unknown,
            Found::Nothing => Sight::Nothing,
        }
    }

    /// Fetches a thumbnail, and returns the code of the answer.
    pub async fn thumbnail(&self, id: &str) -> Option<u16> {
        let answer = thumbnail_answer(&self.0, id).await?;
        Some(answer.code)
    }

    /// Deletes an image.
    pub async fn delete(&self, id: &str) {
        // What came of it is in the log.
        let _deleted = delete(&self.0, id).await;
    }

    /// Looks at images until each has its outcome or is unknown, or the time is over, and fetches the thumbnails of
    /// the completed ones.
    pub async fn see_out(&self, ids: &[String], deadline: Instant) {
        let seen = stream::iter(ids).map(|id| self.see_one_out(id, deadline));
        seen.buffer_unordered(AT_ONCE).collect::<()>().await;
    }

    async fn see_one_out(&self, id: &str, deadline: Instant) {
        loop {
            match self.look(id).await {
                Sight::Failed | Sight::Unknown => return,
                Sight::Completed if self.thumbnail(id).await.is_some() => return,
                _ if Instant::now() >= deadline => return,
                _ => sleep_until((Instant::now() + PAUSE).into()).await,
            }
        }
    }

    /// What the system has, apart from the files of this folder's owner: the images that it lists and the jobs in its
    /// queue.
    ///
    /// # Errors
    /// The folder cannot be read, or the API does not answer for now.
    pub async fn remains(&self, media: &Path) -> Result<Remains> {
        let images = self.listed().await?;
        let metrics = self.metrics().await?;
        let jobs = |state: &str| {
            let line = format!("thumbnailify_queue_jobs{{state=\"{state}\"}} ");
            let value = metrics.lines().find_map(|found| found.strip_prefix(&line));
            value
                .context("the queue does not answer")?
                .parse()
                .context(line)
        };
        Ok(Remains {
            images,
            waiting: jobs("waiting")?,
            leased: jobs("leased")?,
            ..Remains::of_media(media)?
        })
    }

    /// All images with their states.
    async fn listed(&self) -> Result<BTreeMap<String, String>> {
        let (mut images, mut cursor) = (BTreeMap::new(), None);
        loop {
            let page = read_page(&self.0, PAGE, cursor.as_deref(), Instant::now()).await;
            let page = page.context("the list cannot be read")?;
            let text = |image: &serde_json::Value, key: &str| {
                image[key].as_str().unwrap_or_default().to_owned()
            };
            let listed = page.images.iter();
            images.extend(listed.map(|image| (text(image, "media_id"), text(image, "state"))));
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(images);
            }
        }
    }

    async fn metrics(&self) -> Result<String> {
        let request = self.0.request(Method::GET, "/metrics");
        let request = request.body(Full::new(Bytes::new()));
        let step = Step::new(Operation::List, None);
        let answer = self.0.send(step, request).await;
        let answer = answer.context("the metrics cannot be read")?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// Asks for another try of an image in Error.
    pub async fn retry(&self, id: &str) {
        let path = format!("/images/{id}/retry");
        let request = self.0.request(Method::POST, &path);
        let request = request.body(Full::new(Bytes::new()));
        let step = Step::new(Operation::Retry, Some(id));
        // What came of it is in the log.
        let _answer = self.0.send(step, request).await;
    }
}
