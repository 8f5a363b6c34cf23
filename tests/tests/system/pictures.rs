//! What comes out looks like what went in.

use std::io::Cursor;

use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use thumbnailify_tests::pictures::{
    animated_gif, assert_animated, assert_near, assert_upright, jpeg_oriented, open, png,
    png_with_alpha,
};
use thumbnailify_tests::{Backends, Stack};

async fn thumbnail_of(stack: &Stack, content_type: &str, file: &[u8]) -> Vec<u8> {
    let upload = stack.client.upload(content_type, file).await;
    let (_, status) = stack.client.outcome(&upload).await;
    assert_eq!(status["state"], "Completed", "{status}");
    stack.client.thumbnail(&upload).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn every_exif_orientation_becomes_upright() {
    let stack = Stack::start(Backends::Embedded).await;
    for orientation in 1..=8 {
        let file = jpeg_oriented(480, 320, orientation);
        let thumbnail = open(&thumbnail_of(&stack, "image/jpeg", &file).await);
        assert_eq!(
            (thumbnail.width(), thumbnail.height()),
            (100, 67),
            "orientation {orientation}"
        );
        assert_upright(&thumbnail);
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_colours_stay_hidden_and_alpha_stays() {
    let stack = Stack::start(Backends::Embedded).await;
    let thumbnail =
        open(&thumbnail_of(&stack, "image/png", &png_with_alpha(400, 400)).await).to_rgba8();
    assert_eq!(thumbnail.get_pixel(10, 50).0[3], 0);
    // The colour of a pixel that is hardly there is mostly rounding.
    let visible = thumbnail.pixels().filter(|pixel| pixel.0[3] >= 32);
    for pixel in visible {
        assert_near(
            [pixel.0[0], pixel.0[1], pixel.0[2]],
            [250, 200, 20],
            "a visible pixel",
        );
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_animation_keeps_moving_in_time() {
    let stack = Stack::start(Backends::Embedded).await;
    let delays_ms = [80, 250, 400];
    let thumbnail = thumbnail_of(&stack, "image/gif", &animated_gif(300, 200, &delays_ms)).await;
    let decoder = GifDecoder::new(Cursor::new(thumbnail)).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    assert_animated(&frames, &delays_ms);
    let is_small = |frame: &image::Frame| frame.buffer().dimensions() == (100, 67);
    assert!(frames.iter().all(is_small));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_picture_is_not_enlarged_and_a_thin_one_does_not_vanish() {
    let stack = Stack::start(Backends::Embedded).await;
    for (size, expected) in [
        ((40, 30), (40, 30)),
        ((1, 1), (1, 1)),
        ((3000, 4), (100, 1)),
    ] {
        let thumbnail = open(&thumbnail_of(&stack, "image/png", &png(size.0, size.1)).await);
        assert_eq!((thumbnail.width(), thumbnail.height()), expected);
    }
    stack.stop().await;
}
