//! A handler that was built once goes on working, and one from the future is refused by its version.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use thumbnailify_tests::pictures::{assert_near, open};

/// Built when version 1.0 of the interface was released; its source is beside it.
const BUILT_FOR_1_0: &[u8] = include_bytes!("../../fixtures/handler-1.0.wasm");

/// The same handler, had it been built for an interface of the same content and another version.
fn built_for(version: &str) -> Vec<u8> {
    let (old, new) = (b"@1.0.0", format!("@{version}"));
    // Names carry their lengths before them.
    assert_eq!(old.len(), new.len());
    let mut component = BUILT_FOR_1_0.to_vec();
    let mut at = 0;
    while at + old.len() <= component.len() {
        if component[at..].starts_with(old) {
            component[at..at + old.len()].copy_from_slice(new.as_bytes());
        }
        at += 1;
    }
    component
}

fn folder_with(component: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("handlers")).unwrap();
    fs::write(folder.path().join("handlers/colour.wasm"), component).unwrap();
    let picture = b"CLR1\x28\x14\xdc\x32\x0a";
    fs::write(folder.path().join("red.colour"), picture).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thumbnailify-under-test"));
    command
        .arg("handler")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn check_works(component: &[u8]) {
    let folder = folder_with(component);
    let output = run(folder.path(), &["run", "red.colour", "out.png"]);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let thumbnail = open(&fs::read(folder.path().join("out.png")).unwrap());
    assert_eq!((thumbnail.width(), thumbnail.height()), (40, 20));
    assert_near(
        thumbnail.to_rgb8().get_pixel(20, 10).0,
        [220, 50, 10],
        "the middle",
    );
}

fn check_refused(component: &[u8], reason: &str) {
    let folder = folder_with(component);
    let output = run(folder.path(), &["inspect", "handlers/colour.wasm"]);
    assert!(!output.status.success());
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains(reason), "{complaint}");
}

#[test]
fn a_handler_built_for_1_0_works_for_good() {
    check_works(BUILT_FOR_1_0);
}

#[test]
fn a_handler_built_for_a_later_1_x_of_the_same_content_works() {
    check_works(&built_for("1.1.0"));
    check_works(&built_for("1.9.9"));
}

#[test]
fn a_handler_built_for_another_major_version_is_refused_by_its_version() {
    check_refused(
        &built_for("2.0.0"),
        "it exports version 2.0.0 of the handler interface, and this program knows 1.x",
    );
    check_refused(&built_for("0.9.0"), "it exports version 0.9.0");
}

#[test]
fn a_handler_built_for_1_0_passes_every_test() {
    let folder = folder_with(BUILT_FOR_1_0);
    let arguments = ["test", "handlers/colour.wasm", "--corpus", "."];
    let output = run(folder.path(), &arguments);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.ends_with("16 passed, 0 failed, 0 skipped\n"), "{said}");
}
