use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::repository;

/// Says whether the toolchain of a language is there.
///
/// # Panics
/// In CI, it is not.
pub(super) fn is_there(language: &str, wanted_for: &str) -> bool {
    let Some(missing) = missing_for(language) else {
        return true;
    };
    let skipped = format!("skipped: {wanted_for}, because {missing} is missing\n");
    assert!(!in_ci(), "{skipped}");
    // Past the test's own standard error, of which cargo shows nothing when a test succeeds.
    io::stderr().write_all(skipped.as_bytes()).unwrap();
    false
}

/// What building in a language takes and is not there. Rust is, or there would be no tests.
fn missing_for(language: &str) -> Option<&'static str> {
    let has_c = || has_clang() && Path::new("/usr/include/wasm32-wasi").exists();
    let (tools, are_there) = match language {
        "c" => ("clang-22 or wasi-libc", has_c()),
        "python" => ("componentize-py", has_program("componentize-py")),
        "js" => ("componentize-js", has_program("componentize-js")),
        _ => ("cargo", true),
    };
    if !has_program("make") {
        return Some("make");
    }
    (!are_there).then_some(tools)
}

fn has_clang() -> bool {
    let mut programs = fs::read_dir("/usr/bin").into_iter().flatten().flatten();
    programs.any(|program| program.file_name().to_string_lossy().starts_with("clang"))
}

fn has_program(name: &str) -> bool {
    env::split_paths(&search_path()).any(|folder| folder.join(name).exists())
}

/// The programs that setup brings for authors stand before those of the system.
#[expect(
    clippy::disallowed_methods,
    reason = "a program is looked for where a shell would"
)]
fn search_path() -> OsString {
    let own = repository().join(".tools/authors/bin");
    let of_system = env::var_os("PATH").unwrap_or_default();
    env::join_paths([own].into_iter().chain(env::split_paths(&of_system))).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "CI says so by a variable")]
fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// `make` in the environment of an author: of the running test, and of the cargo around it, it knows nothing.
pub(super) fn make() -> Command {
    const OF_THE_TEST: &[&str] = &[
        "CARGO_",
        "CLIPPY_",
        "MAKE",
        "MFLAGS",
        "RUST",
        "LD_LIBRARY_PATH",
    ];
    const OF_THE_USER: &[&str] = &[
        "CARGO_HOME",
        "CARGO_HTTP_",
        "CARGO_NET_",
        "RUSTUP_HOME",
        "RUSTUP_DIST_SERVER",
    ];
    let mut make = Command::new("make");
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let starts = |prefix: &&str| text.starts_with(*prefix);
        if OF_THE_TEST.iter().any(starts) && !OF_THE_USER.iter().any(starts) {
            make.env_remove(name);
        }
    }
    make.env("PATH", search_path());
    make
}
