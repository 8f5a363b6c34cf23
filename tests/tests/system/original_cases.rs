//! The seven cases that the older system of this name was tested with, and what its clients rely on.

use reqwest::StatusCode;
use serde_json::Value;
use thumbnailify_tests::pictures::{animated_gif, jpeg, open, png, png_with_alpha};
use thumbnailify_tests::{Backends, Stack};

on_every_backend!(
    good_pictures_are_completed_and_fit_into_the_box_in_their_own_format,
    an_upload_without_a_content_type_is_refused,
    an_upload_that_is_not_base64_is_refused,
    a_media_type_without_a_handler_is_refused,
    rubbish_is_accepted_and_ends_as_an_error,
    the_five_keys_of_a_status_are_as_they_were,
);

pub(crate) async fn good_pictures_are_completed_and_fit_into_the_box_in_their_own_format(
    backends: Backends,
) {
    let stack = Stack::start(backends).await;
    let files = [
        ("image/png", "image/png", png(320, 240)),
        ("image/png", "image/png", png_with_alpha(90, 300)),
        ("image/jpg", "image/jpeg", jpeg(1024, 680)),
        (
            "image/gif",
            "image/gif",
            animated_gif(150, 110, &[100, 200]),
        ),
    ];
    for (sent_as, expected, file) in files {
        let upload = stack.client.upload(sent_as, &file).await;
        let (code, status) = stack.client.outcome(&upload).await;
        assert_eq!(
            (code, &status["state"]),
            (StatusCode::OK, &Value::from("Completed")),
            "{status}"
        );
        let (media_type, thumbnail) = stack.client.thumbnail(&upload).await;
        assert_eq!(media_type, expected);
        let format = image::guess_format(&thumbnail).unwrap();
        assert_eq!(format.to_mime_type(), expected);
        let thumbnail = open(&thumbnail);
        assert!(thumbnail.width() <= 100 && thumbnail.height() <= 100);
        assert!(thumbnail.width() == 100 || thumbnail.height() == 100);
    }
    stack.stop().await;
}

async fn an_upload_without_a_content_type_is_refused(backends: Backends) {
    check_refused(
        backends,
        None,
        "aGVsbG8=",
        StatusCode::BAD_REQUEST,
        "Missing header Content-Type",
    )
    .await;
}

async fn an_upload_that_is_not_base64_is_refused(backends: Backends) {
    let message = "Unable to base64 decode. Invalid base64-encoded image body";
    check_refused(
        backends,
        Some("image/png"),
        "this is n*t base64!",
        StatusCode::BAD_REQUEST,
        message,
    )
    .await;
}

async fn a_media_type_without_a_handler_is_refused(backends: Backends) {
    check_refused(
        backends,
        Some("cool/png"),
        "aGVsbG8=",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "cool/png",
    )
    .await;
}

async fn check_refused(
    backends: Backends,
    content_type: Option<&str>,
    body: &'static str,
    expected: StatusCode,
    message: &str,
) {
    let stack = Stack::start(backends).await;
    let answer = stack.client.post(content_type, body).await;
    assert_eq!(answer.status(), expected);
    let problem: Value = answer.json().await.unwrap();
    assert!(
        problem["message"].as_str().unwrap().contains(message),
        "{problem}"
    );
    assert_eq!(stack.files("media"), Vec::<std::path::PathBuf>::new());
    stack.stop().await;
}

pub(crate) async fn rubbish_is_accepted_and_ends_as_an_error(backends: Backends) {
    let stack = Stack::start(backends).await;
    let upload = stack
        .client
        .upload("image/png", b"this is no picture at all")
        .await;
    let (code, status) = stack.client.outcome(&upload).await;
    assert_eq!(code, StatusCode::BAD_REQUEST);
    assert_eq!(status["state"], "Error");
    assert_eq!(status["service"], "worker");
    let thumbnail = stack
        .client
        .get(&format!("{}/thumbnail", upload.path))
        .await
        .unwrap();
    assert_eq!(thumbnail.status(), StatusCode::NOT_FOUND);
    stack.stop().await;
}

pub(crate) async fn the_five_keys_of_a_status_are_as_they_were(backends: Backends) {
    let stack = Stack::start(backends).await;
    let upload = stack.client.upload("image/png", &png(20, 10)).await;
    let accepted = &upload.accepted;
    assert_eq!(accepted["media_type"], "image/png");
    assert_eq!(
        accepted["message"],
        "Processing image, use `media_id` to check status"
    );
    assert_eq!(
        (&accepted["service"], &accepted["state"]),
        (&"webserver".into(), &"Processing".into())
    );
    assert_eq!(
        upload.path,
        format!("/images/{}", accepted["media_id"].as_str().unwrap())
    );
    let (_, status) = stack.client.outcome(&upload).await;
    assert_eq!(status["media_id"], accepted["media_id"]);
    assert_eq!(
        (&status["service"], &status["state"]),
        (&"worker".into(), &"Completed".into())
    );
    assert_eq!(status["handler"]["name"], "png");
    assert_eq!(status["thumbnail"]["width"], 20);
    stack.stop().await;
}
