//! Lines of a log about one image, for the tests of the checks. Each is answered 3 µs after it was sent.

use crate::{Bounds, Entry, Invariant, check};

/// The invariants that a log breaks.
pub(crate) fn broken(log: &[Entry<'_>]) -> Vec<Invariant> {
    let found = check(log, &Bounds::default());
    let all = Invariant::ALL.into_iter();
    all.filter(|invariant| found.broken(*invariant) > 0)
        .collect()
}

fn entry(sent_us: u64, operation: &'static str, code: Option<u16>) -> Entry<'static> {
    Entry {
        sent_us,
        answered_us: sent_us + 3,
        operation: operation.into(),
        media_id: Some("7".into()),
        code,
        ..Entry::default()
    }
}

/// An upload that is accepted, as version 1, at once.
pub(crate) fn upload(sent_us: u64) -> Entry<'static> {
    Entry {
        answered_us: sent_us + 1,
        state: Some("Processing".into()),
        version: Some(1),
        ..entry(sent_us, "upload", Some(202))
    }
}

pub(crate) fn status(sent_us: u64, state: &'static str, version: u64) -> Entry<'static> {
    Entry {
        state: Some(state.into()),
        version: Some(version),
        ..entry(sent_us, "status", Some(200))
    }
}

pub(crate) fn completed(sent_us: u64, version: u64, sha256: &'static str) -> Entry<'static> {
    Entry {
        sha256: Some(sha256.into()),
        ..status(sent_us, "Completed", version)
    }
}

pub(crate) fn retry(sent_us: u64, version: u64) -> Entry<'static> {
    Entry {
        operation: "retry".into(),
        ..status(sent_us, "Processing", version)
    }
}

pub(crate) fn thumbnail(sent_us: u64, sha256: &'static str) -> Entry<'static> {
    Entry {
        sha256: Some(sha256.into()),
        etag: Some(format!("\"{sha256}-base64\"").into()),
        ..entry(sent_us, "thumbnail", Some(200))
    }
}

pub(crate) fn no_thumbnail(sent_us: u64) -> Entry<'static> {
    Entry {
        problem: Some("/problems/no-thumbnail".into()),
        ..entry(sent_us, "thumbnail", Some(404))
    }
}

pub(crate) fn unknown(sent_us: u64) -> Entry<'static> {
    Entry {
        problem: Some("/problems/unknown-image".into()),
        ..entry(sent_us, "status", Some(404))
    }
}

pub(crate) fn delete(sent_us: u64, code: Option<u16>) -> Entry<'static> {
    entry(sent_us, "delete", code)
}
