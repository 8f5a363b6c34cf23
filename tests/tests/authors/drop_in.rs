//! A file that is copied into the folder of a running server is all that it takes.

use std::fs;

use image::ImageFormat;
use reqwest::StatusCode;
use thumbnailify_tests::authors::example;
use thumbnailify_tests::pictures::{assert_upright, open, upright};
use thumbnailify_tests::{Backends, Stack};

use crate::{Desk, compiled};

/// Copies an example into a running server, and uploads a picture of its type.
async fn check(name: &str, media_type: &str, picture: &[u8]) {
    let Some(component) = example(name) else {
        return;
    };
    // Compiling an interpreter takes long where other tests are at work, and is no matter of this one.
    let path = component.to_str().unwrap();
    let known = Desk::new().handler(&["inspect", path, "--cache", compiled()]);
    assert!(known.succeeded, "{}", known.err);

    let stack = Stack::start(Backends::Embedded).await;
    stack.drop_in(&format!("{name}.wasm"), &fs::read(&component).unwrap());
    let accepted = StatusCode::ACCEPTED;
    stack
        .client
        .answered(media_type, "no picture", accepted)
        .await;

    let upload = stack.client.upload(media_type, picture).await;
    let (_, status) = stack.client.outcome(&upload).await;
    assert_eq!(status["state"], "Completed", "{status}");
    assert_eq!(status["handler"]["name"], name, "{status}");
    let (_, thumbnail) = stack.client.thumbnail(&upload).await;
    assert_upright(&open(&thumbnail));

    stack.take_out(&format!("{name}.wasm"));
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    stack
        .client
        .answered(media_type, "no picture", unsupported)
        .await;
    stack.stop().await;
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = image::DynamicImage::from(upright(600, 400));
    let picture = match format {
        ImageFormat::Farbfeld => picture.to_rgba16().into(),
        _ => picture,
    };
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_in_rust() {
    check("qoi", "image/x-qoi", &encoded(ImageFormat::Qoi)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_in_c() {
    check(
        "farbfeld",
        "image/x-farbfeld",
        &encoded(ImageFormat::Farbfeld),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_in_python() {
    let pixels = upright(600, 400).into_raw();
    let picture = [b"P6 600 400 255\n".as_slice(), &pixels].concat();
    check("pnm", "image/x-portable-pixmap", &picture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_in_javascript() {
    let picture = image::DynamicImage::from(upright(600, 400));
    let picture = crate::xpm::encoded(&picture.to_rgba8());
    check("xpm", "image/x-xpixmap", &picture).await;
}
