//! Nothing accepted is lost when processes are killed, and when servers are away or forget.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use thumbnailify_test_servers::Server;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Client, Process, Stack, Upload, eventually};

use crate::losses::{queue_loses_all, queue_repeats, statuses_lose_all};
use crate::metrics::metrics;
use crate::reconciling::{place, quick};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");

/// Looks at open images each second.
const SETTINGS: &str = "
[worker]
slots = 1
lease_s = 3
retry_delays_ms = [1000]
[limits]
deadline_ms = 600_000
[api]
admission_deadline_ms = 60_000
[reconcile]
open_s = 1
lead_s = 2
unpublished_after_s = 1
unclaimed_after_s = 2
lapsed_after_s = 1
[nats]
publish_timeout_ms = 60_000
";

/// Servers, and processes in a folder.
struct Fleet {
    nats: Server,
    redis: Server,
    folder: TempDir,
}

impl Fleet {
    fn start() -> Self {
        Self::start_with(Server::redis().unwrap(), "")
    }

    fn start_with(mut redis: Server, more_settings: &str) -> Self {
        let mut nats = Server::nats().unwrap();
        nats.start().unwrap();
        redis.start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("{SETTINGS}{more_settings}");
        fs::write(folder.path().join("thumbnailify.toml"), settings).unwrap();
        Self {
            nats,
            redis,
            folder,
        }
    }

    fn process(&self, arguments: &[&str]) -> Process {
        let (queue, status) = (self.nats.url(), self.redis.url());
        let backends = ["--queue", &queue, "--status", &status, "--media", "./media"];
        Process::start(
            PROGRAM,
            self.folder.path(),
            &[arguments, &backends].concat(),
        )
    }

    fn api(&self) -> (Process, Client) {
        let mut api = self.process(&["api", "--listen", "127.0.0.1:0"]);
        let client = api.client();
        (api, client)
    }
}

async fn images(client: &Client) -> Vec<Upload> {
    let Some(answer) = client.get("/images").await else {
        return Vec::new();
    };
    let list: Value = answer.json().await.unwrap();
    let images = list["images"].as_array().cloned().unwrap_or_default();
    let path = |image: &Value| format!("/images/{}", image["media_id"].as_str().unwrap());
    let uploads = images.iter().map(|image| Upload {
        path: path(image),
        accepted: Value::Null,
    });
    uploads.collect()
}

