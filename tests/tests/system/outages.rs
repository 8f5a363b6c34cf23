//! Servers that go away and come back.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use thumbnailify_test_servers::Server;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack, Upload, eventually};

/// Uploads until one is accepted: while a server is away, 503 is the honest answer.
async fn accepted_upload(stack: &Stack) -> Upload {
    let body = || base64::Engine::encode(&base64::prelude::BASE64_STANDARD, png(200, 100));
    eventually("an upload to be accepted", async || {
        let answer = stack.client.post(Some("image/png"), body()).await;
        assert!(matches!(
            answer.status(),
            StatusCode::ACCEPTED | StatusCode::SERVICE_UNAVAILABLE
        ));
        let path = answer.headers().get("location")?.to_str().ok()?.to_owned();
        Some(Upload {
            path,
            accepted: answer.json().await.ok()?,
        })
    })
    .await
}

async fn check_goes_on_after(kill_and_restart: impl AsyncFnOnce(&mut Stack)) {
    let mut stack = Stack::start(Backends::servers()).await;
    let before = accepted_upload(&stack).await;
    stack.client.outcome(&before).await;
    kill_and_restart(&mut stack).await;
    stack.ready().await;
    let after = accepted_upload(&stack).await;
    assert_eq!(stack.client.outcome(&after).await.0, StatusCode::OK);
    assert_eq!(stack.client.outcome(&before).await.0, StatusCode::OK);
    stack.stop().await;
}

fn servers(stack: &mut Stack) -> (&mut Server, &mut Server) {
    match &mut stack.backends {
        Backends::Servers { nats, redis } => (nats, redis),
        _ => panic!("the stack was started on servers"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_redis_comes_back() {
    check_goes_on_after(async |stack| {
        servers(stack).1.kill().unwrap();
        eventually("not ready", async || {
            (!stack.is_ready().await).then_some(())
        })
        .await;
        servers(stack).1.start().unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_nats_comes_back() {
    check_goes_on_after(async |stack| {
        servers(stack).0.kill().unwrap();
        eventually("not ready", async || {
            (!stack.is_ready().await).then_some(())
        })
        .await;
        servers(stack).0.start().unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_starts_before_its_servers_works_once_they_run() {
    let mut stack = Stack::launch(Backends::servers_to_be_started(), |_| {}).await;
    assert!(!stack.is_ready().await);
    let answer = stack.client.post(Some("image/png"), "aGVsbG8=").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let (nats, redis) = servers(&mut stack);
    nats.start().unwrap();
    redis.start().unwrap();
    stack.ready().await;
    let upload = accepted_upload(&stack).await;
    assert_eq!(stack.client.outcome(&upload).await.0, StatusCode::OK);
    stack.stop().await;
}

/// Looks at the readiness until it was denied a few times. A look at a paused server takes a second.
async fn not_ready_for_seconds(stack: &Stack) {
    for _ in 0..3 {
        eventually("not ready", async || {
            (!stack.is_ready().await).then_some(())
        })
        .await;
    }
}

/// The handler runs out of time while Redis does not answer.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_kept_while_redis_is_paused() {
    let mut stack = Stack::start_with(Backends::servers(), |settings| {
        settings.limits.deadline_ms = 500;
        settings.worker.handler_fault_attempts = 1;
        settings.worker.lease_s = 3;
    })
    .await;
    let upload = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&upload).await;
    servers(&mut stack).1.pause().unwrap();
    not_ready_for_seconds(&stack).await;
    servers(&mut stack).1.resume().unwrap();
    let resumed_at = Instant::now();
    let (_, status) = stack.client.outcome(&upload).await;
    assert!(resumed_at.elapsed() < Duration::from_secs(5));
    assert_eq!(status["fault"], "timed-out", "{status}");
    assert_eq!(status["attempts"], 1, "it was not run again: {status}");
    assert_eq!(status["history"].as_array().unwrap().len(), 3, "{status}");
    stack.stop().await;
}

/// The second attempt is due while Redis does not answer.
#[tokio::test(flavor = "multi_thread")]
async fn no_job_is_taken_while_redis_is_paused_and_each_soon_after() {
    let mut stack = Stack::start_with(Backends::servers(), |settings| {
        settings.worker.retry_delays_ms = vec![1_500];
    })
    .await;
    let upload = stack.client.upload("application/x-faulty", b"panic").await;
    eventually("the first attempt to fail", async || {
        let status: serde_json::Value = stack.client.get(&upload.path).await?.json().await.ok()?;
        (status["phase"] == "retrying").then_some(())
    })
    .await;
    servers(&mut stack).1.pause().unwrap();
    let asked_at = Instant::now();
    assert!(!stack.is_ready().await);
    assert!(asked_at.elapsed() < Duration::from_secs(2));
    not_ready_for_seconds(&stack).await;
    servers(&mut stack).1.resume().unwrap();
    let resumed_at = Instant::now();
    stack.ready().await;
    assert!(resumed_at.elapsed() < Duration::from_secs(2));
    let (code, status) = stack.client.outcome(&upload).await;
    assert!(resumed_at.elapsed() < Duration::from_secs(5));
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{status}");
    assert_eq!(status["attempts"], 2, "{status}");
    stack.stop().await;
}

/// A file stands where the folder of thumbnails should be.
#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_away_costs_an_upload_no_attempt() {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        let media = settings.data.join("media");
        std::fs::create_dir_all(&media).unwrap();
        std::fs::write(media.join("thumbnails"), b"in the way").unwrap();
    })
    .await;
    let upload = stack.client.upload("image/png", &png(200, 100)).await;
    let attempts = eventually("a worker to give the job back", async || {
        let status: serde_json::Value = stack.client.get(&upload.path).await?.json().await.ok()?;
        let given_back = status["service"] == "worker" && status["phase"] != "running";
        given_back.then(|| status["attempts"].as_u64())
    })
    .await;
    assert_eq!(attempts, Some(0));
    stack.stop().await;
}
