use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use bytes::Bytes;
use futures::StreamExt;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use super::producer::connect;
use crate::modes::{Run, Stopwatch};
use crate::pacing::Load;
use crate::report::{Report, per_second};
use crate::tally::{Failure, Kind, Latencies, Operation, SharedTally, Tally};

/// How long a message may take to come, once all are published.
const PULL_TIMEOUT: Duration = Duration::from_secs(10);

/// Longer than any run: it ends with its messages.
const LONGEST: Duration = Duration::from_hours(24);

/// The queue without any work: messages are published, taken one by one and acknowledged twice, in a stream
/// like that of jobs.
#[derive(Clone, Debug)]
pub struct BareQueue {
    /// The URL of the NATS server.
    pub nats: String,
    /// How many messages there are.
    pub messages: u64,
    /// How long each is, in bytes. A job has some 250.
    pub bytes: usize,
    /// How many are published at the same time.
    pub publishers: usize,
    /// How many are worked on at the same time.
    pub slots: usize,
}

impl BareQueue {
    /// Makes a stream, measures, and deletes the stream again.
    ///
    /// # Errors
    /// The server is away, or refuses the stream.
    pub async fn run(&self, run: &Run) -> Result<Report> {
        ensure!(self.messages > 0, "--messages must be at least 1");
        ensure!(self.publishers > 0, "--publishers must be at least 1");
        ensure!(self.slots > 0, "--slots must be at least 1");
        let context = connect(&self.nats).await?;
        let name = format!("TN_LOAD_{}", Uuid::new_v4().simple());
        let stream = context.create_stream(self.config(&name)).await;
        let stream = stream.context("the stream cannot be made")?;
        let measured = self.measure(run, &context, &stream, &name).await;
        let deleted = context.delete_stream(&name).await;
        let report = measured?;
        deleted.with_context(|| format!("the stream {name} cannot be deleted"))?;
        Ok(report)
    }

    fn config(&self, name: &str) -> Config {
        Config {
            name: name.to_owned(),
            subjects: vec![subject(name)],
            retention: RetentionPolicy::WorkQueue,
            storage: StorageType::File,
            discard: DiscardPolicy::New,
            ..Config::default()
        }
    }

    async fn measure(
        &self,
        run: &Run,
        context: &Context,
        stream: &Stream,
        name: &str,
    ) -> Result<Report> {
        let stopwatch = Stopwatch::start(run);
        let _progress = run.progress(Operation::Publish);
        let publishing = Instant::now();
        self.publish_all(run, context, name).await?;
        let publishing = publishing.elapsed();
        let taking = Instant::now();
        self.take_all(run, stream).await?;
        let taking = taking.elapsed();

        let what = format!(
            "bare queue, {} messages of {} bytes, {}",
            self.messages, self.bytes, self.nats
        );
        let mut report = run.sum_up(what, stopwatch, Operation::Publish, acknowledged);
        let (published, taken) = {
            let tally = run.tally.lock();
            (tally.accepted, acknowledged(&tally))
        };
        let rate = |count, time| per_second(count, time);
        report.notes.extend([
            format!(
                "published {:.0}/s, {} at a time",
                rate(published, publishing),
                self.publishers
            ),
            format!(
                "taken {:.0}/s, {} at a time",
                rate(taken, taking),
                self.slots
            ),
        ]);
        Ok(report)
    }

    async fn publish_all(&self, run: &Run, context: &Context, name: &str) -> Result<()> {
        let load = Load::Closed {
            users: self.publishers,
            time: LONGEST,
            count: self.messages,
        };
        let (context, tally) = (context.clone(), run.tally.clone());
        let (subject, payload) = (subject(name), Bytes::from(vec![b'x'; self.bytes]));
        let publish = move |_| {
            let (context, tally) = (context.clone(), tally.clone());
            let (subject, payload) = (subject.clone(), payload.clone());
            async move { publish(&context, &tally, subject, payload).await }
        };
        load.drive(&run.tally, &run.interrupt, publish).await
    }

    /// Takes what was published, one message at a time in each slot, as workers do.
    async fn take_all(&self, run: &Run, stream: &Stream) -> Result<()> {
        let consumer = stream.create_consumer(consumer_config()).await;
        let consumer: PullConsumer = consumer.context("the consumer cannot be made")?;
        let left = Arc::new(AtomicU64::new(run.tally.lock().accepted));
        let mut slots = JoinSet::new();
        for _ in 0..self.slots {
            let (consumer, left) = (consumer.clone(), Arc::clone(&left));
            let tally = run.tally.clone();
            slots.spawn(async move { take(&consumer, &tally, &left).await });
        }
        while let Some(ended) = slots.join_next().await {
            ended.context("a slot broke down")??;
        }
        Ok(())
    }
}

fn subject(name: &str) -> String {
    format!("tn.load.{name}")
}

fn consumer_config() -> pull::Config {
    pull::Config {
        durable_name: Some("w-all".to_owned()),
        ack_policy: AckPolicy::Explicit,
        max_ack_pending: 1_000,
        ..pull::Config::default()
    }
}

fn acknowledged(tally: &Tally) -> u64 {
    let latencies = tally.latencies(Operation::Acknowledge);
    latencies.map_or(0, Latencies::count)
}

async fn publish(context: &Context, tally: &SharedTally, subject: String, payload: Bytes) {
    let started = Instant::now();
    let acknowledged = async { context.publish(subject, payload).await?.await };
    match acknowledged.await {
        Ok(_) => {
            let mut tally = tally.lock();
            tally.took(Operation::Publish, started.elapsed());
            tally.accepted += 1;
        }
        Err(_error) => failed(tally, Operation::Publish, Kind::Unavailable),
    }
}

/// Takes messages until none is left for this slot.
async fn take(consumer: &PullConsumer, tally: &SharedTally, left: &AtomicU64) -> Result<()> {
    let pull = consumer.stream().max_messages_per_batch(1);
    let mut messages = pull.messages().await.context("nothing can be pulled")?;
    while claim_one(left) {
        let started = Instant::now();
        let Ok(Some(Ok(message))) = timeout(PULL_TIMEOUT, messages.next()).await else {
            failed(tally, Operation::Pull, Kind::TimedOut);
            return Ok(());
        };
        tally.lock().took(Operation::Pull, started.elapsed());
        let started = Instant::now();
        match message.double_ack().await {
            Ok(()) => tally.lock().took(Operation::Acknowledge, started.elapsed()),
            Err(_error) => failed(tally, Operation::Acknowledge, Kind::Unavailable),
        }
    }
    Ok(())
}

fn claim_one(left: &AtomicU64) -> bool {
    let claimed = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        left.checked_sub(1)
    });
    claimed.is_ok()
}

fn failed(tally: &SharedTally, operation: Operation, kind: Kind) {
    tally.lock().failed(Failure { operation, kind });
}
