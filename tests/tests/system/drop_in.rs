//! Handlers come, change and go while the service runs.

use std::fs;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use thumbnailify_bundle::FAULTY;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Client, Stack, eventually};

const FAULTY_TYPE: &str = "application/x-faulty";

/// The handler that obeys, as its next version: the numbers are of the same length.
fn next_version() -> Vec<u8> {
    let (old, new) = (env!("CARGO_PKG_VERSION").as_bytes(), b"9.9.9");
    assert_eq!(old.len(), new.len());
    let mut component = FAULTY.to_vec();
    let places: Vec<_> = component
        .windows(old.len())
        .enumerate()
        .filter(|(_, bytes)| *bytes == old)
        .map(|(place, _)| place)
        .collect();
    for place in places {
        component[place..place + new.len()].copy_from_slice(new);
    }
    component
}

async fn completed_by(client: &Client) -> Value {
    let upload = client.upload(FAULTY_TYPE, b"ok").await;
    let (_, status) = client.outcome(&upload).await;
    assert_eq!(status["state"], "Completed", "{status}");
    status["handler"].clone()
}

pub(crate) async fn a_file_that_is_dropped_in_takes_jobs_and_one_that_is_taken_out_takes_none(
    backends: Backends,
) {
    let stack = Stack::start(backends).await;
    stack.take_out("faulty.wasm");
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let refused = stack.client.answered(FAULTY_TYPE, "ok", unsupported).await;
    assert_eq!(
        refused["supported"],
        serde_json::json!(["image/gif", "image/jpeg", "image/png"]),
        "{refused}"
    );

    stack.drop_in("faulty.wasm", FAULTY);
    stack
        .client
        .answered(FAULTY_TYPE, "ok", StatusCode::ACCEPTED)
        .await;
    let handler = completed_by(&stack.client).await;
    assert_eq!(handler["name"], "faulty");

    stack.take_out("faulty.wasm");
    stack.client.answered(FAULTY_TYPE, "ok", unsupported).await;
    stack.stop().await;
}

