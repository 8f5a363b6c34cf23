use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::*;

fn check(exports: &[&str], expected: Result<Major, &str>) {
    match (choose(exports.iter().copied()), expected) {
        (Ok(chosen), Ok(expected)) => assert_eq!(chosen, expected),
        (Err(reason), Err(words)) => assert!(reason.contains(words), "{reason}"),
        (chosen, expected) => panic!("{exports:?}: {chosen:?} instead of {expected:?}"),
    }
}

#[test]
fn every_1_x_is_taken() {
    check(&["thumbnailify:handler/handler@1.0.0"], Ok(Major::V1));
    check(
        &["memory", "thumbnailify:handler/handler@1.12.3"],
        Ok(Major::V1),
    );
    let both = [
        "thumbnailify:handler/handler@2.0.0",
        "thumbnailify:handler/handler@1.0.0",
    ];
    check(&both, Ok(Major::V1));
}

#[test]
fn another_version_is_refused_by_its_number() {
    check(
        &["thumbnailify:handler/handler@2.0.0"],
        Err("version 2.0.0 of the handler interface, and this program knows 1.x: update"),
    );
    check(
        &["thumbnailify:handler/handler@0.9.0"],
        Err("version 0.9.0"),
    );
    check(
        &["thumbnailify:handler/handler@10.0.0"],
        Err("version 10.0.0"),
    );
    check(
        &["thumbnailify:handler/handler@1.0.0-rc.1"],
        Err("version 1.0.0-rc.1"),
    );
    check(&["thumbnailify:handler/handler"], Err("without a version"));
}

#[test]
fn what_is_no_handler_is_told_what_one_exports() {
    for exports in [
        &[][..],
        &["wasi:cli/run@0.2.0"],
        &["thumbnailify:handler/handlers@1.0.0"],
    ] {
        check(exports, Err("it exports no `thumbnailify:handler/handler`"));
    }
}

/// The SHA-256 of every file of `wit/1.0`.
const RELEASED: [(&str, &str); 1] = [(
    "handler.wit",
    "0fe91467910847db9cbb88e05cee017b4126545338ca771e1634627eb2362d07",
)];

#[test]
fn a_released_interface_never_changes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit/1.0");
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let hash = hex::encode(Sha256::digest(fs::read(entry.path()).unwrap()));
        (entry.file_name().into_string().unwrap(), hash)
    });
    let files: BTreeMap<_, _> = files.collect();
    let released = RELEASED.map(|(name, hash)| (name.to_owned(), hash.to_owned()));
    assert_eq!(
        files,
        BTreeMap::from(released),
        "wit/1.0 is released, and handlers in the field are built against it byte by byte: put it back as it was. \
         A new function or interface goes into a copy, wit/1.1; a changed type into wit/2.0, which gets \
         bindings and a variant of `Interface` of its own"
    );
}
