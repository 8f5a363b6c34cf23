use std::time::{Duration, Instant};

use super::situation::{Medium, Situation};
use crate::StatusStore;

/// Media of other rules may be open, which only make the oldest older.
pub(super) async fn an_open_medium_has_an_age_until_its_outcome(store: &dyn StatusStore) {
    let before = store.oldest_open().await.unwrap();
    let created_at = Instant::now();
    let mut open = Vec::new();
    for situation in Situation::ALL {
        let medium = Medium::in_situation(store, situation).await;
        if situation.is_recorded() && !situation.is_final() {
            open.push(medium);
        }
    }
    let age = store.oldest_open().await.unwrap().unwrap();
    match before {
        Some(before) => assert!(age >= before, "{age:?} {before:?}"),
        None => assert!(
            age <= created_at.elapsed() + Duration::from_millis(2),
            "{age:?}"
        ),
    }
    for medium in open {
        store.delete(medium.id).await.unwrap();
    }
    let after = store.oldest_open().await.unwrap();
    assert_eq!(after.is_some(), before.is_some(), "{after:?}");
}
