//! The kit that tests handlers passes the good ones and finds out the bad one.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use thumbnailify_bundle::FAULTY;
use thumbnailify_tests::pictures::{animated_gif, jpeg_oriented, png, png_with_alpha};

const HARMLESS: [&str; 9] = [
    "loads",
    "describes itself",
    "describes itself the same",
    "empty upload",
    "one byte",
    "text",
    "noise",
    "signature and noise",
    "64 MiB of zeros",
];
const OF_FILES: [&str; 7] = [
    "good files",
    "size of the raster",
    "other boxes",
    "one frame",
    "same again",
    "cut files",
    "flipped bits",
];

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thumbnailify-under-test"));
    command
        .args(["handler", "test"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn report(output: &Output) -> Value {
    let complaint = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {complaint}"))
}

fn outcome<'a>(report: &'a Value, check: &str) -> &'a str {
    let mut checks = report["checks"].as_array().unwrap().iter();
    let found = checks.find(|found| found["name"] == check);
    found.unwrap_or_else(|| panic!("{check}: {report}"))["outcome"]
        .as_str()
        .unwrap()
}

/// A folder with a corpus.
fn with_corpus(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("corpus")).unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join("corpus").join(name), bytes).unwrap();
    }
    folder
}

/// Checks that a built-in handler passes everything.
fn check_passes(handler: &str, files: &[(&str, &[u8])]) {
    let folder = with_corpus(files);
    let output = run(folder.path(), &[handler, "--json", "--corpus", "corpus"]);
    let report = report(&output);
    for check in HARMLESS.iter().chain(&OF_FILES) {
        assert_eq!(
            outcome(&report, check),
            "passed",
            "{handler}, {check}: {report:#}"
        );
    }
    assert!(output.status.success());
    assert!(report["peaks"]["memory_bytes"].as_u64().unwrap() > 0);
}

#[test]
fn the_png_handler_passes() {
    let files = [
        ("wide.png", &*png(300, 200)),
        ("tiny.png", &png(3, 2)),
        ("transparent.PNG", &png_with_alpha(40, 90)),
    ];
    check_passes("png", &files);
}

#[test]
fn the_jpeg_handler_passes() {
    let files = [
        ("turned.jpg", &*jpeg_oriented(500, 300, 6)),
        ("mirrored.jpeg", &jpeg_oriented(40, 60, 7)),
    ];
    check_passes("jpeg", &files);
}

#[test]
fn the_gif_handler_passes() {
    check_passes("gif", &[("moving.gif", &animated_gif(260, 120, &[40, 80, 120]))]);
}

/// The faulty handler with its commands as a corpus, small budgets, and a folder for what fails.
fn faulty(commands: &[&str], deadline_ms: u32) -> (TempDir, Output) {
    let texts: Vec<_> = commands
        .iter()
        .map(|name| (format!("{name}.faulty"), *name))
        .collect();
    let files: Vec<_> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let folder = with_corpus(&files);
    fs::write(folder.path().join("faulty.wasm"), FAULTY).unwrap();
    let limits =
        format!("[limits]\ndeadline_ms = {deadline_ms}\nread_calls = 1000\nraster_mib = 8\n");
    fs::write(folder.path().join("thumbnailify.toml"), limits).unwrap();
    let arguments = [
        "faulty.wasm",
        "--json",
        "--corpus",
        "corpus",
        "--keep",
        "failed",
    ];
    let output = run(folder.path(), &arguments);
    (folder, output)
}

/// Checks which checks a command fails, and with which words.
fn check_fails(command: &str, failed: &[&str], words: &str) {
    // Long enough for a slow machine to come to the other limits first.
    let deadline_ms = if command == "loop" { 300 } else { 10_000 };
    let (_folder, output) = faulty(&[command], deadline_ms);
    assert!(!output.status.success(), "{command}");
    let report = report(&output);
    for check in failed {
        assert_eq!(
            outcome(&report, check),
            "failed",
            "{command}, {check}: {report:#}"
        );
    }
    assert_eq!(outcome(&report, "noise"), "passed", "{report:#}");
    assert!(report.to_string().contains(words), "{command}: {report:#}");
}

#[test]
fn what_crashes_hangs_or_outgrows_its_budgets_fails() {
    let everywhere = &OF_FILES[..5];
    check_fails("panic", everywhere, "told to panic");
    check_fails("loop", everywhere, "ran out of time");
    check_fails("read", everywhere, "read too often");
    check_fails("huge", everywhere, "answer is too large");
    check_fails("lie", everywhere, "bytes of pixels");
    check_fails("no-source-size", everywhere, "no size");
}

#[test]
fn what_ignores_the_request_fails() {
    check_fails("moving", &["one frame"], "max-frames was 1");
}

#[test]
fn a_failed_upload_is_kept_and_fails_again() {
    let (folder, output) = faulty(&["panic", "ok"], 10_000);
    let report = report(&output);
    assert_eq!(outcome(&report, "good files"), "failed", "{report:#}");
    let kept = folder.path().join("failed/good-files-1.faulty");
    assert_eq!(fs::read(kept).unwrap(), b"panic");
}

#[test]
fn a_clean_refusal_is_no_failure() {
    let (_folder, output) = faulty(&["fail-malformed"], 10_000);
    let report = report(&output);
    for check in OF_FILES {
        assert_eq!(outcome(&report, check), "passed", "{check}: {report:#}");
    }
    assert!(output.status.success());
}

#[test]
fn what_cannot_be_tried_is_skipped_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["gif"]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = said
        .lines()
        .filter(|line| line.contains("skipped "))
        .collect();
    assert!(lines.iter().any(|line| line.contains("--corpus")), "{said}");
    assert!(said.ends_with("9 passed, 0 failed, 7 skipped\n"), "{said}");
    assert!(said.contains("memory, MiB"), "{said}");
}

#[test]
fn what_does_not_load_fails_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("broken.wasm"), "no component").unwrap();
    let output = run(folder.path(), &["broken.wasm", "--json"]);
    assert!(!output.status.success());
    let report = report(&output);
    assert_eq!(outcome(&report, "loads"), "failed");
    assert!(
        report.to_string().contains("not a WebAssembly component"),
        "{report}"
    );
}
