use std::time::Duration;

use super::sample::{claim_request, completed, error, new_media};
use super::status_store::{Medium, Situation};
use super::wait::eventually;
use crate::{
    Claim, ClaimToken, Due, DueReason, Finish, Known, MediaId, Phase, Reissue, State, Status,
    StatusStore, StatusUpkeep, SystemId,
};

/// How long an unpublished medium has, and no longer.
const UNPUBLISHED: Duration = Duration::from_secs(10);

/// How long an unclaimed medium has, and no longer.
const UNCLAIMED: Duration = Duration::from_mins(10);

/// A lease that is longer than both, so that what is due for it is told from the rest.
const LEASE: Duration = Duration::from_hours(1);

/// Runs the rules of [`StatusUpkeep`] on a store that is of no system yet. Media of other rules in it do not matter, if
/// they are few.
pub async fn status_upkeep(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    an_open_medium_is_due_for_what_should_have_happened(store, upkeep).await;
    a_lapsed_claim_is_due_until_it_is_put_off(store, upkeep).await;
    what_is_final_or_deleted_is_never_due(store, upkeep).await;
    the_longest_due_comes_first_up_to_the_limit(store, upkeep).await;
    a_reissue_in_every_situation(store, upkeep).await;
    a_reissue_happens_once_for_each_epoch(store, upkeep).await;
    a_reissued_medium_is_worked_on_under_its_new_epoch_alone(store, upkeep).await;
    a_completed_medium_begins_anew_without_its_thumbnail(store, upkeep).await;
    what_changed_meanwhile_is_not_deleted(store, upkeep).await;
    what_is_known_tells_a_tombstone_from_nothing(store, upkeep).await;
    the_counts_follow_the_states(store, upkeep).await;
    lists_that_are_right_stay_as_they_are(store, upkeep).await;
    one_leads_until_its_term_is_over(upkeep).await;
    the_first_says_which_system_the_records_are_of(upkeep).await;
    the_time_is_that_of_the_records(store, upkeep).await;
}

async fn due(upkeep: &dyn StatusUpkeep, id: MediaId, ahead: Duration) -> Option<Due> {
    let due = upkeep.due(ahead, 1_000).await.unwrap();
    due.into_iter().find(|due| due.status.media_id == id)
}

/// Checks that a medium is due for a reason then, and not a second before.
async fn is_due_in(upkeep: &dyn StatusUpkeep, id: MediaId, span: Duration, reason: DueReason) {
    let found = due(upkeep, id, span).await.unwrap();
    assert_eq!(found.reason, reason);
    assert_eq!(found.status.media_id, id);
    assert!(found.silent_for < UNPUBLISHED, "{:?}", found.silent_for);
    assert_eq!(due(upkeep, id, span / 2).await, None, "{reason:?}");
}

async fn an_open_medium_is_due_for_what_should_have_happened(
    store: &dyn StatusStore,
    upkeep: &dyn StatusUpkeep,
) {
    let id = created(store).await;
    is_due_in(upkeep, id, UNPUBLISHED, DueReason::Unpublished).await;
    store.published(id, 1).await.unwrap();
    is_due_in(upkeep, id, UNCLAIMED, DueReason::Unclaimed).await;

    let token = claim(store, id, LEASE, 1).await;
    is_due_in(upkeep, id, LEASE, DueReason::Lapsed).await;
    store.published(id, 1).await.unwrap();
    is_due_in(upkeep, id, LEASE, DueReason::Lapsed).await;
    store.beat(id, token, LEASE * 3).await.unwrap();
    is_due_in(upkeep, id, LEASE * 3, DueReason::Lapsed).await;
    store
        .retry(id, token, crate::Blame::Machine, "again")
        .await
        .unwrap();
    is_due_in(upkeep, id, UNCLAIMED, DueReason::Unclaimed).await;
    let token = claim(store, id, LEASE, 2).await;
    store.release(id, token, "not now").await.unwrap();
    is_due_in(upkeep, id, UNCLAIMED, DueReason::Unclaimed).await;
    store.delete(id).await.unwrap();
}

async fn a_lapsed_claim_is_due_until_it_is_put_off(
    store: &dyn StatusStore,
    upkeep: &dyn StatusUpkeep,
) {
    let id = created(store).await;
    claim(store, id, Duration::ZERO, 1).await;
    let lapsed = eventually("the end of the lease", async || {
        due(upkeep, id, Duration::ZERO).await
    });
    assert_eq!(lapsed.await.reason, DueReason::Lapsed);
    store.published(id, 2).await.unwrap();
    assert!(due(upkeep, id, Duration::ZERO).await.is_some(), "no epoch");
    store.published(id, 1).await.unwrap();
    is_due_in(upkeep, id, UNCLAIMED, DueReason::Lapsed).await;
    store.delete(id).await.unwrap();
}

async fn what_is_final_or_deleted_is_never_due(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    for situation in [Situation::Completed, Situation::Failed, Situation::Deleted] {
        let id = Medium::in_situation(store, situation).await.id;
        store.published(id, 1).await.unwrap();
        assert_eq!(due(upkeep, id, LEASE * 24).await, None, "{situation:?}");
    }
}

