//! What becomes of jobs that are given up, and how a person tries again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use thumbnailify::Settings;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack, Upload, eventually};

const FAULTY_TYPE: &str = "application/x-faulty";

on_every_backend!(
    a_job_that_is_given_up_leaves_a_letter_and_can_be_tried_again,
    letters_are_retried_and_dropped_from_the_command_line,
    a_handler_that_crashed_is_named_in_the_letter,
    a_broken_upload_is_kept_and_leaves_no_letter,
    an_upload_that_is_not_to_be_kept_is_gone_with_its_error,
    the_letter_of_a_deleted_image_goes_with_it,
    the_letter_of_an_image_goes_with_it_at_the_end_of_its_time,
);

fn quick(settings: &mut Settings) {
    settings.worker.retry_delays_ms = vec![10];
    settings.worker.lease_s = 3;
    settings.worker.slots = 1;
    settings.limits.deadline_ms = 600_000;
}

/// Runs `thumbnailify dlq` beside a stack.
fn dlq(stack: &Stack, arguments: &[&str]) -> Output {
    let media = stack.media_folder();
    let data = media.parent().unwrap().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_thumbnailify-under-test"));
    command.arg("dlq").args(arguments).current_dir(&data);
    command.arg("--data").arg(&data);
    if let Backends::Servers { nats, redis } = &stack.backends {
        command.args(["--queue", &nats.url(), "--status", &redis.url()]);
    }
    command.output().unwrap()
}

fn printed(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The letters that there are.
pub(crate) fn letters(stack: &Stack) -> Vec<Value> {
    let listed = printed(&dlq(stack, &["list", "--json"]));
    let letters = listed.lines().map(serde_json::from_str);
    letters.collect::<Result<_, _>>().unwrap()
}

fn id(upload: &Upload) -> &str {
    upload.path.strip_prefix("/images/").unwrap()
}

fn original(stack: &Stack, upload: &Upload) -> PathBuf {
    let files = stack.files("media/originals");
    let is_its = |file: &PathBuf| file.to_string_lossy().contains(id(upload));
    files.into_iter().find(is_its).unwrap()
}

/// Has images given up for want of their uploads, which are put back then.
async fn given_up(stack: &Stack, count: usize) -> Vec<Upload> {
    let client = &stack.client;
    let hold = client.upload(FAULTY_TYPE, b"loop").await;
    client.running(&hold).await;
    let (mut uploads, mut moved) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let upload = client.upload("image/png", &png(200, 100)).await;
        let file = original(stack, &upload);
        fs::rename(&file, file.with_extension("away")).unwrap();
        moved.push(file);
        uploads.push(upload);
    }
    let deleted = client.send(Method::DELETE, &hold.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    for upload in &uploads {
        let (code, status) = client.outcome(upload).await;
        assert_eq!(code, StatusCode::INTERNAL_SERVER_ERROR, "{status}");
    }
    for file in moved {
        fs::rename(file.with_extension("away"), file).unwrap();
    }
    uploads
}

async fn retry(stack: &Stack, upload: &Upload) -> (StatusCode, Value) {
    let path = format!("{}/retry", upload.path);
    let answer = stack.client.send(Method::POST, &path).await;
    (answer.status(), answer.json().await.unwrap())
}

pub(crate) async fn a_job_that_is_given_up_leaves_a_letter_and_can_be_tried_again(
    backends: Backends,
) {
    let stack = Stack::start_with(backends, quick).await;
    let upload = given_up(&stack, 1).await.remove(0);
    // Whoever sees the Error finds the letter.
    let shown = printed(&dlq(&stack, &["show", id(&upload)]));
    assert!(shown.contains("the upload is no longer there"), "{shown}");
    let letters_now = letters(&stack);
    assert_eq!(letters_now.len(), 1, "{letters_now:?}");
    assert_eq!(letters_now[0]["job"]["media_id"], id(&upload));
    assert_eq!(letters_now[0]["attempts"], 3);
    let history = letters_now[0]["history"].as_array().unwrap();
    assert_eq!(history.last().unwrap()["phase"], "running", "{history:?}");

    let (code, status) = retry(&stack, &upload).await;
    assert_eq!(code, StatusCode::ACCEPTED, "{status}");
    let (code, status) = stack.client.outcome(&upload).await;
    assert_eq!(code, StatusCode::OK, "{status}");
    assert_eq!(status["attempts"], 1, "{status}");
    let history = status["history"].as_array().unwrap();
    assert_eq!(history.last().unwrap()["epoch"], 2, "{status}");
    assert!(letters(&stack).is_empty());
    let (code, problem) = retry(&stack, &upload).await;
    assert_eq!(code, StatusCode::CONFLICT, "{problem}");
    stack.stop().await;
}

async fn letters_are_retried_and_dropped_from_the_command_line(backends: Backends) {
    let stack = Stack::start_with(backends, quick).await;
    let uploads = given_up(&stack, 3).await;
    let table = printed(&dlq(&stack, &["list"]));
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.starts_with("ID "), "{table}");

    let dropped = printed(&dlq(&stack, &["drop", id(&uploads[0])]));
    assert_eq!(dropped, format!("{}: dropped\n", id(&uploads[0])));
    let again = dlq(&stack, &["drop", id(&uploads[0])]);
    assert!(!again.status.success());
    let queued = printed(&dlq(&stack, &["retry", "--all"]));
    assert_eq!(queued.lines().count(), 2, "{queued}");
    for upload in &uploads[1..] {
        let (code, status) = stack.client.outcome(upload).await;
        assert_eq!(code, StatusCode::OK, "{status}");
    }
    let (code, status) = stack.client.outcome(&uploads[0]).await;
    assert_eq!(code, StatusCode::INTERNAL_SERVER_ERROR, "{status}");
    assert!(letters(&stack).is_empty());

    let unknown = dlq(&stack, &["retry", "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de"]);
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(!unknown.status.success());
    assert!(said.contains("there is no such image"), "{said}");
    stack.stop().await;
}

