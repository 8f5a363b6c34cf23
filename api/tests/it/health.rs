use reqwest::StatusCode;
use serde_json::json;
use thumbnailify_api::Config;

use crate::harness::{Answer, TestApi, failed_handler, ready_handler, suspended_handler};

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
async fn with_all_parts_at_work_the_api_is_ready_and_names_the_handler_that_is_not() {
    let api = TestApi::start().await;
    let response = api.get("/readyz").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::OK).await;
    let ok = json!({ "ok": true });
    let checks = json!({ "queue": ok, "status": ok, "media": ok, "catalog": ok, "server": ok });
    let broken = json!({ "name": "gif", "state": "failed", "kind": "not-a-component" });
    assert_eq!(
        answer.body,
        json!({ "ready": true, "checks": checks, "handlers": [broken] })
    );
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
async fn each_handler_out_of_service_is_named_once_with_no_more_than_its_kind() {
    let api = TestApi::start().await;
    let handlers = vec![suspended_handler("jpeg"), failed_handler("gif")];
    api.announce("worker-2", handlers).await;
    let response = api.get("/readyz").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::OK).await;
    let expected = json!([
        { "name": "gif", "state": "failed", "kind": "not-a-component" },
        { "name": "jpeg", "state": "suspended" },
    ]);
    assert_eq!(answer.body["handlers"], expected);
}

#[tokio::test]
async fn without_any_handler_in_service_the_api_is_not_ready() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let handlers = vec![suspended_handler("png"), failed_handler("gif")];
    api.announce("worker-1", handlers).await;
    let response = api.get("/readyz").send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(answer.body["ready"], false);
    let catalog = json!({ "ok": false, "problem": "no handler is in service" });
    assert_eq!(answer.body["checks"]["catalog"], catalog);

    api.announce("worker-1", vec![ready_handler("png")]).await;
    let response = api.get("/readyz").send().await.unwrap();
    Answer::expect(response, StatusCode::OK).await;
}
