use std::time::{Duration, SystemTime};

use async_nats::jetstream::{AckKind, Message};
use async_trait::async_trait;
use thumbnailify_core::{BoxError, Delivery, Error, Job, Result};

use super::BACKEND;

/// How often an ack is tried: one that went into a dying connection is lost.
const ACK_TRIES: u32 = 3;

/// One handing-over of a message.
#[derive(Debug)]
pub(super) struct NatsDelivery {
    message: Message,
    job: Job,
    attempt: u64,
    waited: Option<Duration>,
}

impl NatsDelivery {
    /// Reads the job of a message. One that cannot be read is taken out of the queue: it never will be.
    pub(super) async fn read(message: Message) -> Option<Self> {
        let info = message.info().ok();
        let attempt = info.as_ref().map_or(1, |info| info.delivered);
        let attempt = u64::try_from(attempt).unwrap_or(1);
        let waited = info
            .filter(|_| attempt == 1)
            .map(|info| since(info.published.unix_timestamp_nanos()));
        match serde_json::from_slice(&message.payload) {
            Ok(job) => Some(Self {
                message,
                job,
                attempt,
                waited,
            }),
            Err(error) => {
                tracing::error!(%error, subject = %message.subject, "a message that is no job is dropped");
                // If this fails, the message comes back and is dropped then.
                message.double_ack_with(AckKind::Term).await.ok();
                None
            }
        }
    }

    /// Tells the server and waits until it knows.
    async fn tell(&self, kind: AckKind) -> Result<(), BoxError> {
        self.message.double_ack_with(kind).await
    }
}

/// How long ago a time is, by the clock of this machine and not that of the server. Never below zero.
pub(super) fn since(unix_ns: i128) -> Duration {
    let then = Duration::from_nanos(u64::try_from(unix_ns).unwrap_or_default());
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    now.saturating_sub(then)
}

fn unavailable(error: BoxError) -> Error {
    Error::unavailable(BACKEND, error)
}

#[async_trait]
impl Delivery for NatsDelivery {
    fn job(&self) -> &Job {
        &self.job
    }

    fn attempt(&self) -> u64 {
        self.attempt
    }

    fn waited(&self) -> Option<Duration> {
        self.waited
    }

    async fn progress(&self) -> Result<()> {
        self.tell(AckKind::Progress).await.map_err(unavailable)
    }

    async fn ack(self: Box<Self>) -> Result<()> {
        for _ in 1..ACK_TRIES {
            if self.tell(AckKind::Ack).await.is_ok() {
                return Ok(());
            }
        }
        self.tell(AckKind::Ack).await.map_err(unavailable)
    }

    async fn nak(self: Box<Self>, delay: Duration) -> Result<()> {
        let delay = Some(delay).filter(|delay| !delay.is_zero());
        self.tell(AckKind::Nak(delay)).await.map_err(unavailable)
    }
}
