//! A handler that goes wrong ends its own job and nothing else.

use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack};

async fn start() -> Stack {
    Stack::start_with(Backends::Embedded, |settings| {
        settings.limits.deadline_ms = 500;
        settings.limits.memory_mib = 256;
        settings.limits.raster_mib = 8;
        settings.limits.read_calls = 1_000;
    })
    .await
}

/// Sends a command to the handler that misbehaves, and checks how its job ends.
async fn check_on(stack: &Stack, command: &str, code: u16, message: &str) {
    let upload = stack
        .client
        .upload("application/x-faulty", command.as_bytes())
        .await;
    let (answered, status) = stack.client.outcome(&upload).await;
    let outcome = (answered.as_u16(), status["state"].as_str());
    assert_eq!(outcome, (code, Some("Error")), "{command}: {status}");
    assert!(
        status["message"].as_str().unwrap().contains(message),
        "{command}: {status}"
    );
}

/// The same, and that the next job works.
async fn check(command: &str, code: u16, message: &str) {
    let stack = start().await;
    check_on(&stack, command, code, message).await;
    let next = stack.client.upload("image/png", &png(200, 100)).await;
    let (_, status) = stack.client.outcome(&next).await;
    assert_eq!(status["state"], "Completed", "{status}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_reported_with_its_message() {
    check("panic", 422, "told to panic").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_runs_out_of_time() {
    check("loop", 422, "500 ms (limits.deadline_ms)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_bomb_runs_out_of_memory() {
    check("memory", 422, "256 MiB (limits.memory_mib)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_answer_is_refused() {
    check("huge", 422, "8 MiB (limits.raster_mib)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_that_does_not_fit_the_pixels_is_refused() {
    check("lie", 422, "bytes of pixels").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_without_a_size_is_refused() {
    check("empty", 422, "no size").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_recursion_crashes_the_handler_alone() {
    check("deep", 422, "the handler crashed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_reading_runs_out_of_reads() {
    check("read", 422, "1000 calls (limits.read_calls)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_passed_on_in_the_handlers_own_words() {
    check("fail-unsupported", 422, "Told to fail.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_way_to_answer_wrongly_is_refused() {
    let stack = start().await;
    for (command, code, message) in [
        ("surplus", 422, "bytes of pixels"),
        ("overflow", 422, "bytes of pixels"),
        ("no-source-size", 422, "no size"),
        ("no-frames", 422, "no frames"),
        ("many-frames", 422, "(limits.frames)"),
        ("uneven", 422, "differ in size or format"),
        ("embedded", 422, "nested too deeply"),
        ("embedded-rubbish", 400, "PNG"),
        ("embedded-unknown", 422, "no handler for a/b"),
        ("fail-malformed", 400, "Told to fail."),
        ("fail-encrypted", 422, "Told to fail."),
        ("fail-too-large", 422, "Told to fail."),
        ("fail-no-picture", 422, "Told to fail."),
        ("fail-other", 400, "Told to fail."),
    ] {
        check_on(&stack, command, code, message).await;
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flooded_log_does_no_harm() {
    let stack = start().await;
    let upload = stack.client.upload("application/x-faulty", b"log").await;
    let (_, status) = stack.client.outcome(&upload).await;
    assert_eq!(status["state"], "Completed", "{status}");
    stack.stop().await;
}
