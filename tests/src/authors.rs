//! Handlers built as their authors build them: by `make`, with the program under test and the toolchain of the
//! language.
//!
//! What is built is kept below the target folder, and used again until a source of it changes. Where a
//! toolchain is missing there is no component: that is said on standard error, and in CI it is a failure.

mod sources;
mod toolchain;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

/// The examples in `plugins/examples`, each with its language.
const EXAMPLES: &[(&str, &str)] = &[
    ("qoi", "rust"),
    ("farbfeld", "c"),
    ("pnm", "python"),
    ("xpm", "js"),
];

/// What makes a component of what a compiler has made.
const WRAP: &str = "thumbnailify/src/commands/handler/wrap.rs";

/// The component of an example.
///
/// # Panics
/// It does not build.
#[must_use]
pub fn example(name: &str) -> Option<PathBuf> {
    let found = EXAMPLES.iter().find(|(example, _)| *example == name);
    let (_, language) = found.expect("EXAMPLES has it");
    let build = |place: &Place| {
        let folder = repository().join("plugins/examples").join(name);
        let around = ["plugins/sdk", "wit", WRAP].map(|path| repository().join(path));
        let sources = [[folder.clone()].as_slice(), &around].concat();
        place.keep(&sources, || made_in(&folder, name));
    };
    once(&format!("{name}-example"), language, build)
}

/// The component of a project as `thumbnailify handler new` starts it.
///
/// # Panics
/// It cannot be started, or does not build.
#[must_use]
pub fn new_project(language: &str, name: &str) -> Option<PathBuf> {
    changed_project(language, name, |_| {})
}

/// The component of a project that was changed after `thumbnailify handler new` has started it.
///
/// # Panics
/// It cannot be started, or does not build.
#[must_use]
pub fn changed_project(language: &str, name: &str, change: impl FnOnce(&Path)) -> Option<PathBuf> {
    let build = |place: &Place| {
        let (fresh, folder) = (place.beside("fresh"), place.beside("project"));
        remove(&fresh);
        let mut new = Command::new(program());
        new.args(["handler", "new", name, "--lang", language, "--dir"]);
        succeed(new.arg(&fresh));
        change(&fresh);
        place.keep(&[fresh.clone(), repository().join(WRAP)], || {
            remove(&folder);
            fs::rename(&fresh, &folder).unwrap();
            made_in(&folder, name)
        });
    };
    once(&format!("{name}-{language}"), language, build)
}

/// Builds a component at most once in this process, and none beside another: each takes all the cores.
fn once(key: &str, language: &str, build: impl FnOnce(&Place)) -> Option<PathBuf> {
    static BUILT: Mutex<BTreeMap<String, Option<PathBuf>>> = Mutex::new(BTreeMap::new());
    // A build that failed has failed its own test alone.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let component = built.entry(key.to_owned()).or_insert_with(|| {
        toolchain::is_there(language, key).then(|| {
            let place = Place::of(key);
            build(&place);
            place.beside("wasm")
        })
    });
    component.clone()
}

/// Where a component is kept, with a hash of its sources.
struct Place(PathBuf);

impl Place {
    fn of(key: &str) -> Self {
        let folder = target().join("authors");
        fs::create_dir_all(&folder).unwrap();
        Self(folder.join(key))
    }

    fn beside(&self, extension: &str) -> PathBuf {
        self.0.with_extension(extension)
    }

    /// Builds and keeps the component, unless the one that is kept is of these very sources.
    fn keep(&self, sources: &[PathBuf], build: impl FnOnce() -> PathBuf) {
        let hash = sources::hash(sources);
        let (kept, known) = (self.beside("wasm"), self.beside("sources"));
        if kept.exists() && fs::read_to_string(&known).is_ok_and(|known| known == hash) {
            return;
        }
        remove(&known);
        fs::copy(build(), &kept).unwrap();
        fs::write(&known, hash).unwrap();
    }
}

/// Runs the one command that authors are told, and says where the component is.
fn made_in(folder: &Path, name: &str) -> PathBuf {
    let component = folder.join(name).with_extension("wasm");
    if component.exists() {
        fs::remove_file(&component).unwrap();
    }
    let mut make = toolchain::make();
    make.current_dir(folder);
    make.env("THUMBNAILIFY", program());
    // One folder for all that is built in between: the projects in Rust share their dependencies.
    make.env("BUILD", target().join("authors/build"));
    succeed(&mut make);
    component
}

fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{:?} in {:?} failed:\n{}\n{}",
        command.get_program(),
        command.get_current_dir().unwrap_or(Path::new(".")),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn remove(path: &Path) {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    assert!(removed.is_ok() || !path.exists(), "{removed:?}");
}

/// The program under test, which cargo puts above the folder of the test that is running.
fn program() -> PathBuf {
    let folder = env::current_exe().unwrap();
    let folder = folder.ancestors().nth(2).unwrap();
    folder.join("thumbnailify-under-test")
}

fn target() -> PathBuf {
    let program = program();
    let tagged = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists());
    tagged.expect("cargo marks its target folder").into()
}

fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().into()
}
