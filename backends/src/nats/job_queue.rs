use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::context::{GetStreamErrorKind, PublishError, PublishErrorKind};
use async_nats::jetstream::{self, Context, ErrorCode, Message};
use async_trait::async_trait;
use futures::StreamExt;
use thumbnailify_core::{Delivery, Depth, Error, Job, JobQueue, Published, Result};
use tokio::time::timeout;

use super::BACKEND;
use super::connect::connect;
use super::dead_letters::NatsDeadLetters;
use super::delivery::NatsDelivery;
use super::outage::Outage;
use super::settings::NatsSettings;
use super::subject::job_subject;
use super::topology::{STREAM, ensure};
use super::upkeep::Ghosts;
use crate::DeadLetterSettings;
use crate::pause::pause;

/// How long the server keeps a request for a job.
const PULL_EXPIRES: Duration = Duration::from_secs(30);

/// After which time without a job a pull is set up anew, whatever keeps it from working.
const PULL_RENEWAL: Duration = Duration::from_mins(1);

/// Between two tries in an outage.
const PAUSE: Duration = Duration::from_millis(200);

/// How long a check may take: who asks wants to know about now.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

/// A [`JobQueue`] in NATS JetStream.
///
/// A repeat of a publish is known within two minutes. Later it adds a second message of the same job,
/// which the claim in the status makes harmless.
#[derive(Debug)]
pub struct NatsQueue {
    settings: NatsSettings,
    pub(super) context: Context,
    /// `None` until it is needed, and again when it seems to have vanished.
    consumer: Mutex<Option<PullConsumer>>,
    outage: Outage,
    pub(super) ghosts: Ghosts,
}

impl NatsQueue {
    /// Prepares the queue. The servers need not be there.
    ///
    /// # Errors
    /// `Unavailable` when an address is not one.
    pub async fn connect(settings: NatsSettings) -> Result<Self> {
        Ok(Self {
            context: connect(&settings).await?,
            settings,
            consumer: Mutex::default(),
            outage: Outage::default(),
            ghosts: Ghosts::default(),
        })
    }

    /// The dead letters on the same servers.
    #[must_use]
    pub fn dead_letters(&self, settings: DeadLetterSettings) -> NatsDeadLetters {
        NatsDeadLetters::new(self.context.clone(), self.settings.clone(), settings)
    }

    async fn publish_until_stored(&self, job: &Job) -> Result<Published> {
        loop {
            match self.try_publish(job).await.map_err(|error| failure(&error)) {
                Ok(published) => return Ok(published),
                Err(Failure::Full) => return Err(Error::QueueFull),
                // A cluster without a leader says so as well, and then neither can be made.
                Err(Failure::NoStream) => drop(self.ensure().await),
                Err(Failure::Unknown) => {}
            }
            pause(PAUSE).await;
        }
    }

    /// Publishes once. The message id lets the server tell a repeat.
    async fn try_publish(&self, job: &Job) -> Result<Published, PublishError> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, format!("{}:{}", job.media_id, job.epoch));
        let payload = serde_json::to_vec(job)
            .map_err(|error| PublishError::with_source(PublishErrorKind::Other, error))?;
        let subject = job_subject(&job.media_type);
        let sent = self
            .context
            .publish_with_headers(subject, headers, payload.into());
        let ack = sent.await?.await?;
        Ok(if ack.duplicate {
            Published::Duplicate
        } else {
            Published::Stored
        })
    }

    /// Waits for one message, as long as the server takes part.
    async fn next_message(&self) -> Result<Message> {
        let consumer = self.consumer().await?;
        let pull = consumer.stream().max_messages_per_batch(1);
        let pull = pull
            .expires(PULL_EXPIRES)
            .heartbeat(self.settings.heartbeat());
        let messages = pull.messages().await;
        let mut messages = messages.map_err(|error| Error::unavailable(BACKEND, error))?;
        self.outage.end();
        match messages.next().await {
            Some(message) => message.map_err(|error| Error::unavailable(BACKEND, error)),
            None => Err(Error::unavailable(BACKEND, "the pull ended")),
        }
    }

    pub(super) async fn consumer(&self) -> Result<PullConsumer> {
        let known = self.known_consumer().clone();
        match known {
            Some(consumer) => Ok(consumer),
            None => self.ensure().await,
        }
    }

    async fn ensure(&self) -> Result<PullConsumer> {
        let consumer = ensure(&self.context, &self.settings).await?;
        *self.known_consumer() = Some(consumer.clone());
        Ok(consumer)
    }

    fn known_consumer(&self) -> std::sync::MutexGuard<'_, Option<PullConsumer>> {
        self.consumer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl JobQueue for NatsQueue {
    async fn publish(&self, job: &Job) -> Result<Published> {
        let publishing = self.publish_until_stored(job);
        let published = timeout(self.settings.publish_timeout(), publishing).await;
        published.map_err(|elapsed| Error::unavailable(BACKEND, elapsed))?
    }

    // One message is asked for at a time: the lease of one that waits here would run out unseen.
    async fn pull(&self) -> Result<Box<dyn Delivery>> {
        loop {
            match timeout(PULL_RENEWAL, self.next_message()).await {
                Ok(Ok(message)) => {
                    if let Some(delivery) = NatsDelivery::read(message).await {
                        return Ok(Box::new(delivery));
                    }
                }
                Ok(Err(error @ Error::Broken { .. })) => return Err(error),
                Ok(Err(error)) => {
                    self.outage.begin(&error);
                    *self.known_consumer() = None;
                    pause(PAUSE).await;
                }
                Err(_elapsed) => {}
            }
        }
    }

    async fn depth(&self) -> Result<Depth> {
        let counted = async {
            let consumer = self.consumer().await?;
            let info = consumer.get_info().await;
            let info = info.map_err(|error| Error::unavailable(BACKEND, error))?;
            Ok(Depth {
                waiting: info.num_pending,
                leased: u64::try_from(info.num_ack_pending).unwrap_or(u64::MAX),
            })
        };
        let counted = timeout(CHECK_TIMEOUT, counted).await;
        counted.map_err(|elapsed| Error::unavailable(BACKEND, elapsed))?
    }

    async fn check(&self) -> Result<()> {
        let usable = async {
            match self.context.get_stream(STREAM).await {
                Ok(_) => Ok(()),
                Err(error) if is_missing(error.kind()) => self.ensure().await.map(drop),
                Err(error) => Err(Error::unavailable(BACKEND, error)),
            }
        };
        let checked = timeout(CHECK_TIMEOUT, usable).await;
        checked.map_err(|elapsed| Error::unavailable(BACKEND, elapsed))?
    }
}

/// What an unsuccessful publish means.
enum Failure {
    Full,
    NoStream,
    /// Perhaps it was stored.
    Unknown,
}

fn failure(error: &PublishError) -> Failure {
    let source = std::error::Error::source(error);
    let refusal = source.and_then(|source| source.downcast_ref::<jetstream::Error>());
    match (error.kind(), refusal.map(jetstream::Error::error_code)) {
        (PublishErrorKind::StreamNotFound, _) => Failure::NoStream,
        (_, Some(ErrorCode::STREAM_STORE_FAILED)) => Failure::Full,
        _ => Failure::Unknown,
    }
}

fn is_missing(kind: GetStreamErrorKind) -> bool {
    match kind {
        GetStreamErrorKind::JetStream(error) => error.error_code() == ErrorCode::STREAM_NOT_FOUND,
        _ => false,
    }
}
