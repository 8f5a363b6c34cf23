use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use thumbnailify_core::{Fit, OutputFormat, Side, ThumbnailOptions};

use crate::harness::{Answer, PICTURE_BASE64, TestApi};

async fn upload(api: &TestApi, query: &str) -> Response {
    let url = api.url(&format!("/images?{query}"));
    let request = api.client.post(url).header("content-type", "image/png");
    request.body(PICTURE_BASE64).send().await.unwrap()
}

#[tokio::test]
async fn the_options_of_the_query_go_into_job_and_status() {
    let api = TestApi::start().await;
    let query = "width=1000&fit=cover&background=%23aabbcc&format=webp";
    let answer = Answer::expect(upload(&api, query).await, StatusCode::ACCEPTED).await;
    let expected = json!({
        "width": 1000, "fit": "cover", "background": "#aabbcc", "format": "webp",
    });
    assert_eq!(answer.body["options"], expected);

    let path = answer.header("location").to_owned();
    let status = api.get(&path).send().await.unwrap();
    let status = Answer::expect(status, StatusCode::ACCEPTED).await;
    assert_eq!(status.body["options"], expected);

    let options = ThumbnailOptions {
        width: Side::new(1_000),
        fit: Some(Fit::Cover),
        background: Some("aabbcc".parse().unwrap()),
        format: Some(OutputFormat::Webp),
        ..ThumbnailOptions::default()
    };
    assert_eq!(api.take_job().await.options, options);
}

#[tokio::test]
async fn an_upload_without_options_says_nothing_of_them() {
    let api = TestApi::start().await;
    for query in ["", "wait=0"] {
        let answer = Answer::expect(upload(&api, query).await, StatusCode::ACCEPTED).await;
        assert_eq!(answer.body["options"], Value::Null);
        assert!(api.take_job().await.options.is_empty());
    }
}

async fn check_refused(api: &TestApi, query: &str, field: &str, given: &str, allowed: &str) {
    let problem = Answer::expect_problem(upload(api, query).await, StatusCode::BAD_REQUEST).await;
    let body = &problem.body;
    assert_eq!(body["type"], "/problems/bad-option", "{query}");
    assert_eq!(
        (&body["field"], &body["given"]),
        (&json!(field), &json!(given))
    );
    assert!(
        body["allowed"].as_str().unwrap().contains(allowed),
        "{body}"
    );
    assert!(body["detail"].as_str().unwrap().contains(field), "{body}");
}

#[tokio::test]
async fn an_option_that_cannot_be_used_is_refused_by_its_name_and_nothing_is_kept() {
    let api = TestApi::start().await;
    check_refused(&api, "width=0", "width", "0", "from 1 to 1000").await;
    check_refused(&api, "height=1001", "height", "1001", "from 1 to 1000").await;
    check_refused(&api, "fit=crop", "fit", "crop", "contain, cover, fill").await;
    check_refused(&api, "upscale=1", "upscale", "1", "true, false").await;
    check_refused(&api, "background=red", "background", "red", "#ff8800").await;
    check_refused(&api, "format=bmp", "format", "bmp", "webp").await;
    check_refused(&api, "quality=101", "quality", "101", "1 to 100").await;
    check_refused(&api, "frames=2", "frames", "2", "auto, first, all").await;
    check_refused(&api, "wait=soon", "wait", "soon", "seconds").await;
    check_refused(&api, "size=7", "size", "7", "width, height").await;
    check_refused(&api, "width=7&width=8", "width", "8", "one value").await;
    assert_eq!(api.files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_wait_in_the_query_holds_the_answer() {
    let api = TestApi::start().await;
    let uploading = upload(&api, "wait=30");
    let working = async {
        let job = api.take_job().await;
        api.complete(job.media_id, b"thumbnail").await;
    };
    let (response, ()) = tokio::join!(uploading, working);
    let answer = Answer::expect(response, StatusCode::OK).await;
    assert_eq!(answer.body["state"], "Completed");
    assert_eq!(answer.header("preference-applied"), "");
}
