//! A handler that goes wrong ends its own job and nothing else.

use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack};

/// Sends a command to the handler that misbehaves, and checks how its job ends and that the next one works.
async fn check(command: &str, code: u16, message: &str) {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        settings.limits.deadline_ms = 500;
        settings.limits.memory_mib = 64;
        settings.limits.raster_mib = 8;
        settings.limits.read_calls = 1_000;
    })
    .await;
    let upload = stack
        .client
        .upload("application/x-faulty", command.as_bytes())
        .await;
    let (answered, status) = stack.client.outcome(&upload).await;
    assert_eq!(
        (answered.as_u16(), status["state"].as_str()),
        (code, Some("Error")),
        "{status}"
    );
    assert!(
        status["message"].as_str().unwrap().contains(message),
        "{status}"
    );
    let next = stack.client.upload("image/png", &png(200, 100)).await;
    let (_, status) = stack.client.outcome(&next).await;
    assert_eq!(status["state"], "Completed", "{status}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_reported_with_its_message() {
    check("panic", 422, "panicked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_runs_out_of_time() {
    check("loop", 422, "500 ms (limits.deadline_ms)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_bomb_runs_out_of_memory() {
    check("memory", 422, "64 MiB (limits.memory_mib)").await;
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
    check("empty", 422, "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_recursion_crashes_the_handler_alone() {
    check("deep", 422, "the handler").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_reading_runs_out_of_reads() {
    check("read", 422, "1000 calls (limits.read_calls)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_passed_on_in_the_handlers_own_words() {
    check("fail-unsupported", 422, "").await;
}
