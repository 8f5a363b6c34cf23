//! `POST /images/{id}/retry`.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use thumbnailify_api::Config;
use thumbnailify_core::{
    Claim, ClaimRequest, ClaimToken, DeadLetter, Finish, Job, MediaId, MediaKey, Reopen, Trace,
    Verdict,
};

use crate::breaker::{Breaker, Fault};
use crate::harness::{Answer, TestApi, eventually};

async fn retry(api: &TestApi, id: MediaId) -> Response {
    let url = api.url(&format!("/images/{id}/retry"));
    api.client.post(url).send().await.unwrap()
}

async fn get(api: &TestApi, id: MediaId) -> Response {
    api.get(&format!("/images/{id}")).send().await.unwrap()
}

/// Uploads the stand-in picture, takes its job off the queue, and ends it with an error.
async fn failed(api: &TestApi) -> (MediaId, Job) {
    let id = api.upload().await;
    let job = api.take_job().await;
    api.fail(id, 500, "gave up").await;
    api.ports.dead_letters.put(&letter(&job)).await.unwrap();
    (id, job)
}

fn letter(job: &Job) -> DeadLetter {
    DeadLetter {
        job: job.clone(),
        attempts: 5,
        reason: "gave up".to_owned(),
        fault: None,
        handler: None,
        worker: "worker-1".to_owned(),
        at_ms: 0,
        history: Vec::new(),
    }
}

#[tokio::test]
async fn an_image_in_error_is_queued_again_in_the_next_epoch() {
    let api = TestApi::start().await;
    let (id, job) = failed(&api).await;
    let answer = Answer::expect(retry(&api, id).await, StatusCode::ACCEPTED).await;
    assert_eq!(answer.body["state"], "Processing");
    assert_eq!(answer.body["phase"], "queued");
    assert_eq!(answer.body["attempts"], 0);
    assert_eq!(answer.body["version"], 4);
    assert_eq!(answer.body["history"][3]["epoch"], 2);
    assert_eq!(answer.header("retry-after"), "1");

    let again = api.take_job().await;
    let trace = again.trace.clone();
    assert_ne!(trace, job.trace, "it goes back to another request");
    let epoch = 2;
    assert_eq!(
        again,
        Job {
            epoch,
            trace,
            ..job
        }
    );
    let left = api.ports.dead_letters.get(id).await.unwrap();
    assert_eq!(left, None, "its letter is done with");
}

#[tokio::test]
async fn an_image_that_is_tried_again_can_be_waited_for() {
    let api = TestApi::start().await;
    let (id, _) = failed(&api).await;
    let url = api.url(&format!("/images/{id}/retry"));
    let waiting = api.client.post(url).header("prefer", "wait=20").send();
    let working = async {
        let job = api.take_job().await;
        let token = ClaimToken::random();
        let request = ClaimRequest {
            token,
            epoch: job.epoch,
            lease: Duration::from_secs(30),
            attempt_budget: 5,
            worker: "worker-1".to_owned(),
        };
        let claim = api.ports.status.claim(id, &request).await.unwrap();
        assert_eq!(claim, Claim::Granted { attempt: 1 });
        let verdict = Verdict::Error {
            message: "still damaged".to_owned(),
            code: 400,
            handler: None,
            cost: None,
            fault: None,
        };
        let finish = api.ports.status.finish(id, token, &verdict).await;
        assert_eq!(finish.unwrap(), Finish::Stored);
    };
    let (answer, ()) = tokio::join!(waiting, working);
    let answer = Answer::expect(answer.unwrap(), StatusCode::BAD_REQUEST).await;
    assert_eq!(answer.body["message"], "still damaged");
    assert_eq!(answer.header("preference-applied"), "wait");
}

#[tokio::test]
async fn an_image_that_is_not_in_error_is_a_conflict_that_names_its_state() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let problem = Answer::expect_problem(retry(&api, id).await, StatusCode::CONFLICT).await;
    assert_eq!(problem.body["type"], "/problems/not-failed");
    assert_eq!(problem.body["state"], "Processing");
    api.complete(id, b"thumbnail").await;
    let problem = Answer::expect_problem(retry(&api, id).await, StatusCode::CONFLICT).await;
    assert_eq!(problem.body["state"], "Completed");
}

