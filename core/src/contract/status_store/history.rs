use std::time::Duration;

use super::super::sample::{claim_request, error};
use super::situation::{Medium, Situation};
use crate::{
    Blame, Claim, ClaimRequest, ClaimToken, Hold, Phase, Service, State, StatusStore, Transition,
};

/// Follows one medium to its error.
pub(super) async fn every_write_is_in_the_history_with_its_reason(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    let token = claim(store, &medium, "worker-1").await;
    let retried = store.retry(medium.id, token, Blame::Handler, "it panicked\n – twice");
    assert_eq!(retried.await.unwrap(), Hold::Held);
    let token = claim(store, &medium, "worker-2").await;
    let released = store.release(medium.id, token, "the worker was told to stop");
    assert_eq!(released.await.unwrap(), Hold::Held);
    let token = claim(store, &medium, "worker-1").await;
    store.finish(medium.id, token, &error()).await.unwrap();

    let status = store.get(medium.id).await.unwrap().unwrap();
    let history = status.history;
    let times: Vec<_> = history.iter().map(|step| step.at_ms).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(times[0], status.created_at_ms);
    assert_eq!(history.last().unwrap().version, status.version);
    let expected = [
        (1, None, Phase::Queued, 0, None),
        (2, Some("worker-1"), Phase::Running, 1, None),
        (
            3,
            Some("worker-1"),
            Phase::Retrying,
            1,
            Some("it panicked  – twice"),
        ),
        (4, Some("worker-2"), Phase::Running, 2, None),
        (
            5,
            Some("worker-2"),
            Phase::Queued,
            1,
            Some("the worker was told to stop"),
        ),
        (6, Some("worker-1"), Phase::Running, 2, None),
        (
            7,
            Some("worker-1"),
            Phase::Done,
            2,
            Some("The image ends early"),
        ),
    ];
    assert_eq!(history.iter().map(seen).collect::<Vec<_>>(), expected);
    for step in &history {
        let is_workers = step.worker.is_some();
        let service = if is_workers {
            Service::Worker
        } else {
            Service::Webserver
        };
        let is_over = step.phase == Phase::Done;
        let state = if is_over {
            State::Error
        } else {
            State::Processing
        };
        assert_eq!((step.service, step.state, step.epoch), (service, state, 1));
    }
}

type Seen<'a> = (u64, Option<&'a str>, Phase, u32, Option<&'a str>);

fn seen(step: &Transition) -> Seen<'_> {
    (
        step.version,
        step.worker.as_deref(),
        step.phase,
        step.attempts,
        step.reason.as_deref(),
    )
}

pub(super) async fn a_claim_that_was_lost_names_its_worker(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Lapsed).await;
    claim(store, &medium, "worker-2").await;
    let status = store.get(medium.id).await.unwrap().unwrap();
    let taken_over = status.history.last().unwrap();
    let reason = Some("nothing was heard of worker-1");
    assert_eq!(
        seen(taken_over),
        (3, Some("worker-2"), Phase::Running, 2, reason)
    );
}

pub(super) async fn the_last_transitions_are_kept(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    for _ in 0..Transition::KEPT {
        let token = claim(store, &medium, "worker-1").await;
        store
            .release(medium.id, token, &"why ".repeat(999))
            .await
            .unwrap();
    }
    let status = store.get(medium.id).await.unwrap().unwrap();
    let versions: Vec<_> = status.history.iter().map(|step| step.version).collect();
    let first = status.version + 1 - Transition::KEPT as u64;
    assert_eq!(versions, (first..=status.version).collect::<Vec<_>>());
    let reasons = status
        .history
        .iter()
        .filter_map(|step| step.reason.as_deref());
    let longest = reasons.map(|reason| reason.chars().count()).max();
    assert_eq!(longest, Some(Transition::MAX_REASON_CHARS));
}

async fn claim(store: &dyn StatusStore, medium: &Medium, worker: &str) -> ClaimToken {
    let token = ClaimToken::random();
    let request = ClaimRequest {
        worker: worker.to_owned(),
        lease: Duration::from_secs(60),
        ..claim_request(token)
    };
    let claim = store.claim(medium.id, &request).await.unwrap();
    assert!(matches!(claim, Claim::Granted { .. }), "{claim:?}");
    token
}
