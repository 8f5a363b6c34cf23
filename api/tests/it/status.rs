use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use thumbnailify_api::Config;
use thumbnailify_core::{FaultKind, MediaId};

use crate::harness::{Answer, TestApi};

#[tokio::test]
async fn a_new_upload_is_processing() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::ACCEPTED).await;
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.body["state"], "Processing");
    assert_eq!(answer.body["phase"], "queued");
    assert_eq!(answer.body["service"], "webserver");
    assert_eq!(answer.body["attempts"], 0);
    let created_at = answer.body["created_at"].as_str().unwrap();
    assert!(
        created_at.starts_with("20") && created_at.ends_with('Z'),
        "{created_at}"
    );
}

#[tokio::test]
async fn a_completed_image_tells_all_about_its_thumbnail() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.complete(id, b"thumbnail").await;
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::OK).await;
    assert_eq!(answer.header("retry-after"), "");
    assert_eq!(answer.body["state"], "Completed");
    assert_eq!(answer.body["service"], "worker");
    assert_eq!(answer.body["message"], "Image processed");
    let expected = json!({
        "bytes": 9, "width": 100, "height": 75, "media_type": "image/png",
        "url": format!("/images/{id}/thumbnail"), "sha256": "c0ffee",
    });
    assert_eq!(answer.body["thumbnail"], expected);
    assert_eq!(answer.body["handler"]["version"], "1.2.3");
    assert_eq!(answer.body["cost"]["cpu_us"], 1_500);
}

#[tokio::test]
async fn the_history_tells_who_did_what_and_when() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.fail(id, 400, "The picture is damaged").await;
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::BAD_REQUEST).await;
    assert_eq!(answer.body["version"], 3);
    let mut history = answer.body["history"].clone();
    assert_eq!(history[0]["at"], answer.body["created_at"]);
    for step in history.as_array_mut().unwrap() {
        let at = step.as_object_mut().unwrap().remove("at").unwrap();
        assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
    }
    let expected = json!([
        {"version": 1, "service": "webserver", "state": "Processing", "phase": "queued",
         "epoch": 1, "attempts": 0},
        {"version": 2, "service": "worker", "worker": "worker-1", "state": "Processing",
         "phase": "running", "epoch": 1, "attempts": 1},
        {"version": 3, "service": "worker", "worker": "worker-1", "state": "Error",
         "phase": "done", "epoch": 1, "attempts": 1, "reason": "The picture is damaged"},
    ]);
    assert_eq!(history, expected);
}

#[tokio::test]
async fn a_list_leaves_the_history_out() {
    let api = TestApi::start().await;
    api.upload().await;
    let response = api.get("/images").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::OK).await;
    assert_eq!(answer.body["images"][0]["version"], 1);
    assert_eq!(answer.body["images"][0].get("history"), None);
}

#[tokio::test]
async fn the_keys_of_the_original_come_first() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    let text = response.text().await.unwrap();
    let keys = [
        "media_id",
        "media_type",
        "message",
        "service",
        "state",
        "phase",
    ];
    let places: Vec<_> = keys
        .iter()
        .map(|key| text.find(&format!("\"{key}\"")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn a_failed_image_answers_with_the_code_of_its_error() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.fail(id, 400, "The picture is damaged").await;
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::BAD_REQUEST).await;
    assert_eq!(answer.body["state"], "Error");
    assert_eq!(answer.body["message"], "The picture is damaged");
}

#[tokio::test]
async fn a_failed_image_tells_how_its_handler_went_wrong_where_it_did() {
    let api = TestApi::start().await;
    for (fault, expected) in [
        (Some(FaultKind::TimedOut), Some(json!("timed-out"))),
        (None, None),
    ] {
        let id = api.upload().await;
        api.fail_by(id, 422, "The picture is damaged", fault).await;
        let response = api.get(&format!("/images/{id}")).send().await.unwrap();
        let answer = Answer::expect(response, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(answer.body.get("fault"), expected.as_ref());
    }
}

#[tokio::test]
async fn an_error_with_a_code_of_success_is_ours() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.fail(id, 200, "A code that no error has").await;
    let response = api.get(&format!("/images/{id}")).send().await.unwrap();
    Answer::expect(response, StatusCode::INTERNAL_SERVER_ERROR).await;
}

#[tokio::test]
async fn what_is_no_id_is_as_unknown_as_an_unknown_one() {
    let api = TestApi::start().await;
    let unknown = MediaId::random().to_string();
    for id in [unknown.as_str(), "1", "..%2f..%2fetc", "%ff", "a%22b"] {
        for path in [format!("/images/{id}"), format!("/images/{id}/thumbnail")] {
            let response = api.get(&path).send().await.unwrap();
            let problem = Answer::expect_problem(response, StatusCode::NOT_FOUND).await;
            assert_eq!(problem.body["type"], "/problems/unknown-image", "{path}");
        }
    }
}

#[tokio::test]
async fn a_wait_ends_with_the_outcome() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let question = api
        .get(&format!("/images/{id}"))
        .header("prefer", "wait=30")
        .send();
    let (response, ()) = tokio::join!(question, api.complete(id, b"thumbnail"));
    let answer = Answer::expect(response.unwrap(), StatusCode::OK).await;
    assert_eq!(answer.header("preference-applied"), "wait");
}

#[tokio::test]
async fn a_wait_is_capped() {
    let api = TestApi::start_with(Config {
        max_wait_ms: 50,
        ..Config::default()
    })
    .await;
    let id = api.upload().await;
    let request = api
        .get(&format!("/images/{id}"))
        .header("prefer", "wait=3600");
    let response = request
        .timeout(Duration::from_secs(20))
        .send()
        .await
        .unwrap();
    let answer = Answer::expect(response, StatusCode::ACCEPTED).await;
    assert_eq!(answer.header("preference-applied"), "wait");
}

#[tokio::test]
async fn a_wait_ends_when_the_image_is_deleted() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let path = format!("/images/{id}");
    let question = api.get(&path).header("prefer", "wait=30").send();
    let deletion = api.client.delete(api.url(&path)).send();
    let (response, deleted) = tokio::join!(question, deletion);
    assert_eq!(deleted.unwrap().status(), StatusCode::NO_CONTENT);
    Answer::expect_problem(response.unwrap(), StatusCode::NOT_FOUND).await;
}