async fn the_longest_due_comes_first_up_to_the_limit(
    store: &dyn StatusStore,
    upkeep: &dyn StatusUpkeep,
) {
    let (last, first) = (created(store).await, created(store).await);
    store.published(last, 1).await.unwrap();
    let all = upkeep.due(UNCLAIMED, 1_000).await.unwrap();
    let place = |id| all.iter().position(|due| due.status.media_id == id);
    assert!(place(first).unwrap() < place(last).unwrap());
    let one = upkeep.due(UNCLAIMED, 1).await.unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].status.media_id, all[0].status.media_id);
    for id in [last, first] {
        store.delete(id).await.unwrap();
    }
}

async fn a_reissue_in_every_situation(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    for situation in Situation::ALL {
        let id = Medium::in_situation(store, situation).await.id;
        if situation == Situation::Lapsed {
            eventually("the end of the lease", async || {
                due(upkeep, id, Duration::ZERO).await
            })
            .await;
        }
        let before = store.get(id).await.unwrap();
        let reissue = upkeep.reissue(id, 1, "Anew").await.unwrap();
        let after = store.get(id).await.unwrap();
        let may_be = match situation {
            Situation::Queued
            | Situation::Lapsed
            | Situation::Released
            | Situation::Retrying
            | Situation::Completed => true,
            Situation::Absent
            | Situation::Running
            | Situation::Exhausted
            | Situation::Failed
            | Situation::Deleted => false,
        };
        if !may_be {
            assert_eq!(reissue, Reissue::NotNeeded, "{situation:?}");
            assert_eq!(after, before, "{situation:?}");
            continue;
        }
        let (before, after) = (before.unwrap(), after.unwrap());
        assert_eq!(reissue, Reissue::Done(Box::new(after.clone())));
        check_reissued(&before, &after);
        is_due_in(upkeep, id, UNPUBLISHED, DueReason::Unpublished).await;
        store.delete(id).await.unwrap();
    }
}

fn check_reissued(before: &Status, after: &Status) {
    assert_eq!((after.epoch, after.version), (2, before.version + 1));
    assert_eq!((after.state, after.code), (State::Processing, 202));
    assert_eq!(
        (after.phase, after.message.as_str()),
        (Phase::Queued, "Anew")
    );
    assert_eq!(
        (&after.thumbnail, &after.handler, &after.cost),
        (&None, &None, &None)
    );
    assert_eq!(after.original, before.original);
    assert_eq!(after.options, before.options);
    let kept = if before.state.is_final() {
        0
    } else {
        before.attempts
    };
    assert_eq!(after.attempts, kept);
}

async fn a_reissue_happens_once_for_each_epoch(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    let id = created(store).await;
    let tries = (0..8).map(|_| upkeep.reissue(id, 1, "Anew"));
    let answers = futures::future::join_all(tries).await;
    let done = answers.into_iter().map(Result::unwrap);
    let done = done.filter(|answer| matches!(answer, Reissue::Done(_)));
    assert_eq!(done.count(), 1);
    assert_eq!(store.get(id).await.unwrap().unwrap().epoch, 2);
    store.delete(id).await.unwrap();
}

async fn a_reissued_medium_is_worked_on_under_its_new_epoch_alone(
    store: &dyn StatusStore,
    upkeep: &dyn StatusUpkeep,
) {
    let id = created(store).await;
    let late = claim(store, id, Duration::ZERO, 1).await;
    eventually("the end of the lease", async || {
        due(upkeep, id, Duration::ZERO).await
    })
    .await;
    upkeep.reissue(id, 1, "Anew").await.unwrap();
    let finish = store.finish(id, late, &completed()).await.unwrap();
    assert_eq!(finish, Finish::Lost, "the late worker");
    let old = store.claim(id, &claim_request(late)).await.unwrap();
    assert_eq!(old, Claim::Superseded);
    store.published(id, 2).await.unwrap();
    let request = crate::ClaimRequest {
        epoch: 2,
        ..claim_request(ClaimToken::random())
    };
    let granted = store.claim(id, &request).await.unwrap();
    assert_eq!(granted, Claim::Granted { attempt: 2 });
    store.delete(id).await.unwrap();
}

async fn a_completed_medium_begins_anew_without_its_thumbnail(
    store: &dyn StatusStore,
    upkeep: &dyn StatusUpkeep,
) {
    let medium = Medium::in_situation(store, Situation::Completed).await;
    upkeep.reissue(medium.id, 1, "Anew").await.unwrap();
    let finish = store.finish(medium.id, medium.holder, &completed()).await;
    assert_eq!(finish.unwrap(), Finish::Lost);
    let request = crate::ClaimRequest {
        epoch: 2,
        ..claim_request(ClaimToken::random())
    };
    let granted = store.claim(medium.id, &request).await.unwrap();
    assert_eq!(granted, Claim::Granted { attempt: 1 });
    let finish = store.finish(medium.id, request.token, &error()).await;
    assert_eq!(finish.unwrap(), Finish::Stored);
    let status = store.get(medium.id).await.unwrap().unwrap();
    assert_eq!((status.state, status.thumbnail), (State::Error, None));
}

