use std::time::{Duration, Instant};

use async_nats::jetstream;
use futures::future::join_all;
use thumbnailify_backends::{
    Addresses, DeadLetterSettings, NatsDeadLetters, NatsQueue, NatsSettings,
};
use thumbnailify_core::{DeadLetters, Error, Job, JobQueue, Published, contract};
use thumbnailify_test_servers::Server;

use crate::sample::{dead_letter, ends, job};

const LEASE: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn nats_keeps_the_rules_of_a_job_queue() {
    let server = started();
    contract::job_queue(&queue(&server).await, LEASE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_keeps_the_rules_of_dead_letters() {
    let server = started();
    let letters = letters(&server, DeadLetterSettings::default()).await;
    contract::dead_letters(&letters).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_forgets_its_oldest_letters() {
    let server = started();
    let settings = DeadLetterSettings {
        max_letters: 5,
        ..DeadLetterSettings::default()
    };
    contract::full_dead_letters(&letters(&server, settings).await, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_kept_over_a_restart_and_its_headers_say_what_it_is_about() {
    let mut server = started();
    let store = letters(&server, DeadLetterSettings::default()).await;
    let letter = dead_letter();
    store.put(&letter).await.unwrap();
    server.kill().unwrap();
    server.start().unwrap();
    let found = ends(async {
        loop {
            if let Ok(found) = store.get(letter.media_id()).await {
                return found;
            }
        }
    });
    assert_eq!(found.await.as_ref(), Some(&letter));

    let client = async_nats::connect(server.url()).await.unwrap();
    let stream = jetstream::new(client).get_stream("TN_DLQ").await.unwrap();
    let subject = format!("tn.dlq.{}", letter.media_id());
    let message = stream.get_last_raw_message_by_subject(&subject).await;
    let headers = message.unwrap().headers;
    for (name, expected) in [
        ("Thumbnailify-Subject", "tn.job.image.png"),
        ("Thumbnailify-Media-Id", &letter.media_id().to_string()),
        ("Thumbnailify-Epoch", "1"),
        ("Thumbnailify-Attempts", "5"),
        ("Thumbnailify-Error-Class", "timed-out"),
        ("Thumbnailify-Worker", "worker 1"),
        ("Thumbnailify-Handler", "png/1.2.3"),
    ] {
        let value = headers.get(name).map(|value| value.as_str());
        assert_eq!(value, Some(expected), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_letters_that_vanishes_is_made_again() {
    let server = started();
    let store = letters(&server, DeadLetterSettings::default()).await;
    store.put(&dead_letter()).await.unwrap();
    let client = async_nats::connect(server.url()).await.unwrap();
    jetstream::new(client)
        .delete_stream("TN_DLQ")
        .await
        .unwrap();
    let letter = dead_letter();
    store.put(&letter).await.unwrap();
    let found = store.get(letter.media_id()).await.unwrap();
    assert_eq!(found, Some(letter));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_cannot_be_stored_is_reported_in_time() {
    let mut server = started();
    let store = letters(&server, DeadLetterSettings::default()).await;
    server.kill().unwrap();
    let put = ends(store.put(&dead_letter())).await;
    assert!(matches!(put, Err(Error::Unavailable { .. })), "{put:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_refuses_jobs() {
    let server = started();
    let settings = NatsSettings {
        max_jobs: 20,
        ..settings(&server)
    };
    let queue = NatsQueue::connect(settings).await.unwrap();
    contract::full_job_queue(&queue, 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_was_there_first_works_once_the_server_is_up() {
    let mut server = Server::nats().unwrap();
    let queue = queue(&server).await;
    assert_check_fails_in_time(&queue).await;
    let job = job();
    let pulled = async { queue.pull().await.unwrap().job().clone() };
    let publish = async {
        server.start().unwrap();
        queue.publish(&job).await.unwrap()
    };
    let (pulled, published) = ends(async { tokio::join!(pulled, publish) }).await;
    assert_eq!((&pulled, published), (&job, Published::Stored));
    queue.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn publishes_and_pulls_ride_out_a_restart() {
    let mut server = started();
    let (api, worker) = (queue(&server).await, queue(&server).await);
    let kept = job();
    api.publish(&kept).await.unwrap();

    server.kill().unwrap();
    let jobs: Vec<_> = (0..10).map(|_| job()).collect();
    let publishes = join_all(jobs.iter().map(|job| api.publish(job)));
    let restart = async { server.start().unwrap() };
    let work = async {
        let mut missing: Vec<_> = jobs.iter().chain([&kept]).cloned().collect();
        while !missing.is_empty() {
            let done = pull(&worker).await;
            missing.retain(|job| *job != done);
        }
    };
    let (published, (), ()) = ends(async { tokio::join!(publishes, restart, work) }).await;
    for answer in published {
        answer.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_pull_goes_on_after_a_restart() {
    let mut server = started();
    let queue = queue(&server).await;
    pull_one_through(&queue, async || ()).await;
    pull_one_through(&queue, async || {
        server.kill().unwrap();
        server.start().unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_or_consumer_that_vanishes_is_made_again() {
    let server = started();
    let queue = queue(&server).await;
    let client = async_nats::connect(server.url()).await.unwrap();
    let context = jetstream::new(client);
    pull_one_through(&queue, async || ()).await;
    pull_one_through(&queue, async || {
        let stream = context.get_stream("TN_JOBS").await.unwrap();
        stream.delete_consumer("w-all").await.unwrap();
    })
    .await;
    pull_one_through(&queue, async || {
        context.delete_stream("TN_JOBS").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_to_a_paused_server_end_in_time() {
    let server = started();
    let queue = queue(&server).await;
    let first = job();
    queue.publish(&first).await.unwrap();
    let delivery = ends(queue.pull()).await.unwrap();
    server.pause().unwrap();
    assert_check_fails_in_time(&queue).await;

    let asked_at = Instant::now();
    let second = job();
    let (acked, published) = tokio::join!(delivery.ack(), queue.publish(&second));
    assert!(matches!(acked, Err(Error::Unavailable { .. })), "{acked:?}");
    assert!(
        matches!(published, Err(Error::Unavailable { .. })),
        "{published:?}"
    );
    assert!(asked_at.elapsed() < Duration::from_secs(10));

    // The server stored it when it went on, and knows the repeat.
    server.resume().unwrap();
    queue.publish(&second).await.unwrap();
    assert_eq!(pull(&queue).await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_no_job_is_dropped() {
    let server = started();
    let queue = queue(&server).await;
    queue.check().await.unwrap();
    let client = async_nats::connect(server.url()).await.unwrap();
    let context = jetstream::new(client);
    let sent = context
        .publish("tn.job.image.png", "not a job".into())
        .await;
    sent.unwrap().await.unwrap();
    let job = job();
    queue.publish(&job).await.unwrap();
    assert_eq!(pull(&queue).await, job);
    let mut stream = context.get_stream("TN_JOBS").await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_is_not_as_asked_is_reported() {
    let server = started();
    queue(&server).await.check().await.unwrap();
    let client = async_nats::connect(server.url()).await.unwrap();
    let stream = jetstream::new(client).get_stream("TN_JOBS").await.unwrap();
    let foreign = jetstream::consumer::pull::Config {
        durable_name: Some("w-all".to_owned()),
        max_waiting: 7,
        ..Default::default()
    };
    stream.delete_consumer("w-all").await.ok();
    stream.create_consumer(foreign).await.unwrap();
    let pulled = ends(queue(&server).await.pull()).await;
    assert!(matches!(pulled, Err(Error::Broken { .. })), "{pulled:?}");
}

pub(crate) fn started() -> Server {
    let mut server = Server::nats().unwrap();
    server.start().unwrap();
    server
}

pub(crate) fn settings(server: &Server) -> NatsSettings {
    NatsSettings {
        urls: Addresses::from(server.url().as_str()),
        lease_ms: 500,
        heartbeat_ms: 1_000,
        request_timeout_ms: 500,
        publish_timeout_ms: 3_000,
        ..NatsSettings::default()
    }
}

async fn letters(server: &Server, settings: DeadLetterSettings) -> NatsDeadLetters {
    queue(server).await.dead_letters(settings)
}

pub(crate) async fn queue(server: &Server) -> NatsQueue {
    NatsQueue::connect(settings(server)).await.unwrap()
}

/// Pulls a job and takes it off the queue.
async fn pull(queue: &NatsQueue) -> Job {
    let delivery = ends(queue.pull()).await.unwrap();
    let job = delivery.job().clone();
    delivery.ack().await.unwrap();
    job
}

/// Begins to pull, lets something happen, and publishes the job that the pull must get.
async fn pull_one_through(queue: &NatsQueue, happen: impl AsyncFnOnce()) {
    let job = job();
    let publish = async {
        happen().await;
        queue.publish(&job).await.unwrap()
    };
    let (pulled, published) = tokio::join!(pull(queue), publish);
    assert_eq!((&pulled, published), (&job, Published::Stored));
}

async fn assert_check_fails_in_time(queue: &NatsQueue) {
    let checked_at = Instant::now();
    let answer = queue.check().await;
    assert!(
        matches!(answer, Err(Error::Unavailable { .. })),
        "{answer:?}"
    );
    assert!(checked_at.elapsed() < Duration::from_secs(5));
}
