use std::time::{Duration, Instant};

use super::super::sample::{LONG, SHORT, claim_request, error};
use super::super::wait::eventually;
use super::situation::{Medium, Situation};
use crate::{Blame, Claim, ClaimRequest, ClaimToken, Finish, Hold, StatusStore};

pub(super) async fn a_busy_claim_is_free_after_its_lease(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    let claimed_at = Instant::now();
    claim_for(store, &medium, SHORT).await;
    let attempt = eventually("the lease lapses", async || free(store, &medium).await).await;
    assert_eq!(attempt, 2);
    assert!(claimed_at.elapsed() >= SHORT * 9 / 10);

    // The first holder wakes up late: nothing that it says counts any more.
    let (id, late) = (medium.id, medium.holder);
    assert_eq!(store.beat(id, late, LONG).await.unwrap(), Hold::Lost);
    assert_eq!(
        store.retry(id, late, Blame::Machine, "late").await.unwrap(),
        Hold::Lost
    );
    assert_eq!(store.release(id, late, "late").await.unwrap(), Hold::Lost);
    assert_eq!(
        store.finish(id, late, &error()).await.unwrap(),
        Finish::Lost
    );
}

pub(super) async fn a_beat_keeps_the_claim(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    claim_for(store, &medium, SHORT).await;
    store.beat(medium.id, medium.holder, LONG).await.unwrap();
    super::super::wait::never("claimed in spite of a beat", SHORT * 3, async {
        eventually("a claim", async || free(store, &medium).await).await
    })
    .await;
}

/// Asks as a stranger, and returns the attempt when the claim was granted.
async fn free(store: &dyn StatusStore, medium: &Medium) -> Option<u32> {
    let request = claim_request(ClaimToken::random());
    match store.claim(medium.id, &request).await.unwrap() {
        Claim::Granted { attempt } => Some(attempt),
        Claim::Busy { remaining } => {
            assert!(remaining <= LONG, "{remaining:?}");
            None
        }
        other => panic!("{other:?}"),
    }
}

async fn claim_for(store: &dyn StatusStore, medium: &Medium, lease: Duration) {
    let request = ClaimRequest {
        lease,
        ..claim_request(medium.holder)
    };
    let claim = store.claim(medium.id, &request).await.unwrap();
    assert_eq!(claim, Claim::Granted { attempt: 1 });
}

/// Lets each holder vanish, as a job does that kills its worker every time.
pub(super) async fn the_budget_bounds_the_attempts(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    let request = || ClaimRequest {
        lease: Duration::ZERO,
        ..claim_request(ClaimToken::random())
    };
    for attempt in 1..=3 {
        let claim = store.claim(medium.id, &request()).await.unwrap();
        assert_eq!(claim, Claim::Granted { attempt });
    }
    let (exhausted, last) = (Claim::Exhausted { attempts: 3 }, request());
    assert_eq!(store.claim(medium.id, &request()).await.unwrap(), exhausted);
    assert_eq!(store.claim(medium.id, &last).await.unwrap(), exhausted);
    let finish = store.finish(medium.id, last.token, &error()).await.unwrap();
    assert_eq!(finish, Finish::Stored, "the claim is held for the end");
}

pub(super) async fn a_job_of_an_older_epoch_is_superseded(store: &dyn StatusStore) {
    for situation in [Situation::Queued, Situation::Running] {
        let medium = Medium::in_situation(store, situation).await;
        let request = ClaimRequest {
            epoch: 0,
            ..claim_request(ClaimToken::random())
        };
        let claim = store.claim(medium.id, &request).await.unwrap();
        assert_eq!(claim, Claim::Superseded, "{situation:?}");
    }
}
