//! What the API answers, and what it leaves behind, when something behind it fails.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use thumbnailify_api::Config;
use thumbnailify_core::{DueReason, MediaId};

use crate::breaker::{Breaker, Fault};
use crate::harness::{Answer, PICTURE_BASE64, TestApi, eventually, within_deadline};

async fn start() -> (TestApi, Breaker) {
    start_with(Config::default()).await
}

async fn start_with(config: Config) -> (TestApi, Breaker) {
    let breaker = Breaker::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    api.announce_worker().await;
    (api, breaker)
}

#[tokio::test]
async fn a_record_whose_answer_is_lost_is_found_by_the_repeat() {
    let (api, breaker) = start().await;
    breaker.fail_times("status.create answered", Fault::Unavailable, 2);
    let id = api.upload().await;
    assert_eq!(breaker.calls("status.create"), 3);
    assert_eq!(api.take_job().await.media_id, id);
}

#[tokio::test]
async fn an_upload_that_cannot_be_recorded_leaves_nothing() {
    let (api, breaker) = start().await;
    breaker.fail("status.create", Fault::Unavailable);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.header("retry-after"), "1");
    assert_eq!(breaker.calls("status.create"), 3);
    assert_eq!(breaker.calls("queue.publish"), 0);
    assert_eq!(api.files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_full_queue_refuses_and_leaves_nothing() {
    let (api, breaker) = start().await;
    breaker.fail("queue.publish", Fault::QueueFull);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.body["type"], "/problems/queue-full");
    assert_eq!(problem.header("retry-after"), "1");
    assert_eq!(breaker.calls("status.delete"), 1);
    assert_eq!(api.files(), Vec::<String>::new());
}

/// What the reconciler will publish, within the ten seconds that an upload has for it.
async fn unpublished(api: &TestApi) -> Vec<MediaId> {
    let ahead = Duration::from_secs(10);
    let due = api.ports.upkeep.status.due(ahead, 100).await.unwrap();
    let unpublished = due
        .iter()
        .filter(|due| due.reason == DueReason::Unpublished);
    unpublished.map(|due| due.status.media_id).collect()
}

#[tokio::test]
async fn while_the_queue_is_known_to_be_full_uploads_are_refused_unread() {
    let (api, breaker) = start_with(Config {
        retry_after_s: 600,
        ..Config::default()
    })
    .await;
    breaker.fail("queue.publish", Fault::QueueFull);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    breaker.mend("queue.publish");

    let endless = futures::stream::pending::<std::io::Result<Vec<u8>>>();
    let unread = api.post("image/png", reqwest::Body::wrap_stream(endless));
    let response = within_deadline(unread.send()).await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.body["type"], "/problems/queue-full");
    assert_eq!(problem.header("retry-after"), "600");
    assert_eq!(breaker.calls("media.put"), 1);
}

#[tokio::test]
async fn a_queue_that_had_room_again_is_tried_again() {
    let (api, breaker) = start_with(Config {
        retry_after_s: 0,
        ..Config::default()
    })
    .await;
    breaker.fail_times("queue.publish", Fault::QueueFull, 1);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    api.upload().await;
}

#[tokio::test]
async fn a_publish_without_an_answer_is_repeated() {
    let (api, breaker) = start().await;
    breaker.fail_times("queue.publish", Fault::Unavailable, 2);
    let id = api.upload().await;
    assert_eq!(breaker.calls("queue.publish"), 3);
    assert_eq!(api.take_job().await.media_id, id);
    assert_eq!(unpublished(&api).await, []);
}

#[tokio::test]
async fn an_upload_whose_publish_stays_without_an_answer_is_accepted_and_left_to_be_published() {
    for fault in [Fault::Unavailable, Fault::Hang] {
        let (api, breaker) = start_with(Config {
            admission_deadline_ms: 300,
            ..Config::default()
        })
        .await;
        breaker.fail("queue.publish", fault);
        let id = within_deadline(api.upload()).await;
        assert_eq!(breaker.calls("status.delete"), 0);
        assert_eq!(api.files().len(), 1);
        assert_eq!(unpublished(&api).await, [id]);
    }
}

#[tokio::test]
async fn an_upload_that_cannot_be_recorded_in_time_is_refused_and_taken_back() {
    let (api, breaker) = start_with(Config {
        admission_deadline_ms: 50,
        ..Config::default()
    })
    .await;
    breaker.fail("status.create", Fault::Hang);
    breaker.fail("status.delete", Fault::Hang);
    let upload = api.post("image/png", PICTURE_BASE64).send();
    let response = within_deadline(upload).await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.header("retry-after"), "1");
    breaker.mend("status.delete");
    eventually("an empty store", async || api.files().is_empty()).await;
}

#[tokio::test]
async fn a_job_that_cannot_be_noted_as_queued_is_queued_all_the_same() {
    let (api, breaker) = start().await;
    breaker.fail("status.published", Fault::Unavailable);
    let id = api.upload().await;
    assert_eq!(api.take_job().await.media_id, id);
}

#[tokio::test]
async fn a_full_disk_refuses_at_once() {
    let (api, breaker) = start().await;
    breaker.fail("media.put", Fault::DiskFull);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::INSUFFICIENT_STORAGE).await;
    assert_eq!(problem.header("retry-after"), "1");
    assert_eq!(breaker.calls("status.create"), 0);
}

