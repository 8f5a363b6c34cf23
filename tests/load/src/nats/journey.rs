use std::time::{Duration, Instant};

use thumbnailify_core::{MediaId, MediaStore, State, Status, StatusStore};
use thumbnailify_invariants::Entry;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::message::Message;
use super::notices::Notices;
use super::producer::{Producer, kind};
use crate::http::StatedThumbnail;
use crate::journal::Journal;
use crate::journey::{Expected, ThumbnailCheck};
use crate::pacing::Arrival;
use crate::pictures::Sample;
use crate::tally::{End, Failure, Kind, Measure, Operation, SharedTally};

/// After which time without news a journey looks for itself.
const LOOK: Duration = Duration::from_secs(1);

/// The news of a job that went well: it was recorded, claimed and finished.
const NEWS_OF_A_GOOD_JOB: usize = 3;

/// What the journeys of jobs share.
#[derive(Debug)]
pub(super) struct Jobs {
    pub(super) producer: Producer,
    pub(super) notices: Notices,
    pub(super) tally: SharedTally,
    pub(super) journal: Journal,
    pub(super) check: ThumbnailCheck,
    pub(super) follow_for: Duration,
}

impl Jobs {
    /// Stores a picture, publishes its job, waits for the outcome, checks the thumbnail and removes all of it.
    pub(super) async fn journey(&self, sample: &Sample, arrival: Arrival) {
        let id = MediaId::random();
        let news = self.notices.about(id);
        if let Some(published) = self.begin(id, sample, arrival).await {
            let end = self.outcome(id, sample, arrival, published, news).await;
            let end = self.remove(id, end).await;
            self.tally.lock().ends.count(end);
        }
        self.notices.forget(id);
    }

    /// Returns when the job was acknowledged. `None` when it was not, which is counted.
    async fn begin(&self, id: MediaId, sample: &Sample, arrival: Arrival) -> Option<Instant> {
        let storing = Instant::now();
        let original = self.producer.store(id, sample).await;
        let original = self.noted(id, Operation::Store, storing, original)?;
        self.took(Operation::Store, None, arrival.planned.elapsed());

        let publishing = Instant::now();
        let message = Message::new(id, sample, &original);
        let published = self.producer.publish(&message).await;
        if self
            .noted(id, Operation::Publish, publishing, published)
            .is_none()
        {
            // It may be in the queue all the same. Its worker then finds that it was deleted.
            self.producer.delete(id).await.ok();
            return None;
        }
        self.took(Operation::Publish, None, publishing.elapsed());
        self.tally.lock().accepted += 1;
        let published = Instant::now();
        self.producer.note_published(id).await;
        Some(published)
    }

    async fn outcome(
        &self,
        id: MediaId,
        sample: &Sample,
        arrival: Arrival,
        published: Instant,
        news: UnboundedReceiver<Instant>,
    ) -> End {
        let (status, news) = match self.follow(id, news).await {
            Ok(followed) => followed,
            Err(end) => return end,
        };
        let completed = arrival.planned.elapsed();
        self.took(Operation::Completed, None, completed);
        self.took(Operation::Completed, Some(sample), completed);
        if let [_recorded, claimed, finished] = news[..]
            && status.attempts == 1
        {
            let waited = claimed.saturating_duration_since(published);
            self.took(Operation::QueueWait, Some(sample), waited);
            self.took(Operation::Processing, Some(sample), finished - claimed);
        }
        match self.verified(&status, sample).await {
            Ok(()) => End::Completed,
            Err(detail) => End::Wrong(format!("{id} of {}: {detail}", sample.name)),
        }
    }

