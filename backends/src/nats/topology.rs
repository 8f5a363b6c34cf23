use std::time::Duration;

use async_nats::jetstream::consumer::{
    AckPolicy, DeliverPolicy, IntoConsumerConfig, PullConsumer, ReplayPolicy, pull,
};
use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::{
    self, ConsumerError, ConsumerErrorKind, DiscardPolicy, RetentionPolicy, StorageType,
};
use async_nats::jetstream::{self, Context, ErrorCode};
use thumbnailify_core::{Error, Result};

use super::subject::{ALL_JOBS, ALL_LETTERS};
use super::{BACKEND, DeadLetterSettings, NatsSettings};

pub(super) const STREAM: &str = "TN_JOBS";
const CONSUMER: &str = "w-all";

/// The stream of the jobs that were given up.
pub(super) const LETTERS: &str = "TN_DLQ";

/// A job that is left for so long is not taken up from the queue any more.
const MAX_AGE: Duration = Duration::from_hours(7 * 24);

/// Far above the time for which a publish is repeated.
const DUPLICATE_WINDOW: Duration = Duration::from_mins(2);

/// A job is a few hundred bytes. Nobody puts media into the queue.
const MAX_MESSAGE_BYTES: i32 = 8 << 10;

/// A dead letter has a history with it.
const MAX_LETTER_BYTES: i32 = 64 << 10;

/// One waits for each pull of every worker.
const MAX_WAITING: i64 = 512;

/// Makes the stream and the consumer where they are missing or have other settings.
pub(super) async fn ensure(context: &Context, settings: &NatsSettings) -> Result<PullConsumer> {
    let asked = stream_config(settings);
    let info = context.create_or_update_stream(asked.clone()).await;
    let info = info.map_err(stream_error)?;
    check_echo("stream", &stream_terms(&asked), &stream_terms(&info.config))?;

    let asked = consumer_config(settings);
    let consumer = context
        .create_consumer_on_stream(asked.clone(), STREAM)
        .await;
    let consumer: PullConsumer = consumer.map_err(consumer_error)?;
    let echo = &consumer.cached_info().config;
    check_echo(
        "consumer",
        &consumer_terms(&asked.into_consumer_config()),
        &consumer_terms(echo),
    )?;
    Ok(consumer)
}

/// Makes the stream of dead letters where it is missing or has other settings.
pub(super) async fn ensure_letters(
    context: &Context,
    nats: &NatsSettings,
    settings: &DeadLetterSettings,
) -> Result<()> {
    let asked = letters_config(nats, settings);
    let info = context.create_or_update_stream(asked.clone()).await;
    let echo = info.map_err(stream_error)?.config;
    check_echo(
        "stream of dead letters",
        &stream_terms(&asked),
        &stream_terms(&echo),
    )
}

/// Each medium has one letter, and when there is no more room the oldest letters go.
fn letters_config(nats: &NatsSettings, settings: &DeadLetterSettings) -> stream::Config {
    stream::Config {
        name: LETTERS.to_owned(),
        subjects: vec![ALL_LETTERS.to_owned()],
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        discard: DiscardPolicy::Old,
        max_messages: settings.max_letters.into(),
        max_messages_per_subject: 1,
        max_bytes: -1,
        max_message_size: MAX_LETTER_BYTES,
        max_age: settings.max_age(),
        duplicate_window: DUPLICATE_WINDOW,
        num_replicas: nats.replicas,
        ..stream::Config::default()
    }
}

/// A full stream refuses new jobs instead of dropping old ones.
fn stream_config(settings: &NatsSettings) -> stream::Config {
    stream::Config {
        name: STREAM.to_owned(),
        subjects: vec![ALL_JOBS.to_owned()],
        retention: RetentionPolicy::WorkQueue,
        storage: StorageType::File,
        discard: DiscardPolicy::New,
        max_messages: settings.max_jobs.into(),
        max_bytes: settings.max_bytes.into(),
        max_message_size: MAX_MESSAGE_BYTES,
        max_age: MAX_AGE,
        duplicate_window: DUPLICATE_WINDOW,
        num_replicas: settings.replicas,
        ..stream::Config::default()
    }
}

/// The attempts are bounded by the status, so the queue hands a job out without end: one that it gave up
/// would stay in the stream unseen. And no `backoff`, which would take the place of the lease.
fn consumer_config(settings: &NatsSettings) -> pull::Config {
    pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        // A list of filters is silently ignored by old servers.
        filter_subject: ALL_JOBS.to_owned(),
        deliver_policy: DeliverPolicy::All,
        replay_policy: ReplayPolicy::Instant,
        ack_policy: AckPolicy::Explicit,
        ack_wait: settings.lease(),
        max_deliver: -1,
        max_ack_pending: settings.max_leased.into(),
        max_waiting: MAX_WAITING,
        ..pull::Config::default()
    }
}

fn stream_error(error: CreateStreamError) -> Error {
    match error.kind() {
        CreateStreamErrorKind::JetStream(refusal) if is_lasting(&refusal) => refused(&refusal),
        _ => Error::unavailable(BACKEND, error),
    }
}

fn consumer_error(error: ConsumerError) -> Error {
    match error.kind() {
        ConsumerErrorKind::JetStream(refusal) if is_lasting(&refusal) => refused(&refusal),
        _ => Error::unavailable(BACKEND, error),
    }
}

/// Tells whether the server refused what stands there or was asked for, so that somebody must act.
fn is_lasting(refusal: &jetstream::Error) -> bool {
    matches!(
        refusal.error_code(),
        ErrorCode::STREAM_INVALID_CONFIG
            | ErrorCode::STREAM_SUBJECT_OVERLAP
            | ErrorCode::CONSUMER_CREATE
            | ErrorCode::CONSUMER_WQ_CONSUMER_NOT_UNIQUE
    )
}

fn refused(refusal: &jetstream::Error) -> Error {
    let detail = format!("a stream or the consumer cannot be used: {refusal}");
    Error::broken(BACKEND, detail)
}

/// What must hold of a stream, as one value to compare.
fn stream_terms(config: &stream::Config) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        config.subjects.clone(),
        (config.retention, config.storage, config.discard),
        (
            config.max_messages,
            config.max_bytes,
            config.max_message_size,
        ),
        (config.max_age, config.duplicate_window, config.num_replicas),
    )
}

/// What must hold of a consumer, as one value to compare.
fn consumer_terms(
    config: &jetstream::consumer::Config,
) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (config.durable_name.clone(), config.deliver_subject.clone()),
        config.filter_subject.clone(),
        (
            config.deliver_policy,
            config.ack_policy,
            config.replay_policy,
        ),
        (config.ack_wait, config.max_deliver, config.backoff.clone()),
        (config.max_ack_pending, config.max_waiting),
    )
}

/// Compares what was asked with what the server made of it: old servers leave out what they do not know.
fn check_echo<T: PartialEq + std::fmt::Debug>(what: &str, asked: &T, echo: &T) -> Result<()> {
    if asked == echo {
        return Ok(());
    }
    let detail = format!("the {what} is not as asked: {echo:?} instead of {asked:?}");
    Err(Error::broken(BACKEND, detail))
}
