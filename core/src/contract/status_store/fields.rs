use super::super::sample::{claim_request, completed, error, new_media};
use crate::{
    Blame, Claim, ClaimToken, Hold, MediaId, Phase, Service, State, Status, StatusStore, Verdict,
};

/// Follows one medium to its thumbnail and compares the whole status after each step.
pub(super) async fn each_step_shows_in_the_status(store: &dyn StatusStore) {
    let new = new_media(MediaId::random());
    store.create(&new).await.unwrap();
    let mut expected = read(store, new.media_id).await;
    let queued = Status {
        media_id: new.media_id,
        media_type: new.media_type.clone(),
        service: Service::Webserver,
        state: State::Processing,
        phase: Phase::Queued,
        message: new.message.clone(),
        code: 202,
        version: 1,
        epoch: 1,
        attempts: 0,
        handler_faults: 0,
        original: new.original.clone(),
        options: new.options,
        thumbnail: None,
        handler: None,
        cost: None,
        fault: None,
        ..expected
    };
    expected = assert_step(store, queued).await;
    assert_eq!(expected.created_at_ms, expected.updated_at_ms);

    let token = claim(store, new.media_id).await;
    expected.service = Service::Worker;
    expected.phase = Phase::Running;
    expected.attempts = 1;
    expected = assert_next_step(store, expected).await;

    let (reason, blame) = ("it called itself", Blame::Handler);
    let retried = store.retry(new.media_id, token, blame, reason).await;
    assert_eq!(retried.unwrap(), Hold::Held);
    expected.handler_faults = 1;
    expected.phase = Phase::Retrying;
    expected.message = reason.to_owned();
    expected = assert_next_step(store, expected).await;

    let token = claim(store, new.media_id).await;
    expected.phase = Phase::Running;
    expected.attempts = 2;
    expected = assert_next_step(store, expected).await;

    let released = store.release(new.media_id, token, "the disk is full").await;
    assert_eq!(released.unwrap(), Hold::Held);
    expected.phase = Phase::Queued;
    expected.attempts = 1;
    expected = assert_next_step(store, expected).await;

    let token = claim(store, new.media_id).await;
    expected.phase = Phase::Running;
    expected.attempts = 2;
    expected = assert_next_step(store, expected).await;

    finish(store, new.media_id, token, expected, completed()).await;
}

pub(super) async fn an_error_keeps_its_reason(store: &dyn StatusStore) {
    for verdict in [error(), without_handler(error())] {
        let new = new_media(MediaId::random());
        store.create(&new).await.unwrap();
        let token = claim(store, new.media_id).await;
        let running = read(store, new.media_id).await;
        finish(store, new.media_id, token, running, verdict).await;
    }
}

fn without_handler(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Error { message, code, .. } => Verdict::Error {
            message,
            code,
            handler: None,
            cost: None,
            fault: None,
        },
        completed @ Verdict::Completed { .. } => completed,
    }
}

async fn finish(
    store: &dyn StatusStore,
    id: MediaId,
    token: ClaimToken,
    mut expected: Status,
    verdict: Verdict,
) {
    store.finish(id, token, &verdict).await.unwrap();
    expected.phase = Phase::Done;
    match verdict {
        Verdict::Completed {
            message,
            thumbnail,
            handler,
            cost,
        } => {
            (expected.state, expected.code) = (State::Completed, 200);
            expected.message = message;
            expected.thumbnail = Some(thumbnail);
            expected.handler = Some(handler);
            expected.cost = Some(cost);
        }
        Verdict::Error {
            message,
            code,
            handler,
            cost,
            fault,
        } => {
            (expected.state, expected.code) = (State::Error, code);
            expected.message = message;
            expected.handler = handler;
            expected.cost = cost;
            expected.fault = fault;
        }
    }
    assert_next_step(store, expected).await;
}

async fn claim(store: &dyn StatusStore, id: MediaId) -> ClaimToken {
    let token = ClaimToken::random();
    let claim = store.claim(id, &claim_request(token)).await.unwrap();
    assert!(matches!(claim, Claim::Granted { .. }), "{claim:?}");
    token
}

async fn assert_next_step(store: &dyn StatusStore, mut expected: Status) -> Status {
    expected.version += 1;
    assert_step(store, expected).await
}

/// Compares all but the time of the write, which may only go on, and the history.
async fn assert_step(store: &dyn StatusStore, mut expected: Status) -> Status {
    let status = read(store, expected.media_id).await;
    assert!(status.updated_at_ms >= expected.updated_at_ms);
    expected.updated_at_ms = status.updated_at_ms;
    expected.history.clone_from(&status.history);
    assert_eq!(status, expected);
    status
}

async fn read(store: &dyn StatusStore, id: MediaId) -> Status {
    store.get(id).await.unwrap().unwrap()
}
