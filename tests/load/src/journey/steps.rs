use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ETAG, RETRY_AFTER};
use http::{Method, Request};
use http_body_util::Full;
use thumbnailify_invariants::Entry;

use super::check::sha256_of;
use super::{JourneyConfig, ThumbnailCheck};
use crate::http::{Answer, Client};
use crate::journal::Journal;
use crate::tally::{End, Failure, Kind, Operation, SharedTally};
use crate::target::ApiAddress;

/// What the steps of all journeys share.
#[derive(Debug)]
pub(crate) struct Steps {
    client: Arc<Client>,
    pub(crate) config: JourneyConfig,
    pub(crate) tally: SharedTally,
    pub(crate) journal: Journal,
    pub(crate) check: ThumbnailCheck,
    /// Whether each kind of picture has a row of its own.
    pub(crate) rows: Rows,
}

/// Which rows there are for a whole journey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rows {
    /// One for all pictures.
    One,
    /// One for each picture as well.
    ByPicture,
}

impl Steps {
    pub(crate) fn new(
        target: &ApiAddress,
        config: JourneyConfig,
        rows: Rows,
        tally: &SharedTally,
        journal: &Journal,
    ) -> Self {
        Self {
            client: Arc::new(Client::new(target.clone(), config.patience)),
            config,
            tally: tally.clone(),
            journal: journal.clone(),
            check: ThumbnailCheck::default(),
            rows,
        }
    }

    /// The same steps, on the same connections, that count elsewhere.
    pub(crate) fn counting_in(&self, tally: &SharedTally) -> Self {
        Self {
            client: Arc::clone(&self.client),
            config: self.config.clone(),
            tally: tally.clone(),
            journal: self.journal.clone(),
            check: ThumbnailCheck::default(),
            rows: self.rows,
        }
    }

    /// A request for a path, to which headers can be added.
    pub(crate) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        self.client.request(method, path)
    }

    /// Sends a request that is a step of a journey, and notes what comes of it.
    ///
    /// The latency is the caller's to count: only the caller knows whether it is the right answer.
    pub(crate) async fn send(
        &self,
        step: Step<'_>,
        request: http::Result<Request<Full<Bytes>>>,
    ) -> Option<Answer> {
        // Paths and headers are made here, of ids and numbers.
        let request = request.ok()?;
        let sent = Instant::now();
        let result = self.client.send(request, step.wait).await;
        self.note(&step, sent, &result);
        match result {
            Ok(answer) => Some(answer),
            Err(kind) => {
                self.failed(step.operation, kind);
                None
            }
        }
    }

    pub(crate) fn took(&self, operation: Operation, time: Duration) {
        self.tally.lock().took(operation, time);
    }

    pub(crate) fn failed(&self, operation: Operation, kind: Kind) {
        self.tally.lock().failed(Failure { operation, kind });
    }

    pub(crate) fn ended(&self, end: End) {
        self.tally.lock().ends.count(end);
    }

    fn note(&self, step: &Step<'_>, sent: Instant, result: &Result<Answer, Kind>) {
        if !self.journal.is_kept() {
            return;
        }
        let entry = Entry {
            sent_us: self.journal.time_us(sent),
            answered_us: self.journal.time_us(Instant::now()),
            operation: step.operation.verb().into(),
            media_id: step.media_id.map(Into::into),
            ..Entry::default()
        };
        self.journal.note(&match result {
            Ok(answer) => self.told(entry, step.operation, answer),
            Err(kind) => Entry {
                failure: Some(kind.to_string().into()),
                ..entry
            },
        });
    }

    /// Adds what an answer told.
    fn told<'a>(&self, entry: Entry<'a>, operation: Operation, answer: &'a Answer) -> Entry<'a> {
        let entry = Entry {
            code: Some(answer.code),
            retry_after: answer.headers.contains_key(RETRY_AFTER),
            ..entry
        };
        if operation == Operation::Thumbnail && answer.code == 200 {
            return self.told_by_thumbnail(entry, answer);
        }
        entry.telling(&answer.body)
    }

    fn told_by_thumbnail<'a>(&self, entry: Entry<'a>, answer: &'a Answer) -> Entry<'a> {
        let etag = Some(answer.header(ETAG).into());
        match self.config.encoding.decode(&answer.body) {
            Ok(file) => Entry {
                etag,
                sha256: Some(sha256_of(&file).into()),
                flaw: self.check.flaw(&file).map(Into::into),
                ..entry
            },
            Err(error) => Entry {
                etag,
                flaw: Some(error.into()),
                ..entry
            },
        }
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    pub(crate) operation: Operation,
    pub(crate) media_id: Option<&'a str>,
    /// How long the server was asked to hold its answer.
    pub(crate) wait: Duration,
}

impl<'a> Step<'a> {
    pub(crate) fn new(operation: Operation, media_id: Option<&'a str>) -> Self {
        Self {
            operation,
            media_id,
            wait: Duration::ZERO,
        }
    }
}
