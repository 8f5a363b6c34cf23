//! A project that was just started builds, and what it makes decodes its toy format.

use std::fs;
use std::path::Path;

use thumbnailify_tests::authors::{changed_project, new_project};
use thumbnailify_tests::pictures::assert_upright;

use crate::{Desk, assert_inspected};

/// A new language is one line here: its name, and what its components import beside our interface.
macro_rules! a_new_project_decodes {
    ($($language:ident: $imports:expr;)+) => {
        mod a_new_project_decodes {
            $(#[test]
            fn $language() {
                super::check(stringify!($language), &$imports);
            })+
        }
    };
}

a_new_project_decodes! {
    rust: [];
    c: [];
    python: ["wasi:"];
    js: [];
}

/// The hyphen must not get into a file name extension, nor into an identifier.
const NAME: &str = "my-toy";

fn check(language: &str, other_imports: &[&str]) {
    let Some(component) = new_project(language, NAME) else {
        return;
    };
    let takes = "image/x-my-toy (mytoy), \"my-toy \" at 0";
    assert_inspected(&component, NAME, &[takes], other_imports);

    let desk = Desk::with(&component);
    let sample = component.with_extension("project").join("sample.mytoy");
    fs::copy(sample, desk.path("sample.mytoy")).unwrap();
    let (thumbnail, _) = desk.run("sample.mytoy");
    assert_eq!((thumbnail.width(), thumbnail.height()), (100, 67));
    assert_upright(&thumbnail);

    fs::remove_file(desk.path("thumbnail")).unwrap();
    for (name, file) in BROKEN {
        let name = format!("{name}.mytoy");
        desk.put(&name, file.as_bytes());
        desk.refuses(&name);
    }
}

/// What a libc asks of WASI is there, and empty.
#[test]
fn c_may_use_all_of_its_libc() {
    let print = |folder: &Path| {
        let path = folder.join("handler.c");
        let source = fs::read_to_string(&path).unwrap();
        let source = source.replace(
            "(void)request;",
            "(void)request; puts(getenv(\"HOME\") ? \"a\" : \"b\");",
        );
        fs::write(path, format!("#include <stdio.h>\n{source}")).unwrap();
    };
    let Some(component) = changed_project("c", "chatty", print) else {
        return;
    };
    let takes = "image/x-chatty (chatty), \"chatty \" at 0";
    assert_inspected(&component, "chatty", &[takes], &["wasi:"]);
    let desk = Desk::with(&component);
    desk.put("dot.chatty", b"chatty 1 1\nRGB");
    let (dot, _) = desk.run("dot.chatty");
    assert_eq!((dot.width(), dot.height()), (1, 1));
}

/// The handler owns the blob, and may drop it whenever it likes; reading on is another thing.
#[test]
fn a_blob_may_be_dropped_but_not_be_read_after_that() {
    const DROP: &str = "thumbnailify_handler_source_blob_drop_own(own);";
    const LAST_LINE: &str = "ret->source_size = size;";
    const FIRST_LINE: &str = "blob source = thumbnailify_handler_source_borrow_blob(own);";
    let last = changed_project("c", "tidy", |folder| {
        insert_after(folder, LAST_LINE, DROP);
    });
    // An empty upload is let pass, or the handler would never come into service.
    let is_there = "if (thumbnailify_handler_source_method_blob_size(source) > 0) ";
    let first = changed_project("c", "hasty", |folder| {
        insert_after(folder, FIRST_LINE, &format!("{is_there}{DROP}"));
    });
    let (Some(last), Some(first)) = (last, first) else {
        return;
    };
    let desk = Desk::with(&last);
    desk.put("dot.tidy", b"tidy 1 1\nRGB");
    desk.run("dot.tidy");

    let desk = Desk::with(&first);
    desk.put("dot.hasty", b"hasty 1 1\nRGB");
    let said = desk.handler(&["run", "dot.hasty", "thumbnail"]);
    assert!(!said.succeeded, "{}", said.out);
    assert!(said.err.contains("the handler crashed"), "{}", said.err);
}

fn insert_after(folder: &Path, line: &str, addition: &str) {
    let path = folder.join("handler.c");
    let source = fs::read_to_string(&path).unwrap();
    assert!(source.contains(line), "{source}");
    fs::write(path, source.replace(line, &format!("{line}\n{addition}"))).unwrap();
}

const BROKEN: &[(&str, &str)] = &[
    ("empty", ""),
    ("another-format", "P6 1 1\nRGB"),
    ("no-size", "my-toy"),
    ("no-height", "my-toy 1\nRGB"),
    ("no-end-of-line", "my-toy 1 1"),
    ("no-pixels", "my-toy 0 5\n"),
    ("negative", "my-toy -1 5\n"),
    ("no-number", "my-toy 99999999999999999999999 1\nRGB"),
    ("too-large", "my-toy 4294967295 4294967295\n"),
    ("cut-off", "my-toy 2 2\nRGBRGBRGBRG"),
];
