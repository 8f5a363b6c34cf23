use super::super::sample::{claim_request, completed};
use super::situation::{Medium, Situation};
use crate::{
    Blame, Claim, ClaimRequest, ClaimToken, Finish, Hold, ListRequest, PageLimit, Phase, Reopen,
    Service, State, Status, StatusStore, Verdict,
};

pub(super) async fn only_an_error_of_the_epoch_is_opened_again(store: &dyn StatusStore) {
    for situation in Situation::ALL {
        for epoch in [1, 2] {
            let medium = Medium::in_situation(store, situation).await;
            let before = store.get(medium.id).await.unwrap();
            let answer = store.reopen(medium.id, epoch, "again").await.unwrap();
            let after = store.get(medium.id).await.unwrap();
            if situation == Situation::Failed && epoch == 1 {
                assert_eq!(answer, Reopen::Reopened(Box::new(after.unwrap())));
                continue;
            }
            let expected = match &before {
                Some(status) => Reopen::NotFailed(Box::new(status.clone())),
                None => Reopen::Absent,
            };
            assert_eq!(answer, expected, "{situation:?} in epoch {epoch}");
            assert_eq!(after, before, "{situation:?} in epoch {epoch}");
        }
    }
}

pub(super) async fn what_is_open_again_has_a_fresh_budget(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Queued).await;
    crash_and_fail(store, &medium).await;
    let failed = read(store, &medium).await;
    assert_eq!((failed.attempts, failed.handler_faults), (2, 1));
    let reopened = reopen(store, &medium, 1).await;
    let expected = Status {
        service: Service::Webserver,
        state: State::Processing,
        phase: Phase::Queued,
        message: "once more".to_owned(),
        code: 202,
        version: failed.version + 1,
        epoch: 2,
        attempts: 0,
        handler_faults: 0,
        handler: None,
        cost: None,
        fault: None,
        updated_at_ms: reopened.updated_at_ms,
        history: reopened.history.clone(),
        ..failed.clone()
    };
    assert_eq!(reopened, expected);
    let (last, earlier) = reopened.history.split_last().unwrap();
    assert_eq!(earlier, failed.history);
    assert_eq!(
        (last.version, last.epoch, last.phase),
        (reopened.version, 2, Phase::Queued)
    );
    assert_lists(store, &reopened).await;

    let old = ClaimRequest {
        epoch: 1,
        ..claim_request(ClaimToken::random())
    };
    assert_eq!(
        store.claim(medium.id, &old).await.unwrap(),
        Claim::Superseded
    );
    let token = claim(store, &medium, 2, 1).await;
    let finish = store.finish(medium.id, token, &completed()).await.unwrap();
    assert_eq!(finish, Finish::Stored);
}

pub(super) async fn a_repeat_opens_nothing_twice(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Failed).await;
    let first = reopen(store, &medium, 1).await;
    assert_eq!(open_before(store, &medium, 1).await, first);
    let token = claim(store, &medium, 2, 1).await;
    let error = super::super::sample::error();
    store.finish(medium.id, token, &error).await.unwrap();
    let failed_again = open_before(store, &medium, 1).await;
    assert_eq!((failed_again.state, failed_again.epoch), (State::Error, 2));
    assert_eq!(reopen(store, &medium, 2).await.epoch, 3);
}

pub(super) async fn who_finished_before_is_not_believed_again(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Failed).await;
    let reopened = reopen(store, &medium, 1).await;
    let (id, late) = (medium.id, medium.holder);
    let finish = store.finish(id, late, &completed()).await.unwrap();
    assert_eq!(finish, Finish::Lost);
    let hold = store.retry(id, late, Blame::Machine, "late").await.unwrap();
    assert_eq!(hold, Hold::Lost);
    assert_eq!(read(store, &medium).await, reopened);
}

