//! The network between us and the servers loses answers, and stands still.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use thumbnailify_test_servers::{Fault, FaultProxy, Loss};
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack, Upload, eventually};

/// Longer than any request may take, on a machine that is busy: what Redis and NATS may take together.
const LONGEST_REQUEST: Duration = Duration::from_secs(15);

/// A stack that reaches its servers through a bad network.
struct Behind {
    nats: FaultProxy,
    redis: FaultProxy,
    stack: Stack,
}

impl Behind {
    async fn start() -> Self {
        let backends = Backends::servers();
        let Backends::Servers { nats, redis } = &backends else {
            panic!("these are servers");
        };
        let nats = FaultProxy::before(nats).unwrap();
        let redis = FaultProxy::before(redis).unwrap();
        let (queue, status) = (nats.url(), redis.url());
        let stack = Stack::start_with(backends, |settings| {
            settings.queue = queue.parse().unwrap();
            settings.status = status.parse().unwrap();
            settings.worker.lease_s = 3;
            settings.reconcile.open_s = 1;
            settings.reconcile.unpublished_after_s = 1;
        })
        .await;
        Self { nats, redis, stack }
    }

    /// Uploads a picture, and checks that it has one result, of one attempt.
    async fn check_one_result(&self) -> Upload {
        let since = Instant::now();
        let upload = self.stack.client.upload("image/png", &png(200, 100)).await;
        assert!(since.elapsed() < LONGEST_REQUEST);
        let (code, status) = self.stack.client.outcome(&upload).await;
        assert_eq!(code, StatusCode::OK, "{status}");
        assert_eq!(status["attempts"], 1, "{status}");
        assert_eq!(status["history"].as_array().unwrap().len(), 3, "{status}");
        self.stack.client.thumbnail(&upload).await;
        assert_eq!(self.stack.files("media/thumbnails").len(), 1);
        upload
    }

    async fn delete(&self, upload: &Upload) {
        let since = Instant::now();
        let deleted = self.stack.client.send(Method::DELETE, &upload.path).await;
        assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
        assert!(since.elapsed() < LONGEST_REQUEST);
        let gone = self.stack.client.get(&upload.path).await.unwrap();
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
        eventually("no file to be left", async || {
            self.stack.files("media").is_empty().then_some(())
        })
        .await;
    }
}

/// Record, note, claim and outcome are the steps of an image in Redis.
async fn check_answers_of_redis(loss: Loss) {
    let behind = Behind::start().await;
    for word in ["created", "noted", "granted", "stored"] {
        let lost_before = behind.redis.lost();
        let part = format!("\r\n{word}\r\n");
        behind.redis.lose(part.as_bytes(), 1, loss);
        let upload = behind.check_one_result().await;
        assert_eq!(behind.redis.lost(), lost_before + 1, "{word}");
        behind.redis.lose(b"\r\ndeleted\r\n", 1, loss);
        behind.delete(&upload).await;
        assert_eq!(behind.redis.lost(), lost_before + 2, "{word}");
    }
    behind.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_has_one_result_whatever_answer_of_redis_is_cut_off() {
    check_answers_of_redis(Loss::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_has_one_result_whatever_answer_of_redis_never_comes() {
    check_answers_of_redis(Loss::Silence).await;
}

/// Publish and acknowledgement are the steps of an image in NATS.
async fn check_answers_of_nats(loss: Loss) {
    let behind = Behind::start().await;
    for part in [br#"{"stream":"TN_JOBS""#.as_slice(), b" 0\r\n\r\n"] {
        let lost_before = behind.nats.lost();
        behind.nats.lose(part, 1, loss);
        let upload = behind.check_one_result().await;
        eventually("the answer to be lost", async || {
            (behind.nats.lost() == lost_before + 1).then_some(())
        })
        .await;
        behind.delete(&upload).await;
    }
    behind.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_has_one_result_whatever_answer_of_nats_is_cut_off() {
    check_answers_of_nats(Loss::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_has_one_result_whatever_answer_of_nats_never_comes() {
    check_answers_of_nats(Loss::Silence).await;
}

/// Posts a picture, which has its answer in time: it is accepted, or the client is told to come again.
async fn accepted_in_time(behind: &Behind) -> Option<Upload> {
    let since = Instant::now();
    let client = &behind.stack.client;
    let answer = client.post_with("", "image/png", &png(90, 60)).await;
    assert!(since.elapsed() < LONGEST_REQUEST);
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        assert!(answer.headers().contains_key("retry-after"));
        return None;
    }
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let path = answer.headers()["location"].to_str().unwrap().to_owned();
    let accepted = answer.json().await.unwrap();
    Some(Upload { path, accepted })
}

async fn answered_in_time(behind: &Behind, upload: &Upload) -> StatusCode {
    let since = Instant::now();
    let answer = behind.stack.client.get(&upload.path).await.unwrap();
    assert!(since.elapsed() < LONGEST_REQUEST);
    answer.status()
}

/// Without NATS uploads are accepted, without Redis they are not. What was accepted is completed once all is well.
async fn check_network(fault: Fault) {
    let behind = Behind::start().await;
    let client = &behind.stack.client;
    let before = client.upload("image/png", &png(200, 100)).await;
    client.outcome(&before).await;
    behind.nats.set(fault);
    let accepted = accepted_in_time(&behind).await.unwrap();
    assert_eq!(answered_in_time(&behind, &before).await, StatusCode::OK);
    behind.nats.set(Fault::None);
    behind.stack.ready().await;
    behind.redis.set(fault);
    assert!(accepted_in_time(&behind).await.is_none());
    let code = answered_in_time(&behind, &before).await;
    assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
    behind.redis.set(Fault::None);
    behind.stack.ready().await;
    let (code, status) = client.outcome(&accepted).await;
    assert_eq!(code, StatusCode::OK, "{status}");
    behind.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_end_in_time_on_a_network_that_refuses() {
    check_network(Fault::Refuse).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_end_in_time_on_a_network_that_holds_everything_back() {
    check_network(Fault::BlackHole).await;
}
