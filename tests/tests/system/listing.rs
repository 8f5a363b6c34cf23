//! The list of images, while images come, go and are worked on.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack, Upload};

on_every_backend!(
    pages_show_each_image_once_while_others_come_and_go,
    a_state_lists_the_images_that_are_in_it,
    a_request_that_is_no_list_is_refused,
);

const IMAGES: usize = 12;

pub(crate) async fn pages_show_each_image_once_while_others_come_and_go(backends: Backends) {
    let stack = Stack::start(backends).await;
    let mut stay = BTreeSet::new();
    let mut go = Vec::new();
    for _ in 0..IMAGES {
        stay.insert(id(&upload(&stack, &png(20, 10)).await));
        go.push(upload(&stack, &png(20, 10)).await);
    }
    let mut listed = Vec::new();
    let mut query = "?limit=5".to_owned();
    loop {
        let page = list(&stack, &query).await;
        listed.extend(ids(&page));
        for gone in go.drain(..go.len().min(3)) {
            let answer = stack.client.send(Method::DELETE, &gone.path).await;
            assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        }
        upload(&stack, &png(20, 10)).await;
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=5&cursor={cursor}");
    }
    let once: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(once.len(), listed.len(), "some are listed twice");
    assert!(once.is_superset(&stay), "some are missing");
    stack.stop().await;
}

pub(crate) async fn a_state_lists_the_images_that_are_in_it(backends: Backends) {
    let stack = Stack::start_with(backends, |settings| {
        settings.limits.deadline_ms = 600_000;
        settings.worker.lease_s = 3;
        settings.worker.slots = 1;
    })
    .await;
    let completed = upload(&stack, &png(200, 100)).await;
    let failed = upload(&stack, b"no picture").await;
    for upload in [&completed, &failed] {
        stack.client.outcome(upload).await;
    }
    let looping = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&looping).await;

    for (state, expected) in [
        ("Processing", &looping),
        ("Completed", &completed),
        ("Error", &failed),
    ] {
        let page = list(&stack, &format!("?state={state}")).await;
        assert_eq!(ids(&page), [id(expected)], "{state}");
        let alone = stack.client.get(&expected.path).await.unwrap();
        let mut alone: Value = alone.json().await.unwrap();
        alone.as_object_mut().unwrap().remove("history");
        assert_eq!(page["images"][0], alone);
    }
    let deleted = stack.client.send(Method::DELETE, &looping.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    let page = list(&stack, "?state=Processing").await;
    assert_eq!(ids(&page), Vec::<String>::new());
    assert_eq!(ids(&list(&stack, "").await).len(), 2);
    stack.stop().await;
}

async fn a_request_that_is_no_list_is_refused(backends: Backends) {
    let stack = Stack::start(backends).await;
    for (query, field) in [
        ("limit=201", "limit"),
        ("state=Lost", "state"),
        ("cursor=AQID", "cursor"),
        ("page=2", "page"),
    ] {
        let answer = stack.client.get(&format!("/images?{query}")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["field"], field, "{problem}");
    }
    stack.stop().await;
}

async fn upload(stack: &Stack, file: &[u8]) -> Upload {
    stack.client.upload("image/png", file).await
}

async fn list(stack: &Stack, query: &str) -> Value {
    let answer = stack.client.get(&format!("/images{query}")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

fn id(upload: &Upload) -> String {
    upload.accepted["media_id"].as_str().unwrap().to_owned()
}

fn ids(page: &Value) -> Vec<String> {
    let images = page["images"].as_array().unwrap();
    let id = |image: &Value| image["media_id"].as_str().unwrap().to_owned();
    images.iter().map(id).collect()
}
