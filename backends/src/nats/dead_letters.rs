use std::sync::atomic::{AtomicBool, Ordering};

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use async_trait::async_trait;
use thumbnailify_core::{DeadLetter, DeadLetters, Error, LetterPage, LetterPlace, MediaId, Result};
use tokio::time::timeout;

use super::settings::NatsSettings;
use super::subject::{ALL_LETTERS, job_subject, letter_subject};
use super::topology::{LETTERS, ensure_letters};
use super::{BACKEND, DeadLetterSettings};
use crate::pause::pause;

/// Between two tries to store a letter.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// Dead letters in a stream of NATS JetStream, each under the subject of its medium, which holds one message.
///
/// No message id goes with a letter: the subject makes a repeat harmless, however late it comes.
#[derive(Debug)]
pub struct NatsDeadLetters {
    context: Context,
    nats: NatsSettings,
    settings: DeadLetterSettings,
    /// Whether the stream was seen to be as it should.
    is_ensured: AtomicBool,
}

impl NatsDeadLetters {
    pub(super) fn new(context: Context, nats: NatsSettings, settings: DeadLetterSettings) -> Self {
        Self {
            context,
            nats,
            settings,
            is_ensured: AtomicBool::new(false),
        }
    }

    /// The stream, which is made where it is missing.
    async fn stream(&self) -> Result<Stream<()>> {
        if !self.is_ensured.load(Ordering::Relaxed) {
            ensure_letters(&self.context, &self.nats, &self.settings).await?;
            self.is_ensured.store(true, Ordering::Relaxed);
        }
        let stream = self.context.get_stream_no_info(LETTERS).await;
        stream.map_err(|error| self.lost(error))
    }

    /// What goes wrong may be that somebody deleted the stream.
    fn lost(&self, error: impl std::error::Error + Send + Sync + 'static) -> Error {
        self.is_ensured.store(false, Ordering::Relaxed);
        Error::unavailable(BACKEND, error)
    }

    async fn try_put(&self, letter: &DeadLetter, payload: &[u8]) -> Result<()> {
        self.stream().await?;
        let subject = letter_subject(letter.media_id());
        let sent =
            self.context
                .publish_with_headers(subject, headers(letter), payload.to_vec().into());
        let ack = sent.await.map_err(|error| self.lost(error))?;
        ack.await.map(drop).map_err(|error| self.lost(error))
    }

    async fn put_until_stored(&self, letter: &DeadLetter, payload: &[u8]) -> Result<()> {
        loop {
            match self.try_put(letter, payload).await {
                Err(Error::Unavailable { .. }) => pause(PAUSE).await,
                stored => return stored,
            }
        }
    }

    /// The first letter behind a place.
    async fn next(&self, stream: &Stream<()>, after: LetterPlace) -> Result<Option<StreamMessage>> {
        let first = after.0.saturating_add(1);
        let found = stream.get_first_raw_message_by_subject(ALL_LETTERS, first);
        match found.await {
            Ok(message) => Ok(Some(message)),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(self.lost(error)),
        }
    }
}

#[async_trait]
impl DeadLetters for NatsDeadLetters {
    async fn put(&self, letter: &DeadLetter) -> Result<()> {
        let payload = serde_json::to_vec(letter)
            .map_err(|error| Error::broken(BACKEND, format!("a dead letter: {error}")))?;
        let putting = self.put_until_stored(letter, &payload);
        let put = timeout(self.nats.publish_timeout(), putting).await;
        put.map_err(|elapsed| Error::unavailable(BACKEND, elapsed))?
    }

    async fn get(&self, id: MediaId) -> Result<Option<DeadLetter>> {
        let stream = self.stream().await?;
        let subject = letter_subject(id);
        match stream.get_last_raw_message_by_subject(&subject).await {
            Ok(message) => read(&message).map(Some),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(self.lost(error)),
        }
    }

    async fn list(&self, after: LetterPlace, limit: u16) -> Result<LetterPage> {
        let stream = self.stream().await?;
        let (mut page, mut last) = (LetterPage::default(), after);
        for _ in 0..limit {
            let Some(message) = self.next(&stream, last).await? else {
                return Ok(page);
            };
            last = LetterPlace(message.sequence);
            page.letters.extend(readable(&message));
        }
        page.next = self.next(&stream, last).await?.map(|_| last);
        Ok(page)
    }

    async fn remove(&self, id: MediaId) -> Result<bool> {
        let stream = self.stream().await?;
        let purged = stream.purge().filter(letter_subject(id)).await;
        Ok(purged.map_err(|error| self.lost(error))?.purged > 0)
    }
}

/// What can be seen of a letter without reading it.
fn headers(letter: &DeadLetter) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("Thumbnailify-Subject", job_subject(&letter.job.media_type));
    headers.insert("Thumbnailify-Media-Id", letter.media_id().to_string());
    headers.insert("Thumbnailify-Epoch", letter.job.epoch.to_string());
    headers.insert("Thumbnailify-Attempts", letter.attempts.to_string());
    let fault = letter.fault.map_or("machine", |fault| fault.as_str());
    headers.insert("Thumbnailify-Error-Class", fault);
    headers.insert("Thumbnailify-Worker", one_line(&letter.worker));
    if let Some(handler) = &letter.handler {
        let handler = format!("{}/{}", handler.name, handler.version);
        headers.insert("Thumbnailify-Handler", one_line(&handler));
    }
    headers
}

/// A header ends at its line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn read(message: &StreamMessage) -> Result<DeadLetter> {
    serde_json::from_slice(&message.payload).map_err(|error| {
        let place = message.sequence;
        Error::broken(
            BACKEND,
            format!("dead letter {place} cannot be read: {error}"),
        )
    })
}

/// Reads a letter. One that cannot be read must not hide the others.
fn readable(message: &StreamMessage) -> Option<DeadLetter> {
    match read(message) {
        Ok(letter) => Some(letter),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a dead letter is passed over"
            );
            None
        }
    }
}
