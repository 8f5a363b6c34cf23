use futures::future::{join, join_all};

use super::super::sample::{claim_request, completed};
use super::situation::{Medium, Situation};
use crate::{Claim, ClaimToken, Finish, Hold, StatusStore};

const WRITERS: usize = 32;

pub(super) async fn concurrent_claims_have_one_winner(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    let claims = (0..WRITERS).map(async |_| {
        let request = claim_request(ClaimToken::random());
        store.claim(medium.id, &request).await.unwrap()
    });
    let claims = join_all(claims).await;
    let granted = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Granted { attempt: 1 }));
    assert_eq!(granted.count(), 1, "{claims:?}");
}

/// Lets many workers take the claim from one another while a reader watches.
pub(super) async fn versions_grow_by_one_under_concurrent_writers(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    let writers = join_all((0..WRITERS).map(|_| claim_and_release(store, &medium)));
    let watch = async {
        let mut last = 0;
        while last < 1 + 2 * WRITERS as u64 {
            let version = store.get(medium.id).await.unwrap().unwrap().version;
            assert!(version >= last, "fell from {last} to {version}");
            last = version;
        }
        last
    };
    let (_, last) = super::super::wait::ends("all writes", join(writers, watch)).await;
    assert_eq!(last, 1 + 2 * WRITERS as u64);
}

async fn claim_and_release(store: &dyn StatusStore, medium: &Medium) {
    let token = ClaimToken::random();
    let request = claim_request(token);
    while !matches!(
        store.claim(medium.id, &request).await.unwrap(),
        Claim::Granted { attempt: 1 }
    ) {
        tokio::task::yield_now().await;
    }
    let hold = store.release(medium.id, token, "not now").await.unwrap();
    assert_eq!(hold, Hold::Held);
}

pub(super) async fn a_deletion_beats_every_writer(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Running).await;
    let (id, holder, verdict) = (medium.id, medium.holder, completed());
    let finishes = join_all((0..WRITERS).map(|_| store.finish(id, holder, &verdict)));
    let (finishes, deleted) = join(finishes, store.delete(id)).await;
    assert!(deleted.unwrap().is_some());
    for finish in finishes {
        assert!(matches!(finish.unwrap(), Finish::Stored | Finish::Absent));
    }
    assert_eq!(store.get(id).await.unwrap(), None);
}
