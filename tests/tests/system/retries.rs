//! Attempts: whose fault they are counted as, and what the history tells of them.

use std::fs;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use thumbnailify_tests::{Backends, Process, Stack, eventually};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");
const FAULTY_TYPE: &str = "application/x-faulty";

on_every_backend!(
    every_attempt_is_in_the_history,
    a_worker_that_died_is_no_fault_of_the_handler,
    a_job_that_fells_its_worker_each_time_is_given_up,
);

pub(crate) async fn every_attempt_is_in_the_history(backends: Backends) {
    let stack = Stack::start_with(backends, |settings| {
        settings.worker.retry_delays_ms = vec![10];
    })
    .await;
    let upload = stack.client.upload(FAULTY_TYPE, b"panic").await;
    let (code, status) = stack.client.outcome(&upload).await;
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{status}");
    let history = status["history"].as_array().unwrap();
    let steps: Vec<_> = history.iter().map(seen).collect();
    let expected = [
        json!([1, "webserver", "queued", 0, false]),
        json!([2, "worker", "running", 1, false]),
        json!([3, "worker", "retrying", 1, true]),
        json!([4, "worker", "running", 2, false]),
        json!([5, "worker", "done", 2, true]),
    ];
    assert_eq!(steps, expected, "{status}");
    assert_eq!(status["version"], 5);
    assert_eq!(status["history"][4]["reason"], status["message"]);
    stack.stop().await;
}

/// Version, service, phase and attempts of a step, and whether it has a reason.
fn seen(step: &Value) -> Value {
    let has_reason = step["reason"].is_string();
    assert_eq!(step["worker"].is_string(), step["service"] == "worker");
    json!([
        step["version"],
        step["service"],
        step["phase"],
        step["attempts"],
        has_reason
    ])
}

/// A folder for processes with one slot.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let handlers = folder.path().join("handlers");
    fs::create_dir(&handlers).unwrap();
    fs::write(handlers.join("faulty.wasm"), thumbnailify_bundle::FAULTY).unwrap();
    folder
}

fn serve(folder: &TempDir, backends: &Backends, deadline_ms: u32) -> Process {
    serve_with(folder, backends, deadline_ms, 5)
}

fn serve_with(folder: &TempDir, backends: &Backends, deadline_ms: u32, attempts: u32) -> Process {
    let settings = format!(
        "[worker]\nslots = 1\nlease_s = 3\nattempts = {attempts}\nretry_delays_ms = [10]\n[limits]\ndeadline_ms = {deadline_ms}\n"
    );
    fs::write(folder.path().join("thumbnailify.toml"), settings).unwrap();
    let mut arguments = vec!["serve".to_owned(), "--listen=127.0.0.1:0".to_owned()];
    if let Backends::Servers { nats, redis } = backends {
        arguments.push(format!("--queue={}", nats.url()));
        arguments.push(format!("--status={}", redis.url()));
    }
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    Process::start(PROGRAM, folder.path(), &arguments)
}

/// The first attempt ends with its process, the next two by the handler's time-out.
async fn a_worker_that_died_is_no_fault_of_the_handler(backends: Backends) {
    let folder = folder();
    let mut first = serve(&folder, &backends, 600_000);
    let client = first.client();
    client.ready().await;
    let upload = client.upload(FAULTY_TYPE, b"loop").await;
    client.running(&upload).await;
    first.kill();

    let mut second = serve(&folder, &backends, 200);
    let (code, status) = second.client().outcome(&upload).await;
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{status}");
    assert_eq!(status["fault"], "timed-out", "{status}");
    assert_eq!(status["attempts"], 3, "{status}");
    let history = status["history"].as_array().unwrap();
    let is_lost = |step: &Value| {
        let reason = step["reason"].as_str().unwrap_or_default();
        reason.contains("nothing was heard of") || reason.contains("the process ended")
    };
    assert!(history.iter().any(is_lost), "{status}");
    assert!(second.terminate().success());
}

/// Nobody lives to say what is wrong, so the attempts alone bring it to its end.
async fn a_job_that_fells_its_worker_each_time_is_given_up(backends: Backends) {
    let folder = folder();
    let mut process = serve_with(&folder, &backends, 600_000, 2);
    let client = process.client();
    client.ready().await;
    let upload = client.upload(FAULTY_TYPE, b"loop").await;
    client.running(&upload).await;
    process.kill();
    let mut process = serve_with(&folder, &backends, 600_000, 2);
    let client = process.client();
    eventually("the second attempt", async || {
        let status: Value = client.get(&upload.path).await?.json().await.ok()?;
        (status["attempts"] == 2 && status["phase"] == "running").then_some(())
    })
    .await;
    process.kill();

    let mut process = serve_with(&folder, &backends, 600_000, 2);
    let (code, status) = process.client().outcome(&upload).await;
    assert_eq!(code, StatusCode::INTERNAL_SERVER_ERROR, "{status}");
    assert_eq!(status["attempts"], 2, "{status}");
    let message = status["message"].as_str().unwrap();
    assert!(
        message.starts_with("gave up after 2 attempts: "),
        "{status}"
    );
    assert!(process.terminate().success());
}
