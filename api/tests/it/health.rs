use reqwest::StatusCode;
use serde_json::json;
use thumbnailify_api::Config;

use crate::harness::{Answer, TestApi};

#[tokio::test]
async fn a_process_that_answers_is_alive() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let response = api.get("/livez").send().await.unwrap();
    assert_eq!(
        Answer::expect(response, StatusCode::OK).await.body,
        json!({ "live": true })
    );
}

#[tokio::test]
async fn with_all_parts_at_work_the_api_is_ready() {
    let api = TestApi::start().await;
    let response = api.get("/readyz").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::OK).await;
    let ok = json!({ "ok": true });
    let checks = json!({ "queue": ok, "status": ok, "media": ok, "catalog": ok });
    assert_eq!(answer.body, json!({ "ready": true, "checks": checks }));
}

#[tokio::test]
async fn without_any_worker_the_api_is_not_ready() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let response = api.get("/readyz").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(answer.body["ready"], false);
    assert_eq!(answer.body["checks"]["queue"]["ok"], true);
    let catalog = json!({ "ok": false, "problem": "no worker was seen yet" });
    assert_eq!(answer.body["checks"]["catalog"], catalog);
}

#[tokio::test]
async fn the_handlers_of_the_workers_are_listed() {
    let api = TestApi::start().await;
    let response = api.get("/handlers").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::OK).await;
    assert_eq!(answer.body["workers"], json!(["worker-1"]));
    let handlers = answer.body["handlers"].as_array().unwrap();
    assert_eq!(handlers.len(), 3);
    assert_eq!(
        handlers[0]["media_types"],
        json!([{ "mime": "image/png", "extensions": ["png"] }])
    );
    assert_eq!(handlers[2]["state"], "failed");
    assert_eq!(handlers[2]["reason"], "it is not a component");
}
