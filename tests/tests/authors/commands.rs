//! The commands for authors say what is wrong, and what to do about it.

use std::fs;

use crate::Desk;

/// A module that exports and imports nothing: eight bytes.
const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";
/// A component that does the same.
const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

#[test]
fn a_wrong_name_is_answered_with_a_right_one() {
    let desk = Desk::new();
    for (name, remedy) in [
        ("My Format", "`my-format`"),
        ("3ds", "`ds`"),
        ("../x", "`x`"),
    ] {
        let said = desk.handler(&["new", name, "--lang", "rust"]);
        assert!(!said.succeeded && said.err.contains(remedy), "{}", said.err);
    }
    assert_eq!(
        fs::read_dir(desk.path(".")).unwrap().count(),
        1,
        "handlers/ alone"
    );
}

#[test]
fn the_languages_are_named() {
    let desk = Desk::new();
    let said = desk.handler(&["new", "toy", "--lang", "cobol"]);
    assert!(!said.succeeded && said.err.contains("rust"), "{}", said.err);
}

#[test]
fn a_project_is_never_written_over() {
    let desk = Desk::new();
    assert!(desk.handler(&["new", "toy", "--lang", "c"]).succeeded);
    let source = desk.path("toy/handler.c");
    fs::write(&source, "mine").unwrap();
    let said = desk.handler(&["new", "toy", "--lang", "c"]);
    assert!(
        !said.succeeded && said.err.contains("--dir"),
        "{}",
        said.err
    );
    assert_eq!(fs::read_to_string(source).unwrap(), "mine");
    let elsewhere = desk.handler(&["new", "toy", "--lang", "c", "--dir", "a/b"]);
    assert!(elsewhere.succeeded && desk.path("a/b/handler.c").exists());
}

#[test]
fn bindings_are_those_of_a_new_project() {
    let desk = Desk::new();
    assert!(desk.handler(&["new", "toy", "--lang", "c"]).succeeded);
    assert!(desk.handler(&["bindings", "c", "again"]).succeeded);
    let mut count = 0;
    for entry in fs::read_dir(desk.path("toy/bindings")).unwrap() {
        let name = entry.unwrap().file_name();
        let [first, again] = ["toy/bindings", "again"].map(|folder| desk.path(folder).join(&name));
        assert_eq!(
            fs::read(first).unwrap(),
            fs::read(again).unwrap(),
            "{name:?}"
        );
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn what_cannot_be_wrapped_is_refused_with_the_reason() {
    let desk = Desk::new();
    for (file, reason) in [
        (b"#!/bin/sh".as_slice(), "is not a WebAssembly module"),
        (EMPTY_COMPONENT, "is a component already"),
        (EMPTY_MODULE, "no WIT is embedded in it"),
        (&EMPTY_MODULE[..6], "cannot be read"),
    ] {
        desk.put("in.wasm", file);
        let said = desk.handler(&["wrap", "in.wasm", "-o", "out.wasm"]);
        assert!(!said.succeeded && !desk.path("out.wasm").exists());
        assert!(
            said.err.contains(reason) && said.err.contains("in.wasm"),
            "{}",
            said.err
        );
    }
}

#[test]
fn what_is_no_handler_is_shown_as_far_as_it_goes() {
    let desk = Desk::new();
    desk.put("empty.wasm", EMPTY_COMPONENT);
    let said = desk.handler(&["inspect", "empty.wasm"]);
    assert_eq!(said.labelled("size"), ["8 bytes"]);
    assert!(
        !said.succeeded && said.err.contains("empty.wasm is no handler: "),
        "{}",
        said.err
    );
}
