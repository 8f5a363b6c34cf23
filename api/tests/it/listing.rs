use reqwest::StatusCode;
use serde_json::{Value, json};
use thumbnailify_api::Config;
use thumbnailify_core::{MediaId, PageLimit};

use crate::breaker::{Breaker, Fault};
use crate::harness::{Answer, TestApi};

async fn list(api: &TestApi, query: &str) -> Answer {
    let response = api.get(&format!("/images{query}")).send().await.unwrap();
    Answer::expect(response, StatusCode::OK).await
}

fn ids(answer: &Answer) -> Vec<MediaId> {
    let images = answer.body["images"].as_array().unwrap();
    let id = |image: &Value| image["media_id"].as_str().unwrap().parse().unwrap();
    images.iter().map(id).collect()
}

/// Uploads images, and returns them as they are listed. Some may be of the same millisecond.
async fn upload(api: &TestApi, count: usize) -> Vec<MediaId> {
    let mut uploaded = Vec::new();
    for _ in 0..count {
        uploaded.push(api.upload().await);
    }
    let listed = ids(&list(api, "").await);
    uploaded.sort();
    let mut sorted = listed.clone();
    sorted.sort();
    assert_eq!(sorted, uploaded);
    listed
}

/// The query of the page that the `Link` of an answer leads to.
fn next_query(answer: &Answer) -> String {
    let link = answer.header("link");
    let query = link
        .strip_prefix("</images")
        .and_then(|link| link.strip_suffix(">; rel=\"next\""));
    query
        .unwrap_or_else(|| panic!("no link: {link}"))
        .to_owned()
}

#[tokio::test]
async fn without_images_the_list_is_empty_and_ends() {
    let api = TestApi::start().await;
    let answer = list(&api, "").await;
    assert_eq!(answer.body, json!({"images": [], "next_cursor": null}));
    assert_eq!(answer.header("link"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn an_image_is_listed_as_its_own_path_has_it_but_for_the_history() {
    let api = TestApi::start().await;
    let [queued, failed, completed] = [api.upload().await, api.upload().await, api.upload().await];
    api.fail(failed, 422, "It is no picture").await;
    api.complete(completed, b"thumbnail").await;
    let images = list(&api, "").await.body["images"].take();
    for id in [queued, failed, completed] {
        let status = api.get(&format!("/images/{id}")).send().await.unwrap();
        let mut status: Value = status.json().await.unwrap();
        let history = status.as_object_mut().unwrap().remove("history");
        assert!(history.is_some_and(|history| history.is_array()));
        assert!(images.as_array().unwrap().contains(&status), "{status}");
    }
}

#[tokio::test]
async fn following_the_link_or_the_cursor_leads_through_all_images() {
    let api = TestApi::start().await;
    let order = upload(&api, 7).await;
    let first = list(&api, "?limit=3").await;
    let second = list(&api, &next_query(&first)).await;
    let third = list(&api, &next_query(&second)).await;
    assert_eq!(ids(&first), order[..3]);
    assert_eq!(ids(&second), order[3..6]);
    assert_eq!(ids(&third), order[6..]);
    assert_eq!(third.body["next_cursor"], Value::Null);
    assert_eq!(third.header("link"), "");

    let cursor = first.body["next_cursor"].as_str().unwrap();
    let behind = list(&api, &format!("?cursor={cursor}")).await;
    assert_eq!(ids(&behind), order[3..]);
}

#[tokio::test]
async fn pages_are_stable_while_images_come_and_go() {
    let api = TestApi::start().await;
    let order = upload(&api, 9).await;
    let first = list(&api, "?limit=3").await;
    api.upload().await;
    for gone in [order[1], order[2], order[3]] {
        let url = api.url(&format!("/images/{gone}"));
        let response = api.client.delete(url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
    let second = list(&api, &next_query(&first)).await;
    assert_eq!(ids(&second), order[4..7]);
    let third = list(&api, &next_query(&second)).await;
    assert_eq!(ids(&third), order[7..]);
}

#[tokio::test]
async fn a_state_filters_and_stays_in_the_link() {
    let api = TestApi::start().await;
    let order = upload(&api, 6).await;
    for id in [order[0], order[2], order[5]] {
        api.fail(id, 400, "The picture is damaged").await;
    }
    api.complete(order[4], b"thumbnail").await;
    let first = list(&api, "?state=Error&limit=2").await;
    assert_eq!(ids(&first), [order[0], order[2]]);
    let second = list(&api, &next_query(&first)).await;
    assert_eq!(ids(&second), [order[5]]);
    assert_eq!(second.body["next_cursor"], Value::Null);
    assert_eq!(ids(&list(&api, "?state=Completed").await), [order[4]]);
    let open = list(&api, "?state=Processing").await;
    assert_eq!(ids(&open), [order[1], order[3]]);
}

#[tokio::test]
async fn the_limits_are_those_of_the_configuration() {
    let api = TestApi::start_with(Config {
        default_list_limit: PageLimit::new(2).unwrap(),
        max_list_limit: PageLimit::new(3).unwrap(),
        ..Config::default()
    })
    .await;
    for _ in 0..4 {
        api.upload().await;
    }
    for (query, images) in [("", 2), ("?limit=1", 1), ("?limit=3", 3)] {
        assert_eq!(ids(&list(&api, query).await).len(), images, "{query}");
    }
    check_refused(&api, "limit=4", "limit", "a whole number from 1 to 3").await;
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_by_its_name() {
    let api = TestApi::start().await;
    check_refused(&api, "limit=0", "limit", "a whole number from 1 to 200").await;
    check_refused(&api, "state=Done", "state", "Processing, Completed, Error").await;
    check_refused(&api, "cursor=abc", "cursor", "`next_cursor`").await;
    check_refused(&api, "order=asc", "order", "limit, cursor, state").await;
    check_refused(&api, "width=7", "width", "limit, cursor, state").await;
}

async fn check_refused(api: &TestApi, query: &str, field: &str, allowed: &str) {
    let response = api.get(&format!("/images?{query}")).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::BAD_REQUEST).await;
    let body = &problem.body;
    assert_eq!(body["type"], "/problems/bad-option");
    assert_eq!(body["field"], field);
    assert!(
        body["allowed"].as_str().unwrap().contains(allowed),
        "{body}"
    );
    assert!(body["detail"].as_str().unwrap().contains(field), "{body}");
}

#[tokio::test]
async fn a_head_has_the_headers_alone() {
    let api = TestApi::start().await;
    upload(&api, 2).await;
    let url = api.url("/images?limit=1");
    let response = api.client.head(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers().contains_key("link"));
    assert_eq!(response.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_store_out_of_reach_is_a_problem_to_try_again_after() {
    let breaker = Breaker::default();
    let change = |ports| breaker.in_front_of(ports);
    let api = TestApi::start_changed(Config::default(), change).await;
    breaker.fail("status.list", Fault::Unavailable);
    let response = api.get("/images").send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.body["type"], "/problems/unavailable");
    assert_eq!(problem.header("retry-after"), "1");
}