on_every_backend!(a_file_that_is_dropped_in_takes_jobs_and_one_that_is_taken_out_takes_none);

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_appears_later_is_noticed() {
    let stack = Stack::start(Backends::Embedded).await;
    fs::remove_dir_all(stack.handlers_folder()).unwrap();
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    stack.client.answered(FAULTY_TYPE, "ok", unsupported).await;
    fs::create_dir(stack.handlers_folder()).unwrap();
    stack.drop_in("faulty.wasm", FAULTY);
    stack
        .client
        .answered(FAULTY_TYPE, "ok", StatusCode::ACCEPTED)
        .await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_fails_while_a_handler_is_replaced() {
    let stack = Stack::start(Backends::Embedded).await;
    assert_eq!(
        completed_by(&stack.client).await["version"],
        env!("CARGO_PKG_VERSION")
    );
    // Every client goes on until it has seen the next version, and each of its jobs must be completed.
    let until_the_next = async || {
        eventually("the next version", async || {
            (completed_by(&stack.client).await["version"] == "9.9.9").then_some(())
        })
        .await;
    };
    // As some programs do that copy files: the old one is deleted first.
    let replace = async || {
        stack.take_out("faulty.wasm");
        stack.drop_in("faulty.wasm", &next_version());
    };
    tokio::join!(
        until_the_next(),
        until_the_next(),
        until_the_next(),
        until_the_next(),
        replace()
    );
    assert_eq!(completed_by(&stack.client).await["version"], "9.9.9");
    stack.stop().await;
}

/// The handler that obeys, made large by a section that means nothing.
fn large() -> Vec<u8> {
    const SECTION_BYTES: usize = 3 << 20;
    let mut component = FAULTY.to_vec();
    // A custom section: its id, its length in seven bits a byte, and the name `x` (WebAssembly, section 5.5.3).
    component.push(0);
    component.extend([0x80, 0x80, 0xc0, 0x01]);
    component.extend([1, b'x']);
    component.resize(component.len() + SECTION_BYTES - 2, 0);
    component
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_component_serves_before_its_best_code_is_there() {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        settings.cache = None;
        // How long the code that was compiled in haste can be seen at least.
        settings.service.rescan_ms = 5_000;
    })
    .await;
    stack.drop_in("faulty.wasm", &large());
    let code_of = |handler: &Value, suffix: &str| {
        let start = handler["sha256"].as_str().unwrap().to_owned();
        let names = stack.files("cache").into_iter();
        let mut names = names.map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
        names.any(|name| name.starts_with(&start) && name.ends_with(suffix))
    };
    let hasty = eventually("code compiled in haste", async || {
        let listed = stack.client.handlers_of("faulty.wasm").await;
        let hasty = listed
            .into_iter()
            .find(|entry| code_of(entry, ".quick.cwasm"));
        hasty.filter(|entry| entry["state"] == "ready")
    })
    .await;
    assert_eq!(completed_by(&stack.client).await["sha256"], hasty["sha256"]);
    eventually("the best code alone", async || {
        (code_of(&hasty, ".cwasm") && !code_of(&hasty, ".quick.cwasm")).then_some(())
    })
    .await;
    assert_eq!(completed_by(&stack.client).await["sha256"], hasty["sha256"]);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_became_rubbish_leaves_the_last_good_version_in_service() {
    let stack = Stack::start(Backends::Embedded).await;
    stack.drop_in("faulty.wasm", b"no component at all");
    let failed = stack
        .client
        .listed("faulty.wasm", |entry| entry["state"] == "failed")
        .await;
    assert_eq!(failed["kind"], "not-a-component", "{failed}");
    let good = stack
        .client
        .listed("faulty.wasm", |entry| entry["state"] == "ready")
        .await;
    assert_eq!(completed_by(&stack.client).await["sha256"], good["sha256"]);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_takes_the_place_of_a_built_in_handler_only_where_that_is_allowed() {
    for (is_allowed, expected) in [(false, "shadowed"), (true, "ready")] {
        let stack = Stack::start_with(Backends::Embedded, |settings| {
            settings.service.replace_built_in = is_allowed;
        })
        .await;
        let png_handler = thumbnailify_bundle::HANDLERS
            .iter()
            .find(|handler| handler.name == "png");
        stack.drop_in("mine.wasm", png_handler.unwrap().component);
        let mine = stack.client.listed("mine.wasm", |_| true).await;
        assert_eq!(mine["state"], expected, "{mine}");
        let upload = stack.client.upload("image/png", &png(200, 100)).await;
        assert_eq!(stack.client.outcome(&upload).await.0, StatusCode::OK);
        stack.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_files_for_one_type_the_first_by_name_takes_it() {
    let stack = Stack::start(Backends::Embedded).await;
    stack.drop_in("another.wasm", &next_version());
    stack
        .client
        .listed("another.wasm", |entry| entry["state"] == "ready")
        .await;
    let second = stack.client.listed("faulty.wasm", |_| true).await;
    assert_eq!(second["state"], "shadowed", "{second}");
    assert!(
        second["reason"].as_str().unwrap().contains("another.wasm"),
        "{second}"
    );
    assert_eq!(completed_by(&stack.client).await["version"], "9.9.9");
    stack.stop().await;
}

/// Its worker dies with the job's handler gone, so the job waits for the handler and not for a worker.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_handler_is_gone_waits_for_it_uncounted() {
    let stack = Stack::start(Backends::Embedded).await;
    // One more job than there are slots, so that the last one meets a registry without its handler.
    let mut uploads = Vec::new();
    for _ in 0..8 {
        uploads.push(stack.client.upload(FAULTY_TYPE, b"nap").await);
    }
    stack.take_out("faulty.wasm");
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    stack.client.answered(FAULTY_TYPE, "ok", unsupported).await;
    stack.drop_in("faulty.wasm", FAULTY);
    for upload in &uploads {
        let (_, status) = stack.client.outcome(upload).await;
        assert_eq!(status["state"], "Completed", "{status}");
        assert_eq!(status["attempts"], 1, "{status}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_does_not_wait_for_a_handler_for_ever() {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        settings.worker.handler_wait_s = 0;
        settings.worker.slots = 1;
        settings.service.rescan_ms = 100;
    })
    .await;
    let mut uploads = Vec::new();
    for _ in 0..8 {
        uploads.push(stack.client.upload(FAULTY_TYPE, b"nap").await);
    }
    let (first, last) = (&uploads[0], &uploads[7]);
    stack.client.running(first).await;
    stack.take_out("faulty.wasm");
    let (code, status) = stack.client.outcome(last).await;
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{status}");
    let message = status["message"].as_str().unwrap();
    assert!(
        message.contains("no handler for application/x-faulty"),
        "{status}"
    );
    let deleted = stack.client.send(Method::DELETE, &first.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    stack.stop().await;
}