async fn a_handler_that_crashed_is_named_in_the_letter(backends: Backends) {
    let stack = Stack::start_with(backends, quick).await;
    let upload = stack.client.upload(FAULTY_TYPE, b"panic").await;
    let (code, status) = stack.client.outcome(&upload).await;
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{status}");
    let letter = letters(&stack).remove(0);
    assert_eq!(letter["fault"], "panicked", "{letter}");
    assert_eq!(letter["handler"], status["handler"], "{letter}");
    assert_eq!(letter["reason"], status["message"], "{letter}");
    stack.stop().await;
}

pub(crate) async fn a_broken_upload_is_kept_and_leaves_no_letter(backends: Backends) {
    let stack = Stack::start_with(backends, quick).await;
    let upload = stack.client.upload("image/png", b"no picture").await;
    let (_, before) = stack.client.outcome(&upload).await;
    assert!(letters(&stack).is_empty());
    assert_eq!(stack.files("media/originals").len(), 1);
    let (code, status) = retry(&stack, &upload).await;
    assert_eq!(code, StatusCode::ACCEPTED, "{status}");
    let (code, after) = stack.client.outcome(&upload).await;
    assert_eq!(code, StatusCode::BAD_REQUEST, "{after}");
    assert_eq!(after["message"], before["message"]);
    assert!(
        after["version"].as_u64() > before["version"].as_u64(),
        "{after}"
    );
    stack.stop().await;
}

async fn an_upload_that_is_not_to_be_kept_is_gone_with_its_error(backends: Backends) {
    let stack = Stack::start_with(backends, |settings| {
        settings.worker.keep_failed_uploads_h = 0;
    })
    .await;
    let upload = stack.client.upload("image/png", b"no picture").await;
    stack.client.outcome(&upload).await;
    eventually("the upload to be removed", async || {
        stack.files("media/originals").is_empty().then_some(())
    })
    .await;
    let (code, problem) = retry(&stack, &upload).await;
    assert_eq!(code, StatusCode::GONE, "{problem}");
    stack.stop().await;
}

pub(crate) async fn the_letter_of_a_deleted_image_goes_with_it(backends: Backends) {
    let stack = Stack::start_with(backends, quick).await;
    let upload = given_up(&stack, 1).await.remove(0);
    assert_eq!(letters(&stack).len(), 1);
    let deleted = stack.client.send(Method::DELETE, &upload.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert!(letters(&stack).is_empty());
    let (code, problem) = retry(&stack, &upload).await;
    assert_eq!(code, StatusCode::NOT_FOUND, "{problem}");
    stack.stop().await;
}

async fn the_letter_of_an_image_goes_with_it_at_the_end_of_its_time(backends: Backends) {
    let stack = Stack::start_with(backends, |settings| {
        quick(settings);
        settings.reconcile.thumbnails_s = 1;
        // A day has 86,400 seconds, so these are five.
        settings.retention.error_days = 5.0 / 86_400.0;
    })
    .await;
    let upload = stack.client.upload(FAULTY_TYPE, b"panic").await;
    let (code, status) = stack.client.outcome(&upload).await;
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{status}");
    eventually("the end of its time", async || {
        let answer = stack.client.get(&upload.path).await?;
        (answer.status() == StatusCode::NOT_FOUND).then_some(())
    })
    .await;
    eventually("its letter to go", async || {
        letters(&stack).is_empty().then_some(())
    })
    .await;
    stack.stop().await;
}

#[test]
fn a_folder_without_a_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_thumbnailify-under-test"));
    command.args(["dlq", "list", "--data", "nothing-here"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("nothing-here/thumbnailify.sqlite"), "{said}");
    let made = Path::new("nothing-here/thumbnailify.sqlite");
    assert!(!folder.path().join(made).exists());
}
