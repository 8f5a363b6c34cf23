//! A poison file does not burn a fleet, and a bad handler does not stay.

use reqwest::StatusCode;
use serde_json::Value;
use thumbnailify::Settings;
use thumbnailify_bundle::FAULTY;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Client, Stack, eventually};

use crate::dead_letters::letters;

const FAULTY_TYPE: &str = "application/x-faulty";

async fn outcome_of(client: &Client, command: &str) -> Value {
    let upload = client.upload(FAULTY_TYPE, command.as_bytes()).await;
    client.outcome(&upload).await.1
}

pub(crate) async fn an_upload_on_which_its_handler_crashed_twice_is_not_run_again(
    backends: Backends,
) {
    let stack = Stack::start(backends).await;
    let first = outcome_of(&stack.client, "panic").await;
    assert_eq!(first["fault"], "panicked", "{first}");
    assert_eq!(first["attempts"], 2, "{first}");

    let again = outcome_of(&stack.client, "panic").await;
    assert_eq!(again["fault"], "quarantined", "{again}");
    let message = again["message"].as_str().unwrap();
    assert!(
        message.contains("told to panic"),
        "the reason is kept: {again}"
    );
    assert_eq!(again["handler"], Value::Null, "no handler was run: {again}");
    let letters = letters(&stack);
    let of_it = |letter: &&Value| letter["job"]["media_id"] == again["media_id"];
    let letter = letters.iter().find(of_it).unwrap();
    assert_eq!(letter["fault"], "quarantined", "{letter}");

    let other = outcome_of(&stack.client, "panic ").await;
    assert_eq!(other["fault"], "panicked", "another upload: {other}");
    stack.stop().await;
}

async fn another_build_of_the_handler_gets_another_chance(backends: Backends) {
    let stack = Stack::start(backends).await;
    outcome_of(&stack.client, "panic").await;
    assert_eq!(
        outcome_of(&stack.client, "panic").await["fault"],
        "quarantined"
    );
    let before = stack.client.listed("faulty.wasm", |_| true).await;
    stack.drop_in("faulty.wasm", &rebuilt());
    stack
        .client
        .listed("faulty.wasm", |now| now["sha256"] != before["sha256"])
        .await;
    assert_eq!(
        outcome_of(&stack.client, "panic").await["fault"],
        "panicked"
    );
    stack.stop().await;
}

on_every_backend!(
    an_upload_on_which_its_handler_crashed_twice_is_not_run_again,
    another_build_of_the_handler_gets_another_chance,
);

/// The same component with another hash: an empty custom section at its end.
fn rebuilt() -> Vec<u8> {
    let mut component = FAULTY.to_vec();
    component.extend([0, 2, 1, b'x']);
    component
}

fn judge_quickly(settings: &mut Settings) {
    settings.service.judged_runs = 4;
    settings.worker.handler_fault_attempts = 1;
}

/// Crashes the handler on the two uploads that it takes to be suspended.
async fn crash_until_suspended(stack: &Stack, sha256: &Value) -> Value {
    for command in ["panic", "panic "] {
        let outcome = outcome_of(&stack.client, command).await;
        assert_eq!(outcome["fault"], "panicked", "{outcome}");
    }
    stack
        .client
        .listed("faulty.wasm", |entry| {
            entry["state"] == "suspended" && entry["sha256"] == *sha256
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_crashes_on_most_uploads_is_taken_out_of_service_for_a_while() {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        judge_quickly(settings);
        settings.service.suspend_s = 1;
    })
    .await;
    let listed = stack.client.listed("faulty.wasm", |_| true).await;
    let suspended = crash_until_suspended(&stack, &listed["sha256"]).await;
    assert!(
        suspended["reason"].as_str().unwrap().contains("crashed"),
        "{suspended}"
    );
    let png = stack.client.upload("image/png", &png(200, 100)).await;
    assert_eq!(
        stack.client.outcome(&png).await.0,
        StatusCode::OK,
        "others go on"
    );

    stack
        .client
        .listed("faulty.wasm", |entry| entry["state"] == "ready")
        .await;
    assert_eq!(outcome_of(&stack.client, "ok").await["state"], "Completed");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_for_a_suspended_handler_are_put_off_and_readiness_names_it() {
    let stack = Stack::start_with(Backends::Embedded, judge_quickly).await;
    let listed = stack.client.listed("faulty.wasm", |_| true).await;
    crash_until_suspended(&stack, &listed["sha256"]).await;
    let busy = StatusCode::SERVICE_UNAVAILABLE;
    stack.client.answered(FAULTY_TYPE, "ok", busy).await;
    let ready: Value = stack
        .client
        .get("/readyz")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(ready["ready"], true, "{ready}");
    assert!(ready.to_string().contains("suspended"), "{ready}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_handler_does_not_come_back_by_being_copied_again() {
    let stack = Stack::start_with(Backends::Embedded, judge_quickly).await;
    let listed = stack.client.listed("faulty.wasm", |_| true).await;
    crash_until_suspended(&stack, &listed["sha256"]).await;
    stack.drop_in("faulty.wasm", FAULTY);
    // A file that comes later is dealt with later.
    stack.drop_in("later.wasm", b"no component at all");
    stack.client.listed("later.wasm", |_| true).await;
    let still = stack.client.listed("faulty.wasm", |_| true).await;
    assert_eq!(still["state"], "suspended", "{still}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_before_a_bad_one_is_put_back() {
    let stack = Stack::start_with(Backends::Embedded, judge_quickly).await;
    let good = stack.client.listed("faulty.wasm", |_| true).await;
    stack.drop_in("faulty.wasm", &rebuilt());
    let bad = stack
        .client
        .listed("faulty.wasm", |now| now["sha256"] != good["sha256"])
        .await;
    crash_until_suspended(&stack, &bad["sha256"]).await;
    let back = stack
        .client
        .listed("faulty.wasm", |entry| entry["state"] == "ready")
        .await;
    assert_eq!(back["sha256"], good["sha256"]);
    let outcome = outcome_of(&stack.client, "ok").await;
    assert_eq!(outcome["handler"]["sha256"], good["sha256"], "{outcome}");

    stack.drop_in("faulty.wasm", FAULTY);
    eventually("the bad one to be forgotten", async || {
        let listed = stack.client.handlers_of("faulty.wasm").await;
        (listed.len() == 1 && listed[0]["state"] == "ready").then_some(())
    })
    .await;
    stack.stop().await;
}
