use std::time::Duration;

use super::super::sample::{claim_request, completed, error, new_media};
use crate::{
    Blame, Claim, ClaimRequest, ClaimToken, Finish, Hold, MediaId, NewMedia, StatusStore, Verdict,
};

/// Where a medium can stand when a call comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Situation {
    Absent,
    Queued,
    Running,
    /// Claimed, and the lease is over, but nobody else asked.
    Lapsed,
    Released,
    Retrying,
    /// Held for recording the end only.
    Exhausted,
    Completed,
    Failed,
    Deleted,
}

use Situation::*;

impl Situation {
    pub(crate) const ALL: [Self; 10] = [
        Absent, Queued, Running, Lapsed, Released, Retrying, Exhausted, Completed, Failed, Deleted,
    ];

    /// Tells whether `get` answers with a status.
    pub(super) fn is_recorded(self) -> bool {
        !matches!(self, Absent | Deleted)
    }

    /// Tells whether a claim is held, in time or not.
    pub(super) fn is_held(self) -> bool {
        matches!(self, Running | Lapsed | Exhausted)
    }

    /// Tells whether the last holder gave its claim back.
    pub(super) fn is_given_back(self) -> bool {
        matches!(self, Released | Retrying)
    }

    /// Tells whether the outcome is recorded.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Completed | Failed)
    }
}

/// A medium that was brought into a situation.
#[derive(Clone, Debug)]
pub(crate) struct Medium {
    pub(super) new: NewMedia,
    pub(crate) id: MediaId,
    /// The token that holds the claim, or held it last.
    pub(crate) holder: ClaimToken,
}

impl Medium {
    /// Brings a new medium into a situation.
    pub(crate) async fn in_situation(store: &dyn StatusStore, situation: Situation) -> Self {
        let (id, holder) = (MediaId::random(), ClaimToken::random());
        let new = new_media(id);
        if situation != Absent {
            store.create(&new).await.unwrap();
        }
        let medium = Self { new, id, holder };
        match situation {
            Absent | Queued => {}
            Running => medium.claimed(store).await,
            Lapsed => medium.claimed_for(store, Duration::ZERO).await,
            Released => medium.released(store).await,
            Retrying => medium.retried(store).await,
            Exhausted => medium.exhausted(store).await,
            Completed => medium.finished(store, &completed()).await,
            Failed => medium.finished(store, &error()).await,
            Deleted => medium.deleted(store).await,
        }
        medium
    }

    async fn claimed(&self, store: &dyn StatusStore) {
        self.claimed_for(store, super::super::sample::LONG).await;
    }

    async fn claimed_for(&self, store: &dyn StatusStore, lease: Duration) {
        let request = ClaimRequest {
            lease,
            ..claim_request(self.holder)
        };
        let claim = store.claim(self.id, &request).await.unwrap();
        assert!(matches!(claim, Claim::Granted { .. }), "{claim:?}");
    }

    async fn released(&self, store: &dyn StatusStore) {
        self.claimed(store).await;
        let hold = store
            .release(self.id, self.holder, "not now")
            .await
            .unwrap();
        assert_eq!(hold, Hold::Held);
    }

    async fn retried(&self, store: &dyn StatusStore) {
        self.claimed(store).await;
        let hold = store
            .retry(self.id, self.holder, Blame::Machine, "again")
            .await
            .unwrap();
        assert_eq!(hold, Hold::Held);
    }

    async fn exhausted(&self, store: &dyn StatusStore) {
        let request = claim_request(self.holder);
        for _ in 0..request.attempt_budget {
            self.retried(store).await;
        }
        let attempts = request.attempt_budget;
        let claim = store.claim(self.id, &request).await.unwrap();
        assert_eq!(claim, Claim::Exhausted { attempts });
    }

    async fn finished(&self, store: &dyn StatusStore, verdict: &Verdict) {
        self.claimed(store).await;
        self.finish(store, verdict).await;
    }

    /// Records the outcome of a medium whose claim is held.
    pub(super) async fn finish(&self, store: &dyn StatusStore, verdict: &Verdict) {
        let finish = store.finish(self.id, self.holder, verdict).await.unwrap();
        assert_eq!(finish, Finish::Stored);
    }

    async fn deleted(&self, store: &dyn StatusStore) {
        self.claimed(store).await;
        assert!(store.delete(self.id).await.unwrap().is_some());
    }
}
