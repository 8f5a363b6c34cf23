//! Much at once, and much in one.

use std::sync::Arc;

use reqwest::StatusCode;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack};

on_every_backend!(
    two_hundred_uploads_at_once_are_all_completed,
    an_upload_of_20_megabytes_is_taken
);

pub(crate) async fn two_hundred_uploads_at_once_are_all_completed(backends: Backends) {
    let stack = Stack::start(backends).await;
    let file: Arc<[u8]> = png(160, 120).into();
    let uploads: Vec<_> = (0..200)
        .map(|_| {
            let (client, file) = (stack.client.clone(), Arc::clone(&file));
            tokio::spawn(async move { client.upload("image/png", &file).await })
        })
        .collect();
    for upload in uploads {
        let (code, status) = stack.client.outcome(&upload.await.unwrap()).await;
        assert_eq!(code, StatusCode::OK, "{status}");
    }
    assert_eq!(stack.files("media/thumbnails").len(), 200);
    stack.stop().await;
}

/// A small picture with 20 MB behind its end, which a viewer does not look at.
async fn an_upload_of_20_megabytes_is_taken(backends: Backends) {
    let stack = Stack::start(backends).await;
    let mut file = png(160, 120);
    file.resize(20_000_000, b'x');
    let upload = stack.client.upload("image/png", &file).await;
    let (code, status) = stack.client.outcome(&upload).await;
    assert_eq!(code, StatusCode::OK, "{status}");
    assert_eq!(status["original"]["bytes"], 20_000_000);
    stack.stop().await;
}

/// The signature, the header and the head of the chunk of pixels: of what ends later, the rows that are there are
/// shown.
const CUT_OFF_BEFORE_PIXELS: usize = 8 + 25 + 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_picture_does_not_stand_in_the_way_of_the_next_one() {
    let stack = Stack::start(Backends::Embedded).await;
    let good = png(800, 600);
    for _ in 0..4 {
        let upload = stack
            .client
            .upload("image/png", &good[..CUT_OFF_BEFORE_PIXELS])
            .await;
        let (code, status) = stack.client.outcome(&upload).await;
        assert_eq!(
            (code, status["state"].as_str()),
            (StatusCode::BAD_REQUEST, Some("Error")),
            "{status}"
        );
        let upload = stack.client.upload("image/png", &good).await;
        assert_eq!(stack.client.outcome(&upload).await.0, StatusCode::OK);
    }
    stack.stop().await;
}
