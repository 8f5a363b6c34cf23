//! What authors of handlers are promised: one command starts a project, one builds it, and what it makes is a
//! handler.

#![expect(clippy::unwrap_used, reason = "this whole crate is tests")]

mod commands;
mod drop_in;
mod examples;
mod pnm;
mod templates;
mod xpm;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use image::DynamicImage;
use tempfile::TempDir;
use thumbnailify_tests::pictures::open;

/// The program in a folder of its own, with a folder of handlers.
struct Desk {
    folder: TempDir,
}

/// What the program said and did.
struct Said {
    succeeded: bool,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("handlers")).unwrap();
        Self { folder }
    }

    /// A desk with one handler on it, as `handler.wasm`.
    fn with(component: &Path) -> Self {
        let desk = Self::new();
        fs::copy(component, desk.path("handlers/handler.wasm")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, contents: &[u8]) {
        fs::write(self.path(name), contents).unwrap();
    }

    fn handler(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thumbnailify-under-test"));
        command.arg("handler").args(arguments);
        Said::of(&command.current_dir(&self.folder).output().unwrap())
    }

    /// Has a thumbnail made, and returns it with what the program said.
    fn run(&self, file: &str) -> (DynamicImage, Said) {
        let said = self.handler(&["run", file, "thumbnail", "--cache", compiled()]);
        assert!(said.succeeded, "{file}: {}", said.err);
        (open(&fs::read(self.path("thumbnail")).unwrap()), said)
    }

    /// Checks that a file is refused with a sentence of the handler's own: a crash is told in other words.
    fn refuses(&self, file: &str) {
        let said = self.handler(&["run", file, "thumbnail", "--cache", compiled()]);
        let sentence = said.err.rsplit(&format!("{file}: ")).next().unwrap().trim();
        assert!(
            !said.succeeded && !self.path("thumbnail").exists(),
            "{file}"
        );
        let is_sentence = sentence.starts_with(char::is_uppercase) && sentence.ends_with('.');
        assert!(is_sentence, "{file}: {}", said.err);
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            succeeded: output.status.success(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// What stands behind a label, line by line.
    fn labelled(&self, label: &str) -> Vec<&str> {
        let mut found = Vec::new();
        for line in self.out.lines() {
            if let Some((found_label, value)) = line.split_once(' ')
                && found_label == label
            {
                found.push(value.trim_start());
            }
        }
        found
    }
}

/// Checks what is seen of a component: its name, its type with extension and signature, that it is a handler,
/// and that it imports nothing but our interface and what else is named.
fn assert_inspected(component: &Path, name: &str, takes: &[&str], other_imports: &[&str]) {
    let component = component.to_str().unwrap();
    let said = Desk::new().handler(&["inspect", component, "--cache", compiled()]);
    assert!(said.succeeded, "{}", said.err);
    assert_eq!(said.labelled("name"), [name]);
    assert_eq!(said.labelled("version"), ["0.1.0"]);
    assert_eq!(said.labelled("takes"), takes);
    let exports = said.labelled("exports");
    assert!(
        exports.contains(&"thumbnailify:handler/handler@1.0.0"),
        "{exports:?}"
    );
    let is_known = |import: &&str| {
        let mut known = ["thumbnailify:handler/"].iter().chain(other_imports);
        known.any(|package| import.starts_with(package))
    };
    let imports = said.labelled("imports");
    assert!(
        !imports.is_empty() && imports.iter().all(is_known),
        "{imports:?}"
    );
}

/// Compiled handlers, which all tests share.
fn compiled() -> &'static str {
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../target/tests-compiled-handlers"
    )
}
