//! The program without a server.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use thumbnailify_tests::pictures::{assert_upright, jpeg_oriented, open};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thumbnailify-under-test"));
    command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn printed(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_thumbnail_is_made_without_any_server() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("photo.jpg"), jpeg_oriented(600, 400, 6)).unwrap();
    let said = printed(&run(
        folder.path(),
        &["handler", "run", "photo.jpg", "out.jpg"],
    ));
    assert!(said.contains("image/jpeg 100x67"), "{said}");
    assert_upright(&open(&fs::read(folder.path().join("out.jpg")).unwrap()));
}

#[test]
fn the_options_of_the_api_are_flags() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("photo.jpg"), jpeg_oriented(60, 40, 1)).unwrap();
    let run_with = |flags: &str| {
        let command = format!("handler run photo.jpg out {flags}");
        run(folder.path(), &command.split(' ').collect::<Vec<_>>())
    };
    for (flags, expected) in [
        ("--width 30", "image/jpeg 30x20"),
        (
            "--width 30 --height 30 --fit cover --format webp",
            "image/webp 30x30",
        ),
        (
            "--width 90 --upscale --format png --background ff8800",
            "image/png 90x60",
        ),
        (
            "--upscale false --quality 5 --frames first",
            "image/jpeg 60x40",
        ),
    ] {
        let said = printed(&run_with(flags));
        assert!(said.contains(expected), "{flags}: {said}");
    }
    let refused = run_with("--fit crop");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains("contain, cover, fill"),
        "{said}"
    );
}

#[test]
fn built_in_handlers_import_nothing_but_the_interface() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["png", "jpeg", "gif"] {
        let said = printed(&run(folder.path(), &["handler", "inspect", name]));
        let imports: Vec<_> = said
            .lines()
            .filter_map(|line| line.strip_prefix("imports   "))
            .collect();
        assert!(!imports.is_empty(), "{said}");
        assert!(
            imports
                .iter()
                .all(|name| name.starts_with("thumbnailify:handler/")),
            "{said}"
        );
    }
}

#[test]
fn a_file_that_is_no_handler_is_listed_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("handlers")).unwrap();
    fs::write(folder.path().join("handlers/broken.wasm"), b"not wasm").unwrap();
    let said = printed(&run(folder.path(), &["handler", "list"]));
    let line = said
        .lines()
        .find(|line| line.starts_with("broken.wasm"))
        .unwrap();
    assert!(
        line.contains("failed (not-a-component): it is not a WebAssembly component"),
        "{said}"
    );
    assert!(
        said.contains("image/png") && said.contains("image/jpeg") && said.contains("image/gif"),
        "{said}"
    );
}

#[test]
fn a_wrong_setting_is_named_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("thumbnailify.toml"),
        "[limits]\nmemory_mib = 1\n",
    )
    .unwrap();
    let output = run(folder.path(), &["serve"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("limits.memory_mib"));
    assert!(!folder.path().join("data").exists());
}

#[test]
fn the_printed_settings_hold_the_flags() {
    let folder = tempfile::tempdir().unwrap();
    let said = printed(&run(
        folder.path(),
        &["serve", "--listen", "127.0.0.1:4000", "--print-config"],
    ));
    assert!(said.contains("listen = \"127.0.0.1:4000\""), "{said}");
}