async fn what_changed_meanwhile_is_not_deleted(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    for situation in Situation::ALL {
        let id = Medium::in_situation(store, situation).await.id;
        let before = store.get(id).await.unwrap();
        let version = before.as_ref().map_or(1, |status| status.version);
        for other in [version - 1, version + 1] {
            let deleted = upkeep.delete_unchanged(id, other).await.unwrap();
            assert_eq!(deleted, None, "{situation:?}");
            assert_eq!(store.get(id).await.unwrap(), before, "{situation:?}");
        }
        let deleted = upkeep.delete_unchanged(id, version).await.unwrap();
        assert_eq!(deleted, before, "{situation:?}");
        assert_eq!(store.get(id).await.unwrap(), None);
        if before.is_some() {
            let known = upkeep.look_up(&[id]).await.unwrap();
            assert_eq!(known, [Known::Deleted], "{situation:?}");
        }
    }
}

async fn what_is_known_tells_a_tombstone_from_nothing(
    store: &dyn StatusStore,
    upkeep: &dyn StatusUpkeep,
) {
    let live = created(store).await;
    let deleted = Medium::in_situation(store, Situation::Deleted).await.id;
    let absent = MediaId::random();
    let known = upkeep.look_up(&[absent, live, deleted]).await.unwrap();
    let status = store.get(live).await.unwrap().unwrap();
    let expected = [Known::Absent, Known::Live(Box::new(status)), Known::Deleted];
    assert_eq!(known, expected);
    assert_eq!(upkeep.look_up(&[]).await.unwrap(), []);
    store.delete(live).await.unwrap();
}

async fn the_counts_follow_the_states(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    let before = upkeep.counts().await.unwrap();
    let mut ids = Vec::new();
    for situation in Situation::ALL {
        ids.push(Medium::in_situation(store, situation).await.id);
    }
    let with = upkeep.counts().await.unwrap();
    assert_eq!(with.processing, before.processing + 6);
    assert_eq!(with.completed, before.completed + 1);
    assert_eq!(with.error, before.error + 1);
    for id in ids {
        store.delete(id).await.unwrap();
    }
    assert_eq!(upkeep.counts().await.unwrap(), before);
}

async fn lists_that_are_right_stay_as_they_are(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    let mut ids = Vec::new();
    for situation in Situation::ALL {
        ids.push(Medium::in_situation(store, situation).await.id);
    }
    let before = upkeep.counts().await.unwrap();
    assert_eq!(upkeep.mend_lists().await.unwrap(), 0);
    assert_eq!(upkeep.counts().await.unwrap(), before);
    for id in ids {
        store.delete(id).await.unwrap();
    }
}

async fn one_leads_until_its_term_is_over(upkeep: &dyn StatusUpkeep) {
    let lead = async |name, term| upkeep.lead(name, term).await.unwrap();
    assert!(lead("one", LEASE).await);
    assert!(!lead("other", LEASE).await);
    assert!(lead("one", Duration::from_millis(50)).await, "again");
    eventually("the end of the term", async || {
        lead("other", LEASE).await.then_some(())
    })
    .await;
    assert!(!lead("one", LEASE).await);
    upkeep.resign("one").await.unwrap();
    assert!(!lead("one", LEASE).await, "the other leads");
    upkeep.resign("other").await.unwrap();
    assert!(lead("one", LEASE).await);
    upkeep.resign("one").await.unwrap();
}

async fn the_first_says_which_system_the_records_are_of(upkeep: &dyn StatusUpkeep) {
    assert_eq!(upkeep.system().await.unwrap(), None);
    let joining = (0..4).map(|_| upkeep.join(SystemId::random()));
    let joined = futures::future::try_join_all(joining).await.unwrap();
    let said = upkeep.system().await.unwrap();
    assert!(joined.iter().all(|system| Some(*system) == said));
    assert_eq!(Some(upkeep.join(SystemId::random()).await.unwrap()), said);
}

async fn the_time_is_that_of_the_records(store: &dyn StatusStore, upkeep: &dyn StatusUpkeep) {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap();
    let before = ms(upkeep.now().await.unwrap());
    let id = created(store).await;
    let created_at_ms = store.get(id).await.unwrap().unwrap().created_at_ms;
    let after = ms(upkeep.now().await.unwrap());
    assert!(
        (before..=after).contains(&created_at_ms),
        "{before} {created_at_ms} {after}"
    );
    store.delete(id).await.unwrap();
}

async fn created(store: &dyn StatusStore) -> MediaId {
    let new = new_media(MediaId::random());
    store.create(&new).await.unwrap();
    new.media_id
}

async fn claim(store: &dyn StatusStore, id: MediaId, lease: Duration, attempt: u32) -> ClaimToken {
    let request = crate::ClaimRequest {
        lease,
        ..claim_request(ClaimToken::random())
    };
    let claim = store.claim(id, &request).await.unwrap();
    assert_eq!(claim, Claim::Granted { attempt });
    request.token
}