#[tokio::test]
async fn an_image_whose_upload_is_gone_stays_in_error() {
    let api = TestApi::start().await;
    let (id, job) = failed(&api).await;
    let key = MediaKey::original(id, &job.media_type);
    api.ports.media.delete(&key).await.unwrap();
    let problem = Answer::expect_problem(retry(&api, id).await, StatusCode::GONE).await;
    assert_eq!(problem.body["type"], "/problems/upload-gone");
    let status = Answer::expect(get(&api, id).await, StatusCode::INTERNAL_SERVER_ERROR).await;
    assert_eq!(status.body["version"], 3);
}

#[tokio::test]
async fn an_unknown_or_deleted_image_cannot_be_tried_again() {
    let api = TestApi::start().await;
    Answer::expect_problem(retry(&api, MediaId::random()).await, StatusCode::NOT_FOUND).await;
    let (id, _) = failed(&api).await;
    let url = api.url(&format!("/images/{id}"));
    let deleted = api.client.delete(url).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    Answer::expect_problem(retry(&api, id).await, StatusCode::NOT_FOUND).await;
    let left = api.ports.dead_letters.get(id).await.unwrap();
    assert_eq!(left, None, "the letter went with the image");
}

#[tokio::test]
async fn two_wishes_at_once_make_one_try() {
    let api = TestApi::start().await;
    let (id, _) = failed(&api).await;
    let (one, other) = tokio::join!(retry(&api, id), retry(&api, id));
    // Who came too late to see the Error is told so.
    for answer in [one.status(), other.status()] {
        assert!(matches!(
            answer,
            StatusCode::ACCEPTED | StatusCode::CONFLICT
        ));
    }
    let status = api.ports.status.get(id).await.unwrap().unwrap();
    assert_eq!((status.epoch, status.version), (2, 4));
    assert_eq!(api.take_job().await.epoch, 2);
}

#[tokio::test]
async fn a_queue_that_takes_no_job_leaves_the_error_as_it_was() {
    for (fault, kind) in [
        (Fault::QueueFull, "/problems/queue-full"),
        (Fault::Unavailable, "/problems/unavailable"),
    ] {
        let breaker = Breaker::default();
        let config = Config::default();
        let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
        api.announce_worker().await;
        let (id, _) = failed(&api).await;
        breaker.fail("queue.publish", fault);
        let answer = retry(&api, id).await;
        let problem = Answer::expect_problem(answer, StatusCode::SERVICE_UNAVAILABLE).await;
        assert_eq!(problem.body["type"], kind);
        assert_eq!(problem.header("retry-after"), "1");
        let status = Answer::expect(get(&api, id).await, StatusCode::INTERNAL_SERVER_ERROR).await;
        assert_eq!(status.body["message"], "gave up");
        assert_eq!(status.body["handler"]["name"], "png");
        let letter = api.ports.dead_letters.get(id).await.unwrap();
        assert!(letter.is_some(), "the letter stays");

        breaker.mend("queue.publish");
        Answer::expect(retry(&api, id).await, StatusCode::ACCEPTED).await;
        assert_eq!(api.take_job().await.epoch, 3);
    }
}

#[tokio::test]
async fn a_job_that_a_worker_has_already_was_queued_whatever_the_queue_said() {
    let breaker = Breaker::default();
    let config = Config::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    api.announce_worker().await;
    let (id, job) = failed(&api).await;
    breaker.fail("queue.publish answered", Fault::Hang);
    let asking = retry(&api, id);
    let working = async {
        let again = api.take_job().await;
        assert_eq!(
            again.trace == Trace::default(),
            job.trace == Trace::default()
        );
        let request = ClaimRequest {
            token: ClaimToken::random(),
            epoch: again.epoch,
            lease: Duration::from_secs(30),
            attempt_budget: 5,
            worker: "worker-1".to_owned(),
        };
        let claim = api.ports.status.claim(id, &request).await.unwrap();
        assert_eq!(claim, Claim::Granted { attempt: 1 });
        breaker.fail("queue.publish answered", Fault::Unavailable);
        breaker.wake();
    };
    let (answer, ()) = tokio::join!(asking, working);
    Answer::expect(answer, StatusCode::ACCEPTED).await;
    let status = Answer::expect(get(&api, id).await, StatusCode::ACCEPTED).await;
    assert_eq!(status.body["phase"], "running");
}

