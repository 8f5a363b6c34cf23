use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use async_nats::ConnectOptions;
use async_nats::jetstream::context::{ContextBuilder, PublishError, PublishErrorKind};
use async_nats::jetstream::{self, Context, ErrorCode};
use futures::stream;
use sha2::{Digest, Sha256};
use thumbnailify_backends::{DiskStore, RedisSettings, RedisStore};
use thumbnailify_core::{
    Error, MediaId, MediaKey, MediaStore, MediaType, NewMedia, Original, Status, StatusStore,
    ThumbnailOptions,
};
use uuid::Uuid;

use super::message::{FIRST_EPOCH, Message, STREAM};
use crate::pictures::Sample;
use crate::tally::Kind;

/// How long the server may take to acknowledge a message.
const ACK_TIMEOUT: Duration = Duration::from_secs(8);

/// How many messages may wait for their acknowledgement at once.
const ACKS_IN_FLIGHT: usize = 4_096;

/// Stores what a job needs, and publishes jobs.
#[derive(Debug)]
pub(super) struct Producer {
    context: Context,
    pub(super) media: DiskStore,
    pub(super) status: RedisStore,
}

/// Connects to a NATS server, or says why that is not possible.
pub(super) async fn connect(url: &str) -> Result<Context> {
    let options = ConnectOptions::new().name("thumbnailify-load");
    let client = options.connect(url.split(',').collect::<Vec<_>>()).await;
    let client = client.with_context(|| format!("no NATS server at {url}"))?;
    Ok(ContextBuilder::new()
        .ack_timeout(ACK_TIMEOUT)
        .max_ack_inflight(ACKS_IN_FLIGHT)
        .build(client))
}

impl Producer {
    pub(super) async fn new(nats: &str, redis: &str, media: &Path) -> Result<Self> {
        let context = connect(nats).await?;
        let stream = context.get_stream(STREAM).await;
        stream.with_context(|| format!("no stream {STREAM}: start a worker first"))?;
        let media = DiskStore::open(media).context("the media folder cannot be used")?;
        let status = RedisStore::connect(RedisSettings {
            url: redis.to_owned(),
            ..RedisSettings::default()
        })?;
        status
            .check()
            .await
            .context("the Redis server cannot be used")?;
        Ok(Self {
            context,
            media,
            status,
        })
    }

    /// Stores the original, durably, and then its record.
    pub(super) async fn store(&self, id: MediaId, sample: &Sample) -> Result<Original, Kind> {
        let media_type = media_type(sample)?;
        let original = Original {
            bytes: u64::try_from(sample.file.len()).unwrap_or(u64::MAX),
            sha256: hex::encode(Sha256::digest(&sample.file)),
        };
        let body = Box::pin(stream::iter([Ok(sample.file.clone())]));
        let key = MediaKey::original(id, &media_type);
        self.media
            .put(&key, body)
            .await
            .map_err(|error| kind(&error))?;
        let new = NewMedia {
            media_id: id,
            media_type,
            original: original.clone(),
            options: ThumbnailOptions::default(),
            message: "Processing image".to_owned(),
            request: Uuid::new_v4(),
        };
        let created = self.status.create(&new).await;
        created.map_err(|error| kind(&error))?;
        Ok(original)
    }

    /// Publishes the job of a stored original, and returns once the server has it.
    pub(super) async fn publish(&self, message: &Message<'_>) -> Result<(), Kind> {
        let body = message.body().map_err(|_error| Kind::Unreadable)?;
        let sent = self
            .context
            .publish_with_headers(message.subject(), message.headers(), body.into())
            .await;
        let ack = sent.map_err(|error| publish_kind(&error))?;
        ack.await.map_err(|error| publish_kind(&error))?;
        Ok(())
    }

    /// Notes that the job is in the queue. Harmless to lose.
    pub(super) async fn note_published(&self, id: MediaId) {
        self.status.published(id, FIRST_EPOCH).await.ok();
    }

    /// Removes the record first, so that no worker looks for a file that is gone, and then the files.
    pub(super) async fn delete(&self, id: MediaId) -> Result<Option<Status>, Error> {
        let status = self.status.delete(id).await?;
        if let Some(status) = &status {
            let keys = [Some(status.original_key()), status.thumbnail_key()];
            for key in keys.into_iter().flatten() {
                self.media.delete(&key).await?;
            }
        }
        Ok(status)
    }
}

fn media_type(sample: &Sample) -> Result<MediaType, Kind> {
    let media_type = sample.media_type.parse();
    media_type.map_err(|_invalid| Kind::Unreadable)
}

pub(super) fn kind(error: &Error) -> Kind {
    match error {
        Error::QueueFull => Kind::QueueFull,
        Error::DiskFull => Kind::Refused(507),
        Error::Unavailable { .. } => Kind::Unavailable,
        _ => Kind::Unreadable,
    }
}

fn publish_kind(error: &PublishError) -> Kind {
    let refusal = error
        .source()
        .and_then(|source| source.downcast_ref::<jetstream::Error>());
    match (error.kind(), refusal.map(jetstream::Error::error_code)) {
        (_, Some(ErrorCode::STREAM_STORE_FAILED)) => Kind::QueueFull,
        (PublishErrorKind::TimedOut, _) => Kind::TimedOut,
        _ => Kind::Unavailable,
    }
}
