//! What is said of the handlers, and which uploads are taken for them.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};
use thumbnailify_api::Config;
use thumbnailify_core::{FaultKind, HandlerCounters, HandlerState, HandlerSummary};

use crate::breaker::{Breaker, Fault};
use crate::harness::{
    Answer, PICTURE_BASE64, TestApi, eventually, failed_handler, ready_handler, runs,
    suspended_handler,
};

async fn list(api: &TestApi) -> Value {
    let response = api.get("/handlers").send().await.unwrap();
    Answer::expect(response, StatusCode::OK).await.body
}

fn counting(counters: HandlerCounters) -> HandlerSummary {
    HandlerSummary {
        counters,
        ..ready_handler("png")
    }
}

#[tokio::test]
async fn a_handler_is_listed_with_all_that_is_known_of_it() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let handler = HandlerSummary {
        warnings: vec!["It imports more than it needs.".to_owned()],
        ..counting(HandlerCounters {
            jobs: 4,
            errors: 1,
            faults: BTreeMap::from([(FaultKind::TimedOut, 1)]),
            ..runs(2, 1_500)
        })
    };
    api.announce("worker-1", vec![handler]).await;
    let expected = json!({
        "name": "png",
        "version": "1.2.3",
        "sha256": "beef",
        "origin": "builtin",
        "media_types": [{ "mime": "image/png", "extensions": ["png"] }],
        "imports": ["thumbnailify:handler/source@1.0.0"],
        "budgets": {
            "memory_mib": 256, "deadline_ms": 5_000, "read_mib": 64, "read_calls": 100_000,
            "source_megapixels": 64, "raster_mib": 64, "frames": 100, "log_lines": 100,
        },
        "state": "ready",
        "warnings": ["It imports more than it needs."],
        "counters": {
            "jobs": 4, "completed": 2, "errors": 1, "faults": { "timed-out": 1 },
            "time_ms": { "p50": 1.535, "p95": 1.535 }, "peak_memory_bytes": 1 << 20,
        },
        "workers": ["worker-1"],
    });
    let expected = json!({ "handlers": [expected], "workers": ["worker-1"] });
    assert_eq!(list(&api).await, expected);
}

#[tokio::test]
async fn a_handler_that_is_not_in_service_is_listed_with_the_reason() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let shadowed = HandlerSummary {
        state: HandlerState::Shadowed {
            reason: "png comes first".to_owned(),
        },
        ..ready_handler("other-png")
    };
    let handlers = vec![failed_handler("gif"), suspended_handler("jpeg"), shadowed];
    api.announce("worker-1", handlers).await;
    let list = list(&api).await;
    let gif = &list["handlers"][0];
    assert_eq!(gif["state"], "failed");
    assert_eq!(gif["kind"], "not-a-component");
    assert_eq!(gif["reason"], "it is not a component");
    assert_eq!(gif.get("budgets"), None);
    assert_eq!(gif["counters"].get("time_ms"), None);
    let jpeg = &list["handlers"][1];
    assert_eq!(jpeg["state"], "suspended");
    assert_eq!(jpeg["reason"], "it crashed 5 times; a new file lifts it");
    let other = &list["handlers"][2];
    assert_eq!(
        (&other["state"], &other["reason"]),
        (&json!("shadowed"), &json!("png comes first"))
    );
}

#[tokio::test]
async fn what_workers_counted_of_the_same_handler_is_summed_up() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let slow = HandlerCounters {
        peak_memory_bytes: 5 << 20,
        ..runs(10, 50_000)
    };
    api.announce("worker-1", vec![counting(runs(90, 1_000))])
        .await;
    api.announce("worker-2", vec![counting(slow)]).await;
    let list = list(&api).await;
    assert_eq!(list["handlers"].as_array().unwrap().len(), 1);
    let handler = &list["handlers"][0];
    assert_eq!(handler["workers"], json!(["worker-1", "worker-2"]));
    let counters = &handler["counters"];
    assert_eq!(
        (&counters["jobs"], &counters["completed"]),
        (&json!(100), &json!(100))
    );
    assert_eq!(counters["time_ms"], json!({ "p50": 1.023, "p95": 57.343 }));
    assert_eq!(counters["peak_memory_bytes"], 5 << 20);
}

#[tokio::test]
async fn handlers_that_differ_are_listed_apart_in_the_order_of_the_first_worker() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let worker_1 = vec![ready_handler("webp"), ready_handler("png")];
    api.announce("worker-1", worker_1).await;
    let worker_2 = vec![
        ready_handler("bmp"),
        suspended_handler("png"),
        ready_handler("webp"),
    ];
    api.announce("worker-2", worker_2).await;
    let list = list(&api).await;
    let handlers = list["handlers"].as_array().unwrap();
    let listed: Vec<_> = handlers
        .iter()
        .map(|handler| json!([handler["name"], handler["state"], handler["workers"]]))
        .collect();
    let expected = [
        json!(["webp", "ready", ["worker-1", "worker-2"]]),
        json!(["png", "ready", ["worker-1"]]),
        json!(["bmp", "ready", ["worker-2"]]),
        json!(["png", "suspended", ["worker-2"]]),
    ];
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn the_list_is_the_current_word_of_the_workers() {
    let api = TestApi::start().await;
    for name in ["webp", "bmp"] {
        api.announce("worker-1", vec![ready_handler(name)]).await;
        assert_eq!(list(&api).await["handlers"][0]["name"], name);
    }
}

#[tokio::test]
async fn the_list_is_the_last_word_of_a_catalog_that_does_not_answer() {
    let breaker = Breaker::default();
    let config = Config::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    api.announce_worker().await;
    let before = list(&api).await;
    breaker.fail("catalog.announced", Fault::Hang);
    assert_eq!(list(&api).await, before);
}

#[tokio::test]
async fn an_upload_for_a_suspended_handler_is_to_be_sent_again_later() {
    let api = TestApi::start().await;
    let handlers = vec![ready_handler("png"), suspended_handler("webp")];
    api.announce("worker-1", handlers).await;
    let response = api.post("image/webp", PICTURE_BASE64).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.body["type"], "/problems/handler-suspended");
    assert_eq!(
        problem.body["message"],
        "The handler of image/webp is out of service for the moment"
    );
    assert_eq!(problem.body["media_type"], "image/webp");
    assert_eq!(problem.header("retry-after"), "30");
    assert_eq!(api.files(), Vec::<String>::new());
}

#[tokio::test]
async fn an_upload_is_taken_while_the_handler_is_in_service_on_any_worker() {
    let api = TestApi::start().await;
    api.announce("worker-0", vec![suspended_handler("png")])
        .await;
    api.upload().await;
}

#[tokio::test]
async fn a_new_handler_is_used_and_a_removed_one_is_not_without_a_restart() {
    let api = TestApi::start().await;
    let code = async |media_type: &str| {
        let response = api.post(media_type, PICTURE_BASE64).send().await.unwrap();
        response.status()
    };
    assert_eq!(code("image/webp").await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    api.announce("worker-1", vec![ready_handler("webp")]).await;
    eventually("an upload for the new handler", async || {
        code("image/webp").await == StatusCode::ACCEPTED
    })
    .await;
    assert_eq!(code("image/png").await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
