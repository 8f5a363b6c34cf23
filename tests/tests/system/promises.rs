//! What docs/reliability.md says is tested is tested.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names in the last column of the tables of crashes.
fn named_tests(text: &str) -> Vec<String> {
    let (_, crashes) = text.split_once("## Every crash").unwrap();
    let rows = crashes.lines().filter(|line| line.starts_with("| "));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let names = last.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

pub(crate) fn read_sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_test_that_a_crash_is_covered_by_is_there() {
    let mut sources = String::new();
    for folder in [
        "tests/tests",
        "backends/tests",
        "api/tests",
        "core/src/contract",
        "host/src/reconciler",
    ] {
        read_sources(&root().join(folder), &mut sources);
    }
    let text = fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    let names = named_tests(&text);
    assert!(names.len() > 50, "the tables were not found: {names:?}");
    for name in names {
        assert!(
            sources.contains(&format!("fn {name}(")),
            "there is no {name}"
        );
    }
}