#[tokio::test]
async fn a_file_that_may_be_stored_or_not_is_deleted() {
    let (api, breaker) = start().await;
    breaker.fail("media.put answered", Fault::Unavailable);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(api.files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_hangs_up_after_the_record_does_not_stop_its_job() {
    let (api, breaker) = start().await;
    breaker.fail("queue.publish", Fault::Hang);
    // A client of its own, since dropping it is what closes the connection.
    let client = Client::new();
    let request = api.post("image/png", PICTURE_BASE64).build().unwrap();
    let upload = tokio::spawn(async move { client.execute(request).await });
    eventually("a publish", async || breaker.calls("queue.publish") == 1).await;
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    breaker.mend("queue.publish");
    api.take_job().await;
    eventually("a note of it", async || {
        breaker.calls("status.published") == 1
    })
    .await;
}

#[tokio::test]
async fn while_the_status_store_is_away_questions_are_to_be_asked_again() {
    let (api, breaker) = start().await;
    let id = api.upload().await;
    breaker.fail("status.get", Fault::Unavailable);
    breaker.fail("status.delete", Fault::Unavailable);
    let image = api.url(&format!("/images/{id}"));
    for request in [
        api.client.get(&image),
        api.client.get(format!("{image}/thumbnail")),
        api.client.delete(&image),
    ] {
        let response = request.send().await.unwrap();
        let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
        assert_eq!(problem.header("retry-after"), "1");
    }
    breaker.mend("status.get");
    Answer::expect(
        api.client.get(&image).send().await.unwrap(),
        StatusCode::ACCEPTED,
    )
    .await;
}

#[tokio::test]
async fn an_upload_that_waits_is_accepted_even_when_its_outcome_cannot_be_seen() {
    let (api, breaker) = start().await;
    breaker.fail("status.get", Fault::Unavailable);
    let request = api
        .post("image/png", PICTURE_BASE64)
        .header("prefer", "wait=9");
    Answer::expect(request.send().await.unwrap(), StatusCode::ACCEPTED).await;
}

#[tokio::test]
async fn uploads_are_taken_on_the_last_word_of_a_catalog_that_is_away() {
    let (api, breaker) = start().await;
    api.upload().await;
    breaker.fail("catalog.announced", Fault::Unavailable);
    // Uploads go on beyond the time for which an answer is fresh.
    eventually("a question that failed", async || {
        api.upload().await;
        breaker.calls("catalog.announced") > 1
    })
    .await;
    api.upload().await;
    let response = api.get("/handlers").send().await.unwrap();
    Answer::expect(response, StatusCode::OK).await;
}

#[tokio::test]
async fn uploads_are_taken_on_the_last_word_of_a_catalog_that_does_not_answer() {
    let (api, breaker) = start().await;
    api.upload().await;
    breaker.fail("catalog.announced", Fault::Hang);
    // Uploads go on beyond the time for which an answer is fresh.
    eventually("a question without answer", async || {
        api.upload().await;
        breaker.calls("catalog.announced") > 1
    })
    .await;
    api.upload().await;
}

#[tokio::test]
async fn a_catalog_that_never_answered_is_to_be_asked_again() {
    let (api, breaker) = start().await;
    breaker.fail("catalog.announced", Fault::Unavailable);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
}

#[tokio::test]
async fn files_that_cannot_be_deleted_do_not_bring_an_image_back() {
    let (api, breaker) = start().await;
    let id = api.upload().await;
    breaker.fail("media.delete", Fault::Unavailable);
    let image = api.url(&format!("/images/{id}"));
    let response = api.client.delete(&image).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let response = api.client.get(&image).send().await.unwrap();
    Answer::expect_problem(response, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn inner_details_stay_inside() {
    let (api, breaker) = start().await;
    let id = api.upload().await;
    breaker.fail("status.get", Fault::Broken);
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::INTERNAL_SERVER_ERROR).await;
    assert!(
        !problem.body.to_string().contains("secret"),
        "{}",
        problem.body
    );
}

#[tokio::test]
async fn a_panic_ends_its_request_alone() {
    let (api, breaker) = start().await;
    let id = api.upload().await;
    breaker.fail_times("status.get", Fault::Panic, 1);
    let path = format!("/images/{id}");
    let response = api.get(&path).send().await.unwrap();
    Answer::expect_problem(response, StatusCode::INTERNAL_SERVER_ERROR).await;
    Answer::expect(api.get(&path).send().await.unwrap(), StatusCode::ACCEPTED).await;

    breaker.fail_times("media.put", Fault::Panic, 1);
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    Answer::expect_problem(response, StatusCode::INTERNAL_SERVER_ERROR).await;
}

#[tokio::test]
async fn a_part_that_fails_or_says_nothing_makes_the_api_unready() {
    let (api, breaker) = start().await;
    breaker.fail("queue.check", Fault::Unavailable);
    breaker.fail("status.check", Fault::Hang);
    breaker.fail("catalog.announced", Fault::Broken);
    let response = api.get("/readyz").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::SERVICE_UNAVAILABLE).await;
    let checks = &answer.body["checks"];
    assert_eq!(checks["queue"]["problem"], "unavailable");
    assert_eq!(checks["status"]["problem"], "no answer within a second");
    assert_eq!(checks["media"]["ok"], true);
    assert_eq!(checks["catalog"]["problem"], "broken");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let config = Config {
        max_wait_ms: 40,
        request_deadline_ms: 50,
        ..Config::default()
    };
    let (api, breaker) = start_with(config).await;
    let id = api.upload().await;
    breaker.fail("status.get", Fault::Hang);
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.body["type"], "/problems/took-too-long");
}
