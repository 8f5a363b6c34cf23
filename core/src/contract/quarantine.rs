use std::time::Duration;

use uuid::Uuid;

use super::wait::eventually;
use crate::{Case, Crash, Crashes, FaultKind, Quarantine};

const LONG: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_secs(1);

/// Runs the rules of [`Quarantine`]. They wait a second or two for something to be forgotten.
pub async fn quarantine(store: &dyn Quarantine) {
    crashes_are_counted_once_each(store).await;
    another_build_or_another_upload_is_another_case(store).await;
    a_lifted_case_starts_afresh(store).await;
    a_case_is_forgotten_in_time(store).await;
}

async fn crashes_are_counted_once_each(store: &dyn Quarantine) {
    let case = case();
    assert_eq!(store.crashes(&case).await.unwrap(), Crashes::default());
    assert_eq!(
        note(store, &case, "a", "first", LONG).await,
        known(1, "first")
    );
    assert_eq!(
        note(store, &case, "b", "second", LONG).await,
        known(2, "second")
    );
    let repeated = note(store, &case, "b", "second", LONG).await;
    assert_eq!(
        repeated,
        known(2, "second"),
        "a repeat is not counted again"
    );
    assert_eq!(store.crashes(&case).await.unwrap(), known(2, "second"));
}

async fn another_build_or_another_upload_is_another_case(store: &dyn Quarantine) {
    let one = case();
    note(store, &one, "a", "first", LONG).await;
    let build = Case {
        handler_sha256: hash(),
        ..one.clone()
    };
    let upload = Case {
        upload_sha256: hash(),
        ..one
    };
    for other in [build, upload] {
        assert_eq!(store.crashes(&other).await.unwrap(), Crashes::default());
    }
}

async fn a_lifted_case_starts_afresh(store: &dyn Quarantine) {
    let case = case();
    note(store, &case, "a", "first", LONG).await;
    store.lift(&case).await.unwrap();
    assert_eq!(store.crashes(&case).await.unwrap(), Crashes::default());
    store.lift(&case).await.unwrap();
}

async fn a_case_is_forgotten_in_time(store: &dyn Quarantine) {
    let case = case();
    assert_eq!(note(store, &case, "a", "first", SHORT).await.count, 1);
    eventually("the case is forgotten", async || {
        let known = store.crashes(&case).await.unwrap();
        (known == Crashes::default()).then_some(())
    })
    .await;
    let again = note(store, &case, "b", "later", LONG).await;
    assert_eq!(
        again,
        known(1, "later"),
        "what was forgotten does not count"
    );
}

async fn note(
    store: &dyn Quarantine,
    case: &Case,
    run: &str,
    message: &str,
    keep: Duration,
) -> Crashes {
    store.note(case, run, &crash(message), keep).await.unwrap()
}

fn known(count: u32, message: &str) -> Crashes {
    let last = Some(crash(message));
    Crashes { count, last }
}

fn crash(message: &str) -> Crash {
    Crash {
        fault: FaultKind::TimedOut,
        message: message.to_owned(),
        culprit_sha256: "c0".repeat(32),
    }
}

fn case() -> Case {
    Case {
        upload_sha256: hash(),
        handler_sha256: hash(),
    }
}

/// Any text will do where nothing looks into it; a new one each time, so that suites can run side by side.
fn hash() -> String {
    Uuid::new_v4().simple().to_string().repeat(2)
}
