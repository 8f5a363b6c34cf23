use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use sha2::{Digest, Sha256};
use thumbnailify_api::Config;
use thumbnailify_core::MediaKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{Answer, PICTURE, PICTURE_BASE64, TestApi, eventually, within_deadline};

#[tokio::test]
async fn an_upload_is_accepted_stored_and_queued() {
    let api = TestApi::start().await;
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    let answer = Answer::expect(response, StatusCode::ACCEPTED).await;

    let id = answer.body["media_id"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("/images/{id}"));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.body["media_type"], "image/png");
    assert_eq!(answer.body["service"], "webserver");
    assert_eq!(answer.body["state"], "Processing");
    assert_eq!(
        answer.body["message"],
        "Processing image, use `media_id` to check status"
    );
    assert_eq!(answer.body["original"]["bytes"], PICTURE.len());

    let job = api.take_job().await;
    assert_eq!(
        (job.media_id, job.bytes, job.epoch),
        (id.parse().unwrap(), 15, 1)
    );
    let sha256 = hex::encode(Sha256::digest(PICTURE));
    assert_eq!(answer.body["original"]["sha256"], sha256);
    assert_eq!(job.sha256, sha256);
    let key = MediaKey::original(job.media_id, &job.media_type);
    assert_eq!(api.ports.media.get(&key).await.unwrap().unwrap(), PICTURE);
}

#[tokio::test]
async fn a_raw_upload_needs_no_base64() {
    let api = TestApi::start().await;
    let request = api
        .post("image/jpg", PICTURE)
        .header("content-transfer-encoding", "binary");
    let answer = Answer::expect(request.send().await.unwrap(), StatusCode::ACCEPTED).await;
    assert_eq!(answer.body["media_type"], "image/jpeg");

    let job = api.take_job().await;
    let key = MediaKey::original(job.media_id, &job.media_type);
    assert_eq!(api.ports.media.get(&key).await.unwrap().unwrap(), PICTURE);
}

#[tokio::test]
async fn a_broken_body_is_refused_and_leaves_nothing() {
    let api = TestApi::start().await;
    for (body, message) in [
        (
            "not base64!",
            "Unable to base64 decode. Invalid base64-encoded image body",
        ),
        (
            "YQ",
            "Unable to base64 decode. Invalid base64-encoded image body",
        ),
        (
            "",
            "The body is empty; send the image as base64 text, or as it is with \
             Content-Transfer-Encoding: binary",
        ),
    ] {
        let response = api.post("image/png", body).send().await.unwrap();
        let problem = Answer::expect_problem(response, StatusCode::BAD_REQUEST).await;
        assert_eq!(problem.body["message"], message);
    }
    assert_eq!(api.files(), Vec::<String>::new());
}

#[tokio::test]
async fn an_upload_without_media_type_is_refused() {
    let api = TestApi::start().await;
    let request = api.client.post(api.url("/images")).body(PICTURE_BASE64);
    let response = request.send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::BAD_REQUEST).await;
    assert_eq!(problem.body["message"], "Missing header Content-Type");
}

#[tokio::test]
async fn an_upload_with_an_empty_media_type_is_refused_as_one_without() {
    let api = TestApi::start().await;
    for empty in ["", " "] {
        let response = api.post(empty, PICTURE_BASE64).send().await.unwrap();
        let problem = Answer::expect_problem(response, StatusCode::BAD_REQUEST).await;
        assert_eq!(problem.body["message"], "Missing header Content-Type");
    }
}