/// A first wish whose publish stays without an answer, and a second one that gets the job queued meanwhile.
#[tokio::test]
async fn a_wish_whose_publish_fails_leaves_what_another_has_queued() {
    let breaker = Breaker::default();
    let config = Config::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    api.announce_worker().await;
    let (id, job) = failed(&api).await;
    breaker.fail("queue.publish answered", Fault::Hang);
    let first = retry(&api, id);
    let second = async {
        eventually("the first publish", async || {
            breaker.calls("queue.publish answered") > 1
        })
        .await;
        assert_eq!(api.take_job().await.epoch, job.epoch + 1);
        api.ports.status.published(id, job.epoch + 1).await.unwrap();
        breaker.fail("queue.publish answered", Fault::Unavailable);
        breaker.wake();
    };
    let (answer, ()) = tokio::join!(first, second);
    Answer::expect(answer, StatusCode::ACCEPTED).await;
    let status = Answer::expect(get(&api, id).await, StatusCode::ACCEPTED).await;
    assert_eq!(status.body["phase"], "queued");
}

#[tokio::test]
async fn a_second_wish_whose_publish_fails_does_not_undo_the_first() {
    let breaker = Breaker::default();
    let config = Config::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    api.announce_worker().await;
    let (id, job) = failed(&api).await;
    breaker.fail_times("status.reopen", Fault::Hang, 1);
    breaker.fail("queue.publish", Fault::Unavailable);
    let second = retry(&api, id);
    let first = async {
        eventually("the second to see the Error", async || {
            breaker.calls("status.reopen") > 0
        })
        .await;
        // The first opens it, and is killed before it can publish the job.
        let reopened = api.ports.status.reopen(id, job.epoch, "again").await;
        assert!(matches!(reopened, Ok(Reopen::Reopened(_))), "{reopened:?}");
        breaker.wake();
    };
    let (answer, ()) = tokio::join!(second, first);
    Answer::expect_problem(answer, StatusCode::SERVICE_UNAVAILABLE).await;
    let status = Answer::expect(get(&api, id).await, StatusCode::ACCEPTED).await;
    assert_eq!(status.body["phase"], "queued", "its job is published later");
}

/// A job that is given up before the wish for it is answered.
#[tokio::test]
async fn the_letter_of_the_new_try_stays() {
    let breaker = Breaker::default();
    let config = Config::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    api.announce_worker().await;
    let (id, _) = failed(&api).await;
    breaker.fail("queue.publish answered", Fault::Hang);
    let asking = retry(&api, id);
    let failing = async {
        let again = api.take_job().await;
        assert_eq!(again.epoch, 2);
        api.ports.dead_letters.put(&letter(&again)).await.unwrap();
        breaker.mend("queue.publish answered");
    };
    let (answer, ()) = tokio::join!(asking, failing);
    Answer::expect(answer, StatusCode::ACCEPTED).await;
    let left = api.ports.dead_letters.get(id).await.unwrap();
    assert_eq!(left.map(|letter| letter.job.epoch), Some(2));
}

/// A worker died between the letter and the Error, and another made the thumbnail after all.
#[tokio::test]
async fn a_letter_goes_with_its_image_whatever_state_that_is_in() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let job = api.take_job().await;
    api.ports.dead_letters.put(&letter(&job)).await.unwrap();
    api.complete(id, b"thumbnail").await;
    let url = api.url(&format!("/images/{id}"));
    let deleted = api.client.delete(url).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(api.ports.dead_letters.get(id).await.unwrap(), None);
}
