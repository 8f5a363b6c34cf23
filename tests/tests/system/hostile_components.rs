//! Whatever lies in the handlers folder, the service goes on.

use std::fs;
use std::process::Command;

use reqwest::StatusCode;
use thumbnailify_bundle::FAULTY;
use thumbnailify_tests::components::{compile_bomb, core_module, handler, importing};
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack};

async fn check(component: &[u8], kind: &str, reason: &str) {
    check_with(
        Stack::start(Backends::Embedded).await,
        component,
        kind,
        reason,
    )
    .await;
}

/// Drops a component in, and checks what is said of it and that the next job works.
async fn check_with(stack: Stack, component: &[u8], kind: &str, reason: &str) {
    stack.drop_in("hostile.wasm", component);
    let listed = stack.client.listed("hostile.wasm", |_| true).await;
    let said = (listed["state"].as_str(), listed["kind"].as_str());
    assert_eq!(said, (Some("failed"), Some(kind)), "{listed}");
    assert!(
        listed["reason"].as_str().unwrap().contains(reason),
        "{listed}"
    );
    let next = stack.client.upload("image/png", &png(200, 100)).await;
    assert_eq!(stack.client.outcome(&next).await.0, StatusCode::OK);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_core_module_is_refused_with_the_remedy() {
    check(&core_module(), "not-a-component", "handler wrap").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_component_is_refused() {
    let half = &FAULTY[..FAULTY.len() / 2];
    check(half, "not-compiled", "it cannot be compiled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_refused() {
    check(b"hello", "not-a-component", "not a WebAssembly component").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn machine_code_is_refused() {
    let stack = Stack::start(Backends::Embedded).await;
    let compiled = fs::read_dir(thumbnailify_tests::compile_cache()).unwrap();
    let compiled = compiled.map(|entry| entry.unwrap().path()).find(|path| {
        path.extension()
            .is_some_and(|extension| extension == "cwasm")
    });
    let machine_code = fs::read(compiled.unwrap()).unwrap();
    check_with(stack, &machine_code, "not-a-component", "machine code").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_wants_the_network_is_refused() {
    let component = importing("wasi:http/outgoing-handler@0.2.0");
    check(
        &component,
        "refused-import",
        "wasi:http/outgoing-handler@0.2.0",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_exports_no_handler_is_refused() {
    check(&importing("wasi:cli/stdout@0.2.0"), "wrong-interface", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_that_is_too_large_from_the_start_is_refused() {
    check(
        &handler(65_536, "unreachable"),
        "not-compiled",
        "within the budgets",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_describe_that_traps_is_refused() {
    check(&handler(1, "unreachable"), "bad-description", "crashed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_describe_that_hangs_is_refused() {
    let endless = handler(1, "(loop br 0) unreachable");
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        settings.limits.deadline_ms = 500;
    })
    .await;
    check_with(stack, &endless, "bad-description", "500 ms").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_takes_too_long_to_compile_is_given_up() {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        settings.compile.cpu_s = 1;
    })
    .await;
    let bomb = compile_bomb(1_000_000);
    check_with(stack, &bomb, "not-compiled", "compile.cpu_s").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_takes_too_much_memory_to_compile_is_given_up() {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        settings.compile.memory_mib = 256;
    })
    .await;
    let bomb = compile_bomb(1_000_000);
    check_with(stack, &bomb, "not-compiled", "compile.memory_mib").await;
}

/// Whoever opens a pipe to read it waits for somebody to write.
#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_in_the_place_of_a_signature_holds_nothing_up() {
    let stack = Stack::start(Backends::Embedded).await;
    let pipe = stack.handlers_folder().join("hostile.wasm.minisig");
    let made = Command::new("mkfifo").arg(pipe).status().unwrap();
    assert!(made.success());
    check_with(stack, FAULTY, "unreadable", "it is not a file").await;
}