    /// Waits for the final status, and returns it with the times of the news up to it.
    async fn follow(
        &self,
        id: MediaId,
        mut news: UnboundedReceiver<Instant>,
    ) -> Result<(Status, Vec<Instant>), End> {
        let deadline = Instant::now() + self.follow_for;
        let mut heard = Vec::new();
        while Instant::now() < deadline {
            if let Ok(Some(time)) = timeout(LOOK, news.recv()).await {
                heard.push(time);
                // There is nothing to see before the news that may be the last.
                if heard.len() < NEWS_OF_A_GOOD_JOB {
                    continue;
                }
            }
            match self.look(id).await {
                Ok(Some(status)) if status.state.is_final() => return Ok((status, heard)),
                Ok(Some(_)) | Err(()) => {}
                Ok(None) => return Err(End::Lost(format!("{id} is not known any more"))),
            }
        }
        let seconds = self.follow_for.as_secs_f64();
        Err(End::Stuck(format!("{id} has no outcome after {seconds} s")))
    }

    async fn look(&self, id: MediaId) -> Result<Option<Status>, ()> {
        let sent = Instant::now();
        let read = self.producer.status.get(id).await;
        let failure = read.as_ref().err().map(kind);
        self.note(id, Operation::Status, sent, read.as_ref().ok(), failure);
        read.map_err(|error| self.failed(Operation::Status, kind(&error)))
    }

    async fn verified(&self, status: &Status, sample: &Sample) -> Result<(), String> {
        let (thumbnail, key) = match (status.state, &status.thumbnail, status.thumbnail_key()) {
            (State::Completed, Some(thumbnail), Some(key)) => (thumbnail, key),
            _ => return Err(status.message.clone()),
        };
        let file = self.producer.media.get(&key).await;
        let file = file.map_err(|error| error.to_string())?;
        let file = file.ok_or_else(|| format!("there is no file {key}"))?;
        let stated = StatedThumbnail {
            bytes: thumbnail.bytes,
            width: thumbnail.width,
            height: thumbnail.height,
            media_type: thumbnail.media_type.as_str().to_owned(),
            sha256: thumbnail.sha256.clone(),
        };
        let expected = Expected {
            size: sample.thumbnail_size,
            media_type: sample.media_type,
            stated: Some(&stated),
        };
        self.check.check(&file, &expected).map(drop)
    }

    async fn remove(&self, id: MediaId, end: End) -> End {
        let deleting = Instant::now();
        let deleted = self.producer.delete(id).await.map_err(|error| kind(&error));
        match self.noted(id, Operation::Delete, deleting, deleted) {
            Some(None) if end == End::Completed => {
                End::Lost(format!("{id} was gone before it was deleted"))
            }
            Some(Some(_)) => {
                self.took(Operation::Delete, None, deleting.elapsed());
                end
            }
            _ => end,
        }
    }

    fn noted<T>(
        &self,
        id: MediaId,
        operation: Operation,
        sent: Instant,
        result: Result<T, Kind>,
    ) -> Option<T> {
        self.note(id, operation, sent, None, result.as_ref().err().copied());
        result.map_err(|kind| self.failed(operation, kind)).ok()
    }

    fn took(&self, operation: Operation, of: Option<&Sample>, time: Duration) {
        let of = of.map(|sample| sample.media_type.to_owned());
        self.tally.lock().took(Measure { operation, of }, time);
    }

    fn failed(&self, operation: Operation, kind: Kind) {
        self.tally.lock().failed(Failure { operation, kind });
    }

    fn note(
        &self,
        id: MediaId,
        operation: Operation,
        sent: Instant,
        read: Option<&Option<Status>>,
        failure: Option<Kind>,
    ) {
        if !self.journal.is_kept() {
            return;
        }
        let status = read.and_then(Option::as_ref);
        let missing = read.is_some_and(Option::is_none);
        self.journal.note(&Entry {
            sent_us: self.journal.time_us(sent),
            answered_us: self.journal.time_us(Instant::now()),
            operation: operation.verb().into(),
            media_id: Some(id.to_string().into()),
            code: missing.then_some(404),
            state: status.map(|status| status.state.as_str().into()),
            version: status.map(|status| status.version),
            attempts: status.map(|status| status.attempts),
            failure: failure.map(|kind| kind.to_string().into()),
            ..Entry::default()
        });
    }
}