#[tokio::test]
async fn an_upload_with_two_media_types_is_refused() {
    let api = TestApi::start().await;
    for second in ["image/png", "image/jpeg", ""] {
        let request = api.post("image/png", PICTURE_BASE64);
        let response = request.header(CONTENT_TYPE, second).send().await.unwrap();
        let problem = Answer::expect_problem(response, StatusCode::BAD_REQUEST).await;
        assert_eq!(problem.body["type"], "/problems/repeated-content-type");
    }
    assert_eq!(api.files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_media_type_without_ready_handler_is_refused_with_those_that_have_one() {
    let api = TestApi::start().await;
    for media_type in ["cool/png", "image/gif", "nonsense", "image/ä"] {
        let response = api.post(media_type, PICTURE_BASE64).send().await.unwrap();
        let problem = Answer::expect_problem(response, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
        assert_eq!(
            problem.body["supported"],
            json!(["image/jpeg", "image/png"])
        );
    }
}

#[tokio::test]
async fn without_any_worker_an_upload_is_turned_away_until_the_first_comes() {
    let api = TestApi::start_without_worker(Config::default()).await;
    let response = api.post("image/png", PICTURE_BASE64).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(problem.header("retry-after"), "1");

    api.announce_worker().await;
    api.upload().await;
}

#[tokio::test]
async fn encodings_that_are_not_known_are_refused() {
    let api = TestApi::start().await;
    let request = api
        .post("image/png", PICTURE)
        .header("content-transfer-encoding", "uuencode");
    Answer::expect_problem(request.send().await.unwrap(), StatusCode::BAD_REQUEST).await;
    let request = api
        .post("image/png", PICTURE)
        .header("content-encoding", "br");
    let code = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let problem = Answer::expect_problem(request.send().await.unwrap(), code).await;
    assert_eq!(problem.header("accept-encoding"), "identity");
}

fn small_uploads() -> Config {
    Config {
        max_upload_bytes: 3_000,
        ..Config::default()
    }
}

#[tokio::test]
async fn the_limit_counts_decoded_bytes() {
    let api = TestApi::start_with(small_uploads()).await;
    let at_the_limit = "QUFB".repeat(1_000);
    let response = api
        .post("image/png", at_the_limit.clone())
        .send()
        .await
        .unwrap();
    Answer::expect(response, StatusCode::ACCEPTED).await;

    let response = api
        .post("image/png", at_the_limit + "QQ==")
        .send()
        .await
        .unwrap();
    let problem = Answer::expect_problem(response, StatusCode::PAYLOAD_TOO_LARGE).await;
    assert_eq!(problem.body["max_bytes"], 3_000);
    assert_eq!(api.files().len(), 1);
}

#[tokio::test]
async fn a_client_that_sends_all_before_it_reads_gets_the_refusal_of_a_large_upload() {
    let api = TestApi::start_with(small_uploads()).await;
    let body = "QUFB".repeat(4 << 20);
    let length = body.len();
    let mut connection = api.connect().await;
    let head = format!(
        "POST /images HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nContent-Length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    within_deadline(connection.read_exact(&mut answer))
        .await
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[tokio::test]
async fn a_client_that_expects_a_word_first_gets_the_refusal_instead() {
    let api = TestApi::start().await;
    let mut connection = api.connect().await;
    let head = "POST /images HTTP/1.1\r\nHost: a\r\nContent-Type: cool/png\r\n\
                Content-Length: 9\r\nExpect: 100-continue\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline(connection.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
}

#[tokio::test]
async fn a_client_that_expects_a_word_first_gets_it_where_the_upload_is_welcome() {
    let api = TestApi::start().await;
    let mut connection = api.connect().await;
    let head = "POST /images HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n\
                Content-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut word = [0; 25];
    within_deadline(connection.read_exact(&mut word))
        .await
        .unwrap();
    assert_eq!(&word, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.write_all(b"QUFB").await.unwrap();
    let mut answer = String::new();
    within_deadline(connection.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

#[tokio::test]
async fn a_silent_client_is_told_so() {
    let config = Config {
        upload_idle_ms: 50,
        linger_ms: 0,
        ..Config::default()
    };
    let api = TestApi::start_with(config).await;
    let mut connection = api.connect().await;
    let head = "POST /images HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n\
                Content-Length: 9\r\n\r\nQUFB";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline(connection.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert_eq!(api.files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_hangs_up_inside_its_body_leaves_nothing() {
    let api = TestApi::start().await;
    for framing in ["Content-Length: 900000", "Transfer-Encoding: chunked"] {
        let mut connection = api.connect().await;
        let head = format!(
            "POST /images HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n{framing}\r\n\r\n8\r\n"
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(b"QUFBQUFB\r\n").await.unwrap();
        eventually("a file that is being written", async || {
            !api.files().is_empty()
        })
        .await;
        drop(connection);
        eventually("an empty store", async || api.files().is_empty()).await;
    }
}

#[tokio::test]
async fn an_upload_may_come_in_chunks_and_lines() {
    let api = TestApi::start().await;
    let lines = ["aVZCT1J5\r\n", "QnViM1Fn", "\r\n"].map(Ok::<_, std::io::Error>);
    let body = reqwest::Body::wrap_stream(futures::stream::iter(lines));
    let request = api
        .client
        .post(api.url("/images"))
        .header(CONTENT_TYPE, "image/png")
        .body(body);
    let answer = Answer::expect(request.send().await.unwrap(), StatusCode::ACCEPTED).await;
    assert_eq!(answer.body["original"]["bytes"], 12);
}

#[tokio::test]
async fn an_upload_that_waits_is_answered_with_its_outcome() {
    let api = TestApi::start().await;
    let upload = api
        .post("image/png", PICTURE_BASE64)
        .header("prefer", "wait=10")
        .send();
    let work = async {
        let job = api.take_job().await;
        api.complete(job.media_id, b"thumbnail").await;
    };
    let (response, ()) = tokio::join!(upload, work);
    let answer = Answer::expect(response.unwrap(), StatusCode::OK).await;
    assert_eq!(answer.body["state"], "Completed");
    assert_eq!(answer.header("preference-applied"), "wait");
    assert!(answer.header("location").starts_with("/images/"));
}

#[tokio::test]
async fn an_upload_that_waits_in_vain_is_accepted() {
    let api = TestApi::start().await;
    let request = api
        .post("image/png", PICTURE_BASE64)
        .header("prefer", "wait=0");
    let answer = Answer::expect(request.send().await.unwrap(), StatusCode::ACCEPTED).await;
    assert_eq!(answer.body["state"], "Processing");
}
