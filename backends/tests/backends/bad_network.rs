//! A network that refuses, holds back, tears and loses.

use std::time::{Duration, Instant};

use thumbnailify_backends::{Addresses, NatsQueue, NatsSettings, RedisSettings, RedisStore};
use thumbnailify_core::{
    Claim, Depth, Error, Finish, JobQueue, MediaId, NewMedia, Published, Result, StatusStore,
};
use thumbnailify_test_servers::{Fault, FaultProxy, Loss, Server};

use crate::redis::completed;
use crate::sample::{claim_request, ends, job, new_media};
use crate::{nats, redis};

/// Longer than any call may take by its settings, and than a connection may be silent, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

fn store_behind(server: &Server) -> (FaultProxy, RedisStore) {
    let proxy = FaultProxy::before(server).unwrap();
    let settings = RedisSettings {
        url: proxy.url(),
        ..redis::settings(server)
    };
    (proxy, RedisStore::connect(settings).unwrap())
}

async fn queue_behind(server: &Server) -> (FaultProxy, NatsQueue) {
    let proxy = FaultProxy::before(server).unwrap();
    let settings = NatsSettings {
        urls: Addresses::from(proxy.url().as_str()),
        lease_ms: 3_000,
        ..nats::settings(server)
    };
    (proxy, NatsQueue::connect(settings).await.unwrap())
}

/// Calls until it works, which must be soon.
async fn works<T>(call: impl AsyncFn() -> Result<T>) -> T {
    let since = Instant::now();
    loop {
        match call().await {
            Ok(answer) => return answer,
            Err(error) => assert!(since.elapsed() < PATIENCE, "{error}"),
        }
    }
}

/// From the record to the end, each call until it works.
async fn live(store: &RedisStore, new: &NewMedia) {
    let (id, request) = (new.media_id, claim_request());
    works(async || store.create(new).await).await;
    works(async || store.published(id, 1).await).await;
    let claim = works(async || store.claim(id, &request).await).await;
    assert_eq!(claim, Claim::Granted { attempt: 1 });
    let finish = works(async || store.finish(id, request.token, &completed()).await).await;
    assert_eq!(finish, Finish::Stored);
}

/// Each write counted once, and the deletion names the files.
async fn check_lived_once(store: &RedisStore, id: MediaId) {
    let status = works(async || store.get(id).await).await.unwrap();
    assert_eq!((status.version, status.history.len()), (3, 3));
    assert_eq!(status.attempts, 1);
}

async fn check_answers_that_are_lost(loss: Loss) {
    let server = redis::started();
    let (proxy, store) = store_behind(&server);
    for word in ["created", "noted", "granted", "stored"] {
        let (new, lost_before) = (new_media(MediaId::random()), proxy.lost());
        store.check().await.unwrap();
        proxy.lose(format!("\r\n{word}\r\n").as_bytes(), 1, loss);
        live(&store, &new).await;
        check_lived_once(&store, new.media_id).await;
        assert_eq!(proxy.lost(), lost_before + 1, "{word}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_answer_of_redis_is_cut_off_each_step_happens_once() {
    check_answers_that_are_lost(Loss::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_answer_of_redis_never_comes_each_step_happens_once() {
    check_answers_that_are_lost(Loss::Silence).await;
}

/// The cut goes through every part of what is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_to_redis_may_be_cut_anywhere() {
    let server = redis::started();
    let (proxy, store) = store_behind(&server);
    for bytes in (0..6_000).step_by(293) {
        let new = new_media(MediaId::random());
        proxy.set(Fault::CutAfter(bytes));
        live(&store, &new).await;
        proxy.set(Fault::None);
        check_lived_once(&store, new.media_id).await;
        let deleted = works(async || store.delete(new.media_id).await).await;
        assert!(deleted.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_to_redis_takes_longer_than_it_may_on_any_network() {
    let server = redis::started();
    let (proxy, store) = store_behind(&server);
    let new = new_media(MediaId::random());
    for fault in [
        Fault::Refuse,
        Fault::BlackHole,
        Fault::Delay(Duration::from_secs(2)),
    ] {
        store.create(&new).await.unwrap();
        proxy.set(fault);
        let since = Instant::now();
        let answer = store.get(new.media_id).await;
        assert!(
            matches!(answer, Err(Error::Unavailable { .. })),
            "{fault:?}"
        );
        assert!(since.elapsed() < PATIENCE, "{fault:?}");
        proxy.set(Fault::None);
        works(async || store.create(&new).await).await;
    }
    proxy.set(Fault::Delay(Duration::from_millis(50)));
    store.create(&new).await.unwrap();
}

async fn check_empty(queue: &NatsQueue) {
    let depth = works(async || queue.depth().await).await;
    let empty = Depth {
        waiting: 0,
        leased: 0,
    };
    assert_eq!(depth, empty);
}

async fn check_jobs_whose_answers_are_lost(loss: Loss) {
    let server = nats::started();
    let (proxy, queue) = queue_behind(&server).await;
    let job = job();
    queue.check().await.unwrap();
    proxy.lose(br#"{"stream":"TN_JOBS""#, 1, loss);
    let published = works(async || queue.publish(&job).await).await;
    assert_eq!((published, proxy.lost()), (Published::Duplicate, 1));
    let delivery = ends(queue.pull()).await.unwrap();
    assert_eq!(delivery.job(), &job);
    // What the server answers to an acknowledgement is empty.
    proxy.lose(b" 0\r\n\r\n", 1, loss);
    let acknowledged = ends(delivery.ack()).await;
    assert_eq!(proxy.lost(), 2, "{acknowledged:?}");
    check_empty(&queue).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_answers_of_nats_are_cut_off_is_there_once_and_gone_once() {
    check_jobs_whose_answers_are_lost(Loss::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_answers_of_nats_never_come_is_there_once_and_gone_once() {
    check_jobs_whose_answers_are_lost(Loss::Silence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_to_nats_may_be_cut_anywhere() {
    let server = nats::started();
    let (proxy, queue) = queue_behind(&server).await;
    queue.check().await.unwrap();
    for bytes in (0..1_500).step_by(229) {
        proxy.set(Fault::CutAfter(bytes));
        let job = job();
        works(async || queue.publish(&job).await).await;
        // One that was lost on its way comes again after its lease.
        let delivery = ends(queue.pull()).await.unwrap();
        assert_eq!(delivery.job(), &job);
        delivery.ack().await.unwrap();
        proxy.set(Fault::None);
        check_empty(&queue).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_to_nats_takes_longer_than_it_may_on_any_network() {
    let server = nats::started();
    let (proxy, queue) = queue_behind(&server).await;
    queue.check().await.unwrap();
    for fault in [
        Fault::Refuse,
        Fault::BlackHole,
        Fault::Delay(Duration::from_secs(2)),
    ] {
        proxy.set(fault);
        let since = Instant::now();
        let job = job();
        let published = queue.publish(&job).await;
        assert!(
            matches!(published, Err(Error::Unavailable { .. })),
            "{fault:?}"
        );
        assert!(queue.depth().await.is_err() && queue.check().await.is_err());
        assert!(since.elapsed() < PATIENCE, "{fault:?}");
        proxy.set(Fault::None);
        works(async || queue.publish(&job).await).await;
        let delivery = ends(queue.pull()).await.unwrap();
        assert_eq!(delivery.job(), &job);
        works(async || queue.check().await).await;
        ends(delivery.ack()).await.unwrap();
        check_empty(&queue).await;
    }
}