pub(super) async fn what_was_opened_in_vain_is_the_error_that_it_was(store: &dyn StatusStore) {
    let medium = Medium::in_situation(store, Situation::Failed).await;
    let failed = read(store, &medium).await;
    let reopened = reopen(store, &medium, 1).await;
    let error = super::super::sample::error();
    for _ in 0..2 {
        assert!(store.take_back(medium.id, 2, &error).await.unwrap());
    }
    let closed = read(store, &medium).await;
    let expected = Status {
        version: reopened.version + 1,
        service: Service::Webserver,
        epoch: 2,
        attempts: 0,
        updated_at_ms: closed.updated_at_ms,
        history: closed.history.clone(),
        ..failed
    };
    assert_eq!(closed, expected);
    let last = closed.history.last().unwrap();
    assert_eq!((last.state, last.phase), (State::Error, Phase::Done));
    assert_lists(store, &closed).await;
    let late = claim_request(ClaimToken::random());
    let late = ClaimRequest { epoch: 2, ..late };
    let answer = store.claim(medium.id, &late).await.unwrap();
    assert_eq!(answer, Claim::Final(Box::new(closed)), "a late job");
    assert_eq!(reopen(store, &medium, 2).await.epoch, 3);
}

pub(super) async fn what_is_queued_or_worked_on_is_not_taken_back(store: &dyn StatusStore) {
    let error = super::super::sample::error();
    for situation in Situation::ALL {
        let medium = Medium::in_situation(store, situation).await;
        if situation != Situation::Queued {
            assert_not_taken_back(store, &medium, 1, &error).await;
        }
        assert_not_taken_back(store, &medium, 2, &error).await;
    }
    let medium = Medium::in_situation(store, Situation::Failed).await;
    reopen(store, &medium, 1).await;
    assert_not_taken_back(store, &medium, 1, &error).await;
    store.published(medium.id, 2).await.unwrap();
    assert_not_taken_back(store, &medium, 2, &error).await;
    claim(store, &medium, 2, 1).await;
    assert_not_taken_back(store, &medium, 2, &error).await;
}

async fn assert_not_taken_back(
    store: &dyn StatusStore,
    medium: &Medium,
    epoch: u32,
    error: &Verdict,
) {
    let before = store.get(medium.id).await.unwrap();
    assert!(!store.take_back(medium.id, epoch, error).await.unwrap());
    assert_eq!(store.get(medium.id).await.unwrap(), before, "{before:?}");
}

async fn crash_and_fail(store: &dyn StatusStore, medium: &Medium) {
    let token = claim(store, medium, 1, 1).await;
    let hold = store
        .retry(medium.id, token, Blame::Handler, "it panicked")
        .await;
    assert_eq!(hold.unwrap(), Hold::Held);
    let token = claim(store, medium, 1, 2).await;
    let error = super::super::sample::error();
    let finish = store.finish(medium.id, token, &error).await.unwrap();
    assert_eq!(finish, Finish::Stored);
}

async fn claim(store: &dyn StatusStore, medium: &Medium, epoch: u32, attempt: u32) -> ClaimToken {
    let token = ClaimToken::random();
    let request = ClaimRequest {
        epoch,
        ..claim_request(token)
    };
    let claim = store.claim(medium.id, &request).await.unwrap();
    assert_eq!(claim, Claim::Granted { attempt });
    token
}

async fn reopen(store: &dyn StatusStore, medium: &Medium, epoch: u32) -> Status {
    match store.reopen(medium.id, epoch, "once more").await.unwrap() {
        Reopen::Reopened(status) => *status,
        other => panic!("{other:?}"),
    }
}

async fn open_before(store: &dyn StatusStore, medium: &Medium, epoch: u32) -> Status {
    match store.reopen(medium.id, epoch, "once more").await.unwrap() {
        Reopen::OpenBefore(status) => *status,
        other => panic!("{other:?}"),
    }
}

async fn read(store: &dyn StatusStore, medium: &Medium) -> Status {
    store.get(medium.id).await.unwrap().unwrap()
}

/// It moved from the list of one state to that of another.
async fn assert_lists(store: &dyn StatusStore, status: &Status) {
    for state in State::ALL {
        let request = ListRequest {
            state: Some(state),
            after: None,
            limit: PageLimit::new(50).unwrap(),
        };
        let page = store.list(&request).await.unwrap();
        assert_eq!(
            page.statuses.contains(status),
            state == status.state,
            "{state:?}"
        );
    }
}
