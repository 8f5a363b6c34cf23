//! A deleted image is gone, whatever state it was in.

use std::path::PathBuf;

use reqwest::{Method, StatusCode};
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack, Upload, eventually};

on_every_backend!(
    a_completed_image_is_deleted_with_its_files,
    a_failed_image_is_deleted_with_its_upload,
    an_image_that_is_being_worked_on_is_deleted_and_stays_away,
    an_image_that_waits_is_deleted_and_stays_away,
    deleting_the_thumbnail_alone_is_not_offered,
);

async fn check_gone(stack: &Stack, upload: &Upload) {
    assert_eq!(
        stack
            .client
            .send(Method::DELETE, &upload.path)
            .await
            .status(),
        StatusCode::NO_CONTENT
    );
    for path in [upload.path.clone(), format!("{}/thumbnail", upload.path)] {
        assert_eq!(
            stack.client.get(&path).await.unwrap().status(),
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(
        stack
            .client
            .send(Method::DELETE, &upload.path)
            .await
            .status(),
        StatusCode::NOT_FOUND
    );
}

pub(crate) async fn a_completed_image_is_deleted_with_its_files(backends: Backends) {
    let stack = Stack::start(backends).await;
    let upload = stack.client.upload("image/png", &png(200, 100)).await;
    stack.client.outcome(&upload).await;
    check_gone(&stack, &upload).await;
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());
    stack.stop().await;
}

pub(crate) async fn a_failed_image_is_deleted_with_its_upload(backends: Backends) {
    let stack = Stack::start(backends).await;
    let upload = stack.client.upload("image/png", b"no picture").await;
    stack.client.outcome(&upload).await;
    assert_eq!(stack.files("media/originals").len(), 1);
    check_gone(&stack, &upload).await;
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());
    stack.stop().await;
}

/// A stack whose only slot is held by a handler in an endless loop, and the upload that it loops on.
async fn start_held(backends: Backends) -> (Stack, Upload) {
    let stack = Stack::start_with(backends, |settings| {
        settings.limits.deadline_ms = 600_000;
        settings.worker.lease_s = 3;
        settings.worker.slots = 1;
    })
    .await;
    let upload = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&upload).await;
    (stack, upload)
}

/// Completes another image, which the only slot comes to after all that was there before.
async fn check_stays_away(stack: &Stack, deleted: &Upload) {
    let next = stack.client.upload("image/png", &png(200, 100)).await;
    assert_eq!(stack.client.outcome(&next).await.0, StatusCode::OK);
    assert_eq!(
        stack.client.get(&deleted.path).await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    eventually("all originals to be gone", async || {
        stack.files("media/originals").is_empty().then_some(())
    })
    .await;
    assert_eq!(stack.files("media/thumbnails").len(), 1);
}

/// The only slot is free again long before the deadline: the lost claim stops the handler.
pub(crate) async fn an_image_that_is_being_worked_on_is_deleted_and_stays_away(backends: Backends) {
    let (stack, looping) = start_held(backends).await;
    check_gone(&stack, &looping).await;
    check_stays_away(&stack, &looping).await;
    stack.stop().await;
}

pub(crate) async fn an_image_that_waits_is_deleted_and_stays_away(backends: Backends) {
    let (stack, looping) = start_held(backends).await;
    let waiting = stack.client.upload("image/png", &png(300, 200)).await;
    check_gone(&stack, &waiting).await;
    check_gone(&stack, &looping).await;
    check_stays_away(&stack, &waiting).await;
    stack.stop().await;
}

async fn deleting_the_thumbnail_alone_is_not_offered(backends: Backends) {
    let stack = Stack::start(backends).await;
    let upload = stack.client.upload("image/png", &png(200, 100)).await;
    stack.client.outcome(&upload).await;
    let path = format!("{}/thumbnail", upload.path);
    assert_eq!(
        stack.client.send(Method::DELETE, &path).await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    stack.client.thumbnail(&upload).await;
    stack.stop().await;
}
