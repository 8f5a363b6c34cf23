//! A handler that goes wrong ends its own job and nothing else.

use thumbnailify::Settings;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack};

async fn start() -> Stack {
    start_with(|_| {}).await
}

async fn start_with(change: impl FnOnce(&mut Settings)) -> Stack {
    Stack::start_with(Backends::Embedded, |settings| {
        // Long enough for a slow machine to come to the other limits first.
        settings.limits.deadline_ms = 10_000;
        settings.limits.memory_mib = 256;
        settings.limits.raster_mib = 8;
        settings.limits.read_mib = 1;
        settings.limits.read_calls = 1_000;
        change(settings);
    })
    .await
}

/// Sends a command to the handler that misbehaves, and checks how its job ends.
async fn check_on(stack: &Stack, command: &str, code: u16, fault: Option<&str>, message: &str) {
    let upload = stack
        .client
        .upload("application/x-faulty", command.as_bytes())
        .await;
    let (answered, status) = stack.client.outcome(&upload).await;
    let outcome = (answered.as_u16(), status["state"].as_str());
    assert_eq!(outcome, (code, Some("Error")), "{command}: {status}");
    assert_eq!(status["fault"].as_str(), fault, "{command}: {status}");
    assert!(
        status["message"].as_str().unwrap().contains(message),
        "{command}: {status}"
    );
}

/// Sends a command that is no offence, and checks that its job is completed.
async fn check_completed(stack: &Stack, command: &str) {
    let upload = stack
        .client
        .upload("application/x-faulty", command.as_bytes())
        .await;
    let (_, status) = stack.client.outcome(&upload).await;
    assert_eq!(status["state"], "Completed", "{command}: {status}");
}

/// Checks how a command ends, and that the next job works.
async fn check(command: &str, fault: &str, message: &str) {
    check_and_stop(start().await, command, fault, message).await;
}

async fn check_and_stop(stack: Stack, command: &str, fault: &str, message: &str) {
    check_on(&stack, command, 422, Some(fault), message).await;
    let next = stack.client.upload("image/png", &png(200, 100)).await;
    let (_, status) = stack.client.outcome(&next).await;
    assert_eq!(status["state"], "Completed", "{status}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_sees_nothing_of_the_call_before() {
    let stack = start_with(|settings| settings.worker.slots = 1).await;
    for command in ["leave", "seek", "leave", "seek", "seek"] {
        check_completed(&stack, command).await;
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_reported_with_its_message() {
    check("panic", "panicked", "told to panic").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_runs_out_of_time() {
    let stack = start_with(|settings| settings.limits.deadline_ms = 500).await;
    check_and_stop(
        stack,
        "loop",
        "timed-out",
        "500 ms (raise it with handler.faulty.deadline_ms)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_bomb_runs_out_of_memory() {
    check(
        "memory",
        "out-of-memory",
        "256 MiB (raise it with handler.faulty.memory_mib)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_answer_is_refused() {
    check(
        "huge",
        "answer-too-large",
        "8 MiB (raise it with handler.faulty.raster_mib)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_that_does_not_fit_the_pixels_is_refused() {
    check("lie", "bad-answer", "bytes of pixels").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_without_a_size_is_refused() {
    check("empty", "bad-answer", "no size").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_recursion_crashes_the_handler_alone() {
    check("deep", "stack-overflow", "overflowed its stack").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_reading_runs_out_of_reads() {
    check(
        "read",
        "too-many-reads",
        "1000 calls (raise it with handler.faulty.read_calls)",
    )
    .await;
}

/// The command is long, so that it is read often enough within the number of calls.
#[tokio::test(flavor = "multi_thread")]
async fn endless_reading_of_everything_runs_out_of_bytes() {
    let command = format!("read-all{}", " ".repeat(100_000));
    check(
        &command,
        "too-much-read",
        "1 MiB (raise it with handler.faulty.read_mib)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn much_metadata_counts_as_a_huge_answer() {
    check(
        "metadata",
        "answer-too-large",
        "8 MiB (raise it with handler.faulty.raster_mib)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_many_words_is_cut_short() {
    let stack = start_with(|settings| settings.limits.raster_mib = 64).await;
    let upload = stack
        .client
        .upload("application/x-faulty", b"fail-long")
        .await;
    let (_, status) = stack.client.outcome(&upload).await;
    let message = status["message"].as_str().unwrap();
    assert!(message.starts_with("no no no"), "{status}");
    assert_eq!(message.chars().count(), 500, "{status}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_passed_on_in_the_handlers_own_words() {
    let stack = start().await;
    check_on(&stack, "fail-unsupported", 422, None, "Told to fail.").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_way_to_answer_wrongly_is_refused() {
    let stack = start().await;
    let bad_answer = Some("bad-answer");
    for (command, code, fault, message) in [
        ("surplus", 422, bad_answer, "bytes of pixels"),
        ("overflow", 422, Some("source-too-large"), "1000 megapixels"),
        ("no-source-size", 422, bad_answer, "no size"),
        ("no-frames", 422, bad_answer, "no frames"),
        (
            "many-frames",
            422,
            Some("too-many-frames"),
            "256 frames (raise it with handler.faulty.frames)",
        ),
        ("uneven", 422, bad_answer, "differ in size or format"),
        ("embedded", 422, bad_answer, "nested too deeply"),
        ("embedded-rubbish", 400, None, "PNG"),
        ("embedded-unknown", 422, None, "no handler for a/b"),
        ("fail-malformed", 400, None, "Told to fail."),
        ("fail-encrypted", 422, None, "Told to fail."),
        ("fail-too-large", 422, None, "Told to fail."),
        ("fail-no-picture", 422, None, "Told to fail."),
        ("fail-other", 400, None, "Told to fail."),
    ] {
        check_on(&stack, command, code, fault, message).await;
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flooded_log_does_no_harm() {
    let stack = start().await;
    check_completed(&stack, "log").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_but_honest_ways_to_work_are_fine() {
    let stack = start().await;
    for command in ["ok", "moving", "read-beyond"] {
        check_completed(&stack, command).await;
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_more_pixels_than_the_budget_is_refused() {
    let stack = start_with(|settings| settings.limits.source_megapixels = 1).await;
    let large = stack.client.upload("image/png", &png(1_100, 1_000)).await;
    let (code, status) = stack.client.outcome(&large).await;
    assert_eq!(code.as_u16(), 422, "{status}");
    let message = status["message"].as_str().unwrap();
    assert!(
        message.contains("1000000 pixels (source_megapixels)"),
        "{status}"
    );
    stack.stop().await;
}