/// Without NATS the API stands between the record and the queue.
#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_killed_between_record_and_queue_leaves_an_image_that_is_completed() {
    let mut fleet = Fleet::start();
    let (api, client) = fleet.api();
    let worker = fleet.process(&["worker"]);
    client.ready().await;
    fleet.nats.kill().unwrap();
    let uploading = {
        let (client, file) = (client.clone(), png(200, 100));
        tokio::spawn(async move { client.upload("image/png", &file).await })
    };
    let image = eventually("the record", async || images(&client).await.pop()).await;
    api.kill();
    assert!(uploading.await.is_err(), "there was no answer");
    fleet.nats.start().unwrap();
    let (api, client) = fleet.api();
    assert_eq!(client.outcome(&image).await.0, StatusCode::OK);
    assert!(worker.terminate().success());
    assert!(api.terminate().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_whose_worker_is_killed_is_completed_though_the_queue_forgot_it() {
    let fleet = Fleet::start();
    let (api, client) = fleet.api();
    let worker = fleet.process(&["worker"]);
    client.ready().await;
    let upload = client.upload("image/png", &png(5000, 4000)).await;
    client.running(&upload).await;
    worker.kill();
    queue_loses_all(&fleet.nats);
    let worker = fleet.process(&["worker"]);
    let (code, status) = client.outcome(&upload).await;
    assert_eq!(code, StatusCode::OK, "{status}");
    assert_eq!(status["attempts"], 2, "{status}");
    assert!(worker.terminate().success());
    assert!(api.terminate().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_lost_is_made_anew_from_its_job_with_its_options() {
    let fleet = Fleet::start();
    let (api, client) = fleet.api();
    let worker = fleet.process(&["worker"]);
    client.ready().await;
    worker.pause();
    let upload = client
        .upload_with("width=40", "image/png", &png(200, 100))
        .await;
    statuses_lose_all(&fleet.redis);
    let forgotten = client.get(&upload.path).await.unwrap();
    assert_eq!(forgotten.status(), StatusCode::NOT_FOUND);
    worker.resume();
    let status: Value = eventually("the image", async || {
        let answer = client.get(&upload.path).await?;
        let is_done = answer.status() == StatusCode::OK;
        is_done.then_some(answer.json().await.unwrap())
    })
    .await;
    assert_eq!(status["thumbnail"]["width"], 40, "{status}");
    assert!(worker.terminate().success());
    assert!(api.terminate().success());
}

/// The worker hears of the loss with its next beat.
#[tokio::test(flavor = "multi_thread")]
async fn an_image_whose_record_is_lost_while_it_is_worked_on_begins_anew() {
    let mut stack = quick_stack().await;
    let upload = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&upload).await;
    let before = created_at(&stack, &upload).await;
    statuses_lose_all(servers(&mut stack).1);
    eventually("the record to be made anew", async || {
        let now = created_at(&stack, &upload).await;
        (!now.is_null() && now != before).then_some(())
    })
    .await;
    stack.client.running(&upload).await;
    assert_eq!(stack.files("media/originals").len(), 1);
    let deleted = stack.client.send(Method::DELETE, &upload.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    stack.stop().await;
}

async fn created_at(stack: &Stack, upload: &Upload) -> Value {
    let answer = stack.client.get(&upload.path).await.unwrap();
    let status: Value = answer.json().await.unwrap();
    status["created_at"].clone()
}

/// Between two beats, so that the worker hears of it when it records the outcome.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_finds_no_record_is_not_the_end_of_the_image() {
    let mut stack = Stack::start_with(Backends::servers(), |settings| {
        quick(settings);
        settings.worker.lease_s = 3_600;
    })
    .await;
    let upload = stack
        .client
        .upload_with("width=40", "image/png", &png(5000, 4000))
        .await;
    stack.client.running(&upload).await;
    statuses_lose_all(servers(&mut stack).1);
    let status: Value = eventually("the image", async || {
        let answer = stack.client.get(&upload.path).await?;
        let is_done = answer.status() == StatusCode::OK;
        is_done.then_some(answer.json().await.unwrap())
    })
    .await;
    assert_eq!(status["thumbnail"]["width"], 40, "{status}");
    stack.client.thumbnail(&upload).await;
    stack.stop().await;
}

/// An older copy of the files of Redis is what a power cut leaves. The job is acknowledged by then.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_was_lost_is_found_anew() {
    let files = tempfile::tempdir().unwrap();
    let redis = Server::redis_in(files.path());
    let mut fleet = Fleet::start_with(redis, "[redis]\nsettle_ms = 600_000\n");
    let (api, client) = fleet.api();
    let worker = fleet.process(&["worker"]);
    client.ready().await;
    worker.pause();
    let upload = client.upload("image/png", &png(200, 100)).await;
    let copy = tempfile::tempdir().unwrap();
    let log = files.path().join("appendonlydir");
    copy_files(&log, copy.path());
    worker.resume();
    assert_eq!(client.outcome(&upload).await.0, StatusCode::OK);

    fleet.redis.kill().unwrap();
    fs::remove_dir_all(&log).unwrap();
    fs::create_dir(&log).unwrap();
    copy_files(copy.path(), &log);
    fleet.redis.start().unwrap();
    let mut states = Vec::new();
    eventually("the outcome to be lost and found", async || {
        let answer = client.get(&upload.path).await?;
        let code = answer.status();
        if states.last() != Some(&code) {
            states.push(code);
        }
        let is_back = states.contains(&StatusCode::ACCEPTED) && code == StatusCode::OK;
        is_back.then_some(())
    })
    .await;
    client.thumbnail(&upload).await;
    assert!(worker.terminate().success());
    assert!(api.terminate().success());
}

/// As after a worker that died before its acknowledgement.
#[tokio::test(flavor = "multi_thread")]
async fn an_original_outlives_its_outcome_for_as_long_as_that_may_be_lost() {
    let mut stack = Stack::start_with(Backends::servers(), |settings| {
        settings.redis.settle_ms = 600_000;
    })
    .await;
    let upload = stack.client.upload("image/png", &png(200, 100)).await;
    assert_eq!(stack.client.outcome(&upload).await.0, StatusCode::OK);
    queue_repeats(servers(&mut stack).0, place(&upload).0);
    eventually("the job to be done with again", async || {
        let told = metrics(&stack.client).await;
        let jobs = told.sum("thumbnailify_queue_jobs", &[]);
        (jobs == Some(0.0)).then_some(())
    })
    .await;
    assert_eq!(stack.files("media/originals").len(), 1);
    stack.stop().await;
}

fn copy_files(from: &Path, to: &Path) {
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

async fn leads(client: &Client) -> bool {
    let told = metrics(client).await;
    told.sum("thumbnailify_reconciler_leads", &[]) == Some(1.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_worker_looks_after_the_system_and_another_follows_when_it_is_killed() {
    let fleet = Fleet::start();
    let mut first = fleet.process(&["worker"]);
    let client = first.client();
    eventually("the first to lead", async || {
        leads(&client).await.then_some(())
    })
    .await;
    let mut second = fleet.process(&["worker"]);
    let other = second.client();
    other.ready().await;
    assert!(!leads(&other).await && leads(&client).await);
    first.kill();
    eventually("the second to lead", async || {
        leads(&other).await.then_some(())
    })
    .await;
    assert!(second.terminate().success());
}

fn servers(stack: &mut Stack) -> (&mut Server, &mut Server) {
    match &mut stack.backends {
        Backends::Servers { nats, redis } => (nats, redis),
        _ => panic!("the stack was started on servers"),
    }
}

async fn quick_stack() -> Stack {
    Stack::start_with(Backends::servers(), |settings| {
        quick(settings);
        settings.worker.slots = 1;
        settings.worker.lease_s = 3;
        settings.limits.deadline_ms = 600_000;
        settings.api.admission_deadline_ms = 500;
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_accepted_while_nats_is_killed_and_completed_once_it_is_back() {
    let mut stack = quick_stack().await;
    servers(&mut stack).0.kill().unwrap();
    let mut uploads = Vec::new();
    for _ in 0..3 {
        uploads.push(stack.client.upload("image/png", &png(200, 100)).await);
    }
    servers(&mut stack).0.start().unwrap();
    for upload in &uploads {
        assert_eq!(stack.client.outcome(upload).await.0, StatusCode::OK);
    }
    stack.stop().await;
}

/// The paused server stores the job once it goes on, so that its publish was neither lost nor answered.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_a_paused_nats_gives_no_answer_for_is_worked_on_once() {
    let mut stack = quick_stack().await;
    servers(&mut stack).0.pause().unwrap();
    let upload = stack.client.upload("image/png", &png(200, 100)).await;
    servers(&mut stack).0.resume().unwrap();
    let (code, status) = stack.client.outcome(&upload).await;
    assert_eq!(
        (code, &status["attempts"]),
        (StatusCode::OK, &Value::from(1))
    );
    assert_eq!(stack.files("media/thumbnails").len(), 1);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_the_queue_lost_are_queued_anew() {
    let mut stack = quick_stack().await;
    let held = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&held).await;
    let mut uploads = Vec::new();
    for _ in 0..3 {
        uploads.push(stack.client.upload("image/png", &png(200, 100)).await);
    }
    queue_loses_all(servers(&mut stack).0);
    let deleted = stack.client.send(Method::DELETE, &held.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    for upload in &uploads {
        assert_eq!(stack.client.outcome(upload).await.0, StatusCode::OK);
    }
    let labels = [("kind", "lost-job"), ("outcome", "mended")];
    eventually("a count of what was lost", async || {
        let told = metrics(&stack.client).await;
        let lost = told.sum("thumbnailify_repairs_total", &labels);
        (lost >= Some(3.0)).then_some(())
    })
    .await;
    stack.stop().await;
}

/// A long wait in the queue is no loss: the images would lose their places over and over.
#[tokio::test(flavor = "multi_thread")]
async fn images_that_wait_long_in_the_queue_keep_their_places() {
    let stack = quick_stack().await;
    let held = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&held).await;
    let upload = stack.client.upload("image/png", &png(200, 100)).await;
    // Three times the time after which a silent image is asked about.
    let since = std::time::Instant::now();
    eventually("six seconds to pass", async || {
        (since.elapsed().as_secs() >= 6).then_some(())
    })
    .await;
    let labels = [("kind", "lost-job"), ("outcome", "mended")];
    let told = metrics(&stack.client).await;
    assert_eq!(told.sum("thumbnailify_repairs_total", &labels), Some(0.0));
    let deleted = stack.client.send(Method::DELETE, &held.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(stack.client.outcome(&upload).await.0, StatusCode::OK);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_the_queue_has_no_room_for_leaves_nothing() {
    let stack = Stack::start_with(Backends::servers(), |settings| {
        settings.nats.max_jobs = 1;
        settings.worker.slots = 1;
        settings.limits.deadline_ms = 600_000;
        settings.worker.lease_s = 3;
    })
    .await;
    let held = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&held).await;
    let answer = stack.client.post(Some("image/png"), "aGVsbG8=").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["type"], "/problems/queue-full");
    assert_eq!(stack.files("media/originals").len(), 1);
    assert_eq!(images(&stack.client).await.len(), 1);
    let deleted = stack.client.send(Method::DELETE, &held.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    eventually("room in the queue", async || {
        let answer = stack.client.post(Some("image/png"), "aGVsbG8=").await;
        (answer.status() == StatusCode::ACCEPTED).then_some(())
    })
    .await;
    stack.stop().await;
}
