use super::super::sample::{claim_request, completed, new_media};
use crate::{Blame, Claim, ClaimToken, Finish, Hold, MediaId, StatusStore};

/// Makes each call twice, as after a reply that was lost.
pub(super) async fn a_repeated_call_gives_the_same_answer(store: &dyn StatusStore) {
    let new = new_media(MediaId::random());
    let id = new.media_id;
    for _ in 0..2 {
        store.create(&new).await.unwrap();
    }
    let released = ClaimToken::random();
    claim_twice(store, id, released, 1).await;
    for _ in 0..2 {
        assert_eq!(
            store.release(id, released, "not now").await.unwrap(),
            Hold::Held
        );
    }
    let retried = ClaimToken::random();
    claim_twice(store, id, retried, 1).await;
    for _ in 0..2 {
        let hold = store
            .retry(id, retried, Blame::Handler, "again")
            .await
            .unwrap();
        assert_eq!(hold, Hold::Held);
    }
    let finished = ClaimToken::random();
    claim_twice(store, id, finished, 2).await;
    for _ in 0..2 {
        let finish = store.finish(id, finished, &completed()).await.unwrap();
        assert_eq!(finish, Finish::Stored);
    }
    let status = store.get(id).await.unwrap().unwrap();
    assert_eq!(status.version, 7, "each write counts once");
}

async fn claim_twice(store: &dyn StatusStore, id: MediaId, token: ClaimToken, attempt: u32) {
    for _ in 0..2 {
        let claim = store.claim(id, &claim_request(token)).await.unwrap();
        assert_eq!(claim, Claim::Granted { attempt });
    }
}
