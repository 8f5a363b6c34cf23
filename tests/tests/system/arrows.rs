//! Who may know whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Each package of ours with the packages that its program code uses directly.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .unwrap();
    let arrows = metadata.packages.iter().map(|package| {
        let used = package.dependencies.iter();
        let used = used.filter(|dependency| dependency.kind == DependencyKind::Normal);
        (
            package.name.to_string(),
            used.map(|dependency| dependency.name.clone()).collect(),
        )
    });
    arrows.collect()
}

fn ours(arrows: &BTreeMap<String, BTreeSet<String>>, package: &str) -> Vec<String> {
    arrows[package]
        .iter()
        .filter(|name| name.starts_with("thumbnailify"))
        .cloned()
        .collect()
}

#[test]
fn each_room_knows_only_the_words_of_the_core() {
    let arrows = arrows();
    assert_eq!(ours(&arrows, "thumbnailify-core"), Vec::<String>::new());
    for room in [
        "thumbnailify-api",
        "thumbnailify-backends",
        "thumbnailify-host",
    ] {
        assert_eq!(ours(&arrows, room), ["thumbnailify-core"], "{room}");
    }
}

#[test]
fn one_room_alone_knows_each_big_library() {
    let arrows = arrows();
    for (library, rooms) in [
        ("wasmtime", &["thumbnailify-host"][..]),
        ("wasmtime-wasi", &["thumbnailify-host"]),
        ("axum", &["thumbnailify-api"]),
        // The load generator is a producer of its own, which knows of the queue what is documented.
        (
            "async-nats",
            &["thumbnailify-backends", "thumbnailify-load"],
        ),
        ("redis", &["thumbnailify-backends"]),
        ("rusqlite", &["thumbnailify-backends"]),
    ] {
        let users: Vec<_> = arrows
            .iter()
            .filter(|(_, used)| used.contains(library))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(users, rooms, "{library}");
    }
}

#[test]
fn native_code_does_not_link_a_handler() {
    let handlers = [
        "thumbnailify-png",
        "thumbnailify-jpeg",
        "thumbnailify-gif",
        "thumbnailify-faulty",
    ];
    for (package, used) in arrows() {
        for handler in handlers {
            assert!(!used.contains(handler), "{package} uses {handler}");
        }
    }
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let folder = format!("{}/../{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    collect(Path::new(&folder), &mut sources);
    assert!(!sources.is_empty(), "{folder}");
    sources
}

fn collect(folder: &Path, sources: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            sources.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn the_sandbox_does_not_speak_of_jobs_nor_the_worker_of_wasm() {
    for (path, source) in sources("host/src/sandbox") {
        assert!(!source.contains("Job"), "{path}");
    }
    for (path, source) in sources("host/src/worker") {
        assert!(!source.contains("wasmtime"), "{path}");
    }
}
