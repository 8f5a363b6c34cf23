use reqwest::{Response, StatusCode};
use thumbnailify_core::{FaultKind, MediaKey};

use crate::harness::{Answer, TestApi};

const THUMBNAIL: &[u8] = b"\xff\x00thumb";

async fn completed() -> (TestApi, String) {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.complete(id, THUMBNAIL).await;
    (api, format!("/images/{id}/thumbnail"))
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_thumbnail_is_one_line_of_base64_to_those_who_name_no_picture() {
    let (api, path) = completed().await;
    for accept in ["*/*", "text/html, */*;q=0.8", "image/webp;q=0, */*"] {
        let response = api
            .get(&path)
            .header("accept", accept)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), "image/png");
        assert_eq!(header(&response, "vary"), "accept");
        assert_eq!(response.text().await.unwrap(), "/wB0aHVtYg==");
    }
}

#[tokio::test]
async fn a_thumbnail_is_raw_to_those_who_name_pictures() {
    let (api, path) = completed().await;
    for accept in [
        "image/*",
        "image/png",
        "image/avif,image/webp,image/*,*/*;q=0.8",
        "text/html,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    ] {
        let response = api
            .get(&path)
            .header("accept", accept)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), "image/png");
        assert_eq!(header(&response, "content-length"), "7");
        assert_eq!(response.bytes().await.unwrap(), THUMBNAIL);
    }
}

#[tokio::test]
async fn a_thumbnail_that_is_known_is_not_sent_again() {
    let (api, path) = completed().await;
    let raw = api
        .get(&path)
        .header("accept", "image/*")
        .send()
        .await
        .unwrap();
    let text = api.get(&path).send().await.unwrap();
    let (raw_tag, text_tag) = (header(&raw, "etag"), header(&text, "etag"));
    assert_ne!(raw_tag, text_tag);

    let request = api
        .get(&path)
        .header("accept", "image/*")
        .header("if-none-match", raw_tag);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&response, "etag"), raw_tag);
    assert_eq!(header(&response, "cache-control"), "private, max-age=300");
    assert_eq!(header(&response, "vary"), "accept");

    let response = api
        .get(&path)
        .header("if-none-match", raw_tag)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let last_modified = header(&raw, "last-modified");
    let request = api.get(&path).header("if-modified-since", last_modified);
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::NOT_MODIFIED
    );
}

#[tokio::test]
async fn head_tells_about_a_thumbnail_without_sending_it() {
    let (api, path) = completed().await;
    let response = api
        .client
        .head(api.url(&path))
        .header("accept", "image/*")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(header(&response, "content-length"), "7");
    assert_eq!(header(&response, "etag"), "\"c0ffee\"");
}

#[tokio::test]
async fn before_the_outcome_there_is_no_thumbnail_yet() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let response = api
        .get(&format!("/images/{id}/thumbnail"))
        .send()
        .await
        .unwrap();
    let problem = Answer::expect_problem(response, StatusCode::NOT_FOUND).await;
    assert_eq!(problem.body["state"], "Processing");
    assert_eq!(problem.header("retry-after"), "1");
}

#[tokio::test]
async fn after_an_error_there_is_no_thumbnail_and_the_problem_says_why() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.fail(id, 400, "The picture is damaged").await;
    let response = api
        .get(&format!("/images/{id}/thumbnail"))
        .send()
        .await
        .unwrap();
    let problem = Answer::expect_problem(response, StatusCode::NOT_FOUND).await;
    assert_eq!(problem.body["state"], "Error");
    assert_eq!(
        problem.body["message"],
        "There is no thumbnail: The picture is damaged"
    );
    assert_eq!(problem.header("retry-after"), "");
    assert_eq!(problem.body.get("fault"), None);
}

#[tokio::test]
async fn after_a_fault_of_the_handler_the_problem_names_it() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let fault = Some(FaultKind::OutOfMemory);
    api.fail_by(id, 422, "The picture needs too much", fault)
        .await;
    let response = api
        .get(&format!("/images/{id}/thumbnail"))
        .send()
        .await
        .unwrap();
    let problem = Answer::expect_problem(response, StatusCode::NOT_FOUND).await;
    assert_eq!(problem.body["fault"], "out-of-memory");
}

#[tokio::test]
async fn a_thumbnail_whose_file_is_lost_is_not_there() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.complete(id, THUMBNAIL).await;
    let key = MediaKey::thumbnail(id, 1, 1, &"image/png".parse().unwrap());
    api.ports.media.delete(&key).await.unwrap();
    let response = api
        .get(&format!("/images/{id}/thumbnail"))
        .send()
        .await
        .unwrap();
    Answer::expect_problem(response, StatusCode::NOT_FOUND).await;
}
