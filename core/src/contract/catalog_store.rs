use std::collections::BTreeMap;
use std::time::Duration;

use super::sample::media_type;
use super::wait::eventually;
use crate::{
    Catalog, CatalogStore, Durations, FaultKind, HandledType, HandlerCounters, HandlerIdentity,
    HandlerState, HandlerSummary, LoadFaultKind,
};

/// Runs the rules of [`CatalogStore`] on a store where no worker was ever announced and a silent worker is
/// forgotten after `forget_after`, which should be about a second: the rules wait for it.
pub async fn catalog_store(store: &dyn CatalogStore, forget_after: Duration) {
    assert_eq!(workers(store).await, [""; 0], "there never was a worker");

    store.announce("b", &catalog("old")).await.unwrap();
    store.announce("b", &catalog("new")).await.unwrap();
    store.announce("a", &catalog("a")).await.unwrap();
    let announced = store.announced().await.unwrap();
    assert_eq!(workers(store).await, ["a", "b"], "sorted, each once");
    assert_eq!(announced[1].catalog, catalog("new"), "the last word counts");

    only_the_living_are_listed(store, forget_after).await;
    the_last_heard_is_never_forgotten(store, forget_after).await;
}

async fn only_the_living_are_listed(store: &dyn CatalogStore, forget_after: Duration) {
    let silent_since = std::time::Instant::now();
    let last = eventually("a silent worker is forgotten", async || {
        store.announce("b", &catalog("new")).await.unwrap();
        let workers = workers(store).await;
        (!workers.contains(&"a".to_owned())).then_some(workers)
    });
    assert_eq!(last.await, ["b"]);
    assert!(silent_since.elapsed() >= forget_after * 8 / 10);
}

async fn the_last_heard_is_never_forgotten(store: &dyn CatalogStore, forget_after: Duration) {
    store.announce("c", &catalog("c")).await.unwrap();
    eventually("only the last is left", async || {
        (workers(store).await == ["c"]).then_some(())
    })
    .await;
    super::wait::never("the last was forgotten", forget_after * 2, async {
        while workers(store).await == ["c"] {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn workers(store: &dyn CatalogStore) -> Vec<String> {
    let announced = store.announced().await.unwrap();
    announced.into_iter().map(|each| each.worker).collect()
}

fn counters() -> HandlerCounters {
    let mut durations = Durations::default();
    durations.record(1_500);
    HandlerCounters {
        jobs: 3,
        faults: BTreeMap::from([(FaultKind::TimedOut, 2)]),
        durations,
        ..HandlerCounters::default()
    }
}

fn catalog(name: &str) -> Catalog {
    let summary = HandlerSummary {
        identity: HandlerIdentity {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            sha256: "ab".repeat(32),
        },
        origin: "builtin".to_owned(),
        media_types: vec![HandledType {
            mime: media_type(),
            extensions: vec!["svg".to_owned()],
        }],
        imports: vec![],
        budgets: None,
        counters: counters(),
        warnings: vec!["beware".to_owned()],
        state: HandlerState::Ready,
    };
    let failed = HandlerSummary {
        state: HandlerState::Failed {
            kind: LoadFaultKind::NotAComponent,
            reason: "not a component".to_owned(),
        },
        ..summary.clone()
    };
    Catalog {
        handlers: vec![summary, failed],
    }
}
