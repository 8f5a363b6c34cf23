use uuid::Uuid;

use super::super::sample::{claim_request, completed};
use super::situation::{Medium, Situation};
use crate::{Blame, Claim, ClaimToken, Error, Finish, Hold, NewMedia, Status, StatusStore};

/// Makes every call in every situation, by the holder and by a stranger, and compares the answer and the
/// number of writes that followed from it.
pub(super) async fn every_call_in_every_situation(store: &dyn StatusStore) {
    for situation in Situation::ALL {
        create(store, situation).await;
        published(store, situation).await;
        for actor in [Actor::Holder, Actor::Stranger] {
            claim(store, situation, actor).await;
            beat(store, situation, actor).await;
            retry(store, situation, actor).await;
            release(store, situation, actor).await;
            finish(store, situation, actor).await;
        }
        delete(store, situation).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Actor {
    Holder,
    Stranger,
}

impl Actor {
    fn token(self, medium: &Medium) -> ClaimToken {
        match self {
            Self::Holder => medium.holder,
            Self::Stranger => ClaimToken::random(),
        }
    }
}

async fn create(store: &dyn StatusStore, situation: Situation) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    let other = NewMedia {
        request: Uuid::new_v4(),
        ..medium.new.clone()
    };
    if situation == Situation::Absent {
        store.create(&medium.new).await.unwrap();
        assert_eq!(version(store, &medium).await, 1);
    } else {
        assert_taken(store, &other, situation).await;
        assert_eq!(store.get(medium.id).await.unwrap(), before, "{situation:?}");
    }
    if situation == Situation::Deleted {
        assert_taken(store, &medium.new, situation).await;
    }
}

async fn assert_taken(store: &dyn StatusStore, new: &NewMedia, situation: Situation) {
    let answer = store.create(new).await;
    assert!(
        matches!(answer, Err(Error::AlreadyExists(id)) if id == new.media_id),
        "create when {situation:?}: {answer:?}"
    );
}

async fn published(store: &dyn StatusStore, situation: Situation) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    for epoch in [1, 1, 0] {
        store.published(medium.id, epoch).await.unwrap();
    }
    assert_eq!(store.get(medium.id).await.unwrap(), before, "{situation:?}");
}

async fn claim(store: &dyn StatusStore, situation: Situation, actor: Actor) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    let request = claim_request(actor.token(&medium));
    let answer = store.claim(medium.id, &request).await.unwrap();
    let expected = expected_claim(situation, actor, before.as_ref());
    match (&answer, &expected) {
        (Claim::Busy { remaining }, Claim::Busy { remaining: most }) => assert!(remaining <= most),
        _ => assert_eq!(answer, expected, "claim by {actor:?} when {situation:?}"),
    }
    let repeats = situation.is_held() && actor == Actor::Holder;
    let granted = matches!(expected, Claim::Granted { .. }) && !repeats;
    assert_writes(store, &medium, before, u64::from(granted)).await;
}

fn expected_claim(situation: Situation, actor: Actor, status: Option<&Status>) -> Claim {
    use Situation::*;
    let busy = Claim::Busy {
        remaining: super::super::sample::LONG,
    };
    match (situation, actor) {
        (Absent, _) => Claim::Absent,
        (Deleted, _) => Claim::Deleted,
        (Completed | Failed, _) => Claim::Final(Box::new(status.unwrap().clone())),
        (Queued | Released, _) => Claim::Granted { attempt: 1 },
        (Retrying, _) => Claim::Granted { attempt: 2 },
        (Running | Lapsed, Actor::Holder) => Claim::Granted { attempt: 1 },
        (Lapsed, Actor::Stranger) => Claim::Granted { attempt: 2 },
        (Exhausted, Actor::Holder) => Claim::Exhausted { attempts: 3 },
        (Running | Exhausted, Actor::Stranger) => busy,
    }
}

async fn beat(store: &dyn StatusStore, situation: Situation, actor: Actor) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    let (token, lease) = (actor.token(&medium), super::super::sample::LONG);
    let hold = store.beat(medium.id, token, lease).await.unwrap();
    let held = situation.is_held() && actor == Actor::Holder;
    assert_eq!(hold, hold_if(held), "beat by {actor:?} when {situation:?}");
    assert_writes(store, &medium, before, 0).await;
}

async fn retry(store: &dyn StatusStore, situation: Situation, actor: Actor) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    let token = actor.token(&medium);
    let hold = store
        .retry(medium.id, token, Blame::Machine, "later")
        .await
        .unwrap();
    assert_given_back(store, &medium, situation, actor, hold, before).await;
}

async fn release(store: &dyn StatusStore, situation: Situation, actor: Actor) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    let hold = store
        .release(medium.id, actor.token(&medium), "not now")
        .await
        .unwrap();
    assert_given_back(store, &medium, situation, actor, hold, before).await;
}

/// Whoever gave its claim back and asks again, because the answer was lost, is told the same again.
async fn assert_given_back(
    store: &dyn StatusStore,
    medium: &Medium,
    situation: Situation,
    actor: Actor,
    hold: Hold,
    before: Option<Status>,
) {
    let (held, again) = match actor {
        Actor::Holder => (situation.is_held(), situation.is_given_back()),
        Actor::Stranger => (false, false),
    };
    assert_eq!(hold, hold_if(held || again), "{actor:?} when {situation:?}");
    assert_writes(store, medium, before, u64::from(held)).await;
}

async fn finish(store: &dyn StatusStore, situation: Situation, actor: Actor) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    let (token, verdict) = (actor.token(&medium), completed());
    let finish = store.finish(medium.id, token, &verdict).await.unwrap();
    let owns = actor == Actor::Holder;
    let expected = match situation {
        Situation::Absent => Finish::Absent,
        Situation::Deleted => Finish::Deleted,
        _ if owns && (situation.is_held() || situation.is_final()) => Finish::Stored,
        _ => Finish::Lost,
    };
    assert_eq!(finish, expected, "finish by {actor:?} when {situation:?}");
    let writes = u64::from(owns && situation.is_held());
    assert_writes(store, &medium, before, writes).await;
}

async fn delete(store: &dyn StatusStore, situation: Situation) {
    let medium = Medium::in_situation(store, situation).await;
    let before = store.get(medium.id).await.unwrap();
    assert_eq!(before.is_some(), situation.is_recorded());
    let deleted = store.delete(medium.id).await.unwrap();
    assert_eq!(deleted, before, "delete when {situation:?}");
    assert_eq!(store.get(medium.id).await.unwrap(), None);
    assert_eq!(store.delete(medium.id).await.unwrap(), None);
}

fn hold_if(held: bool) -> Hold {
    if held { Hold::Held } else { Hold::Lost }
}

/// Checks that a call wrote as often as it should, and that a call without a write changed nothing.
async fn assert_writes(
    store: &dyn StatusStore,
    medium: &Medium,
    before: Option<Status>,
    writes: u64,
) {
    let after = store.get(medium.id).await.unwrap();
    match before {
        Some(before) if writes > 0 => assert_eq!(after.unwrap().version, before.version + writes),
        _ => assert_eq!(after, before),
    }
}

async fn version(store: &dyn StatusStore, medium: &Medium) -> u64 {
    store.get(medium.id).await.unwrap().unwrap().version
}
