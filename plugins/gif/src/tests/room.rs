//! What becomes of an animation for which the answer has little room.

use super::*;

const FRAMES: usize = 10;

/// Renders 10 frames of 400x400, of which a thumbnail has 100x100 at most.
fn frames_within(max_bytes: u64) -> Vec<Raster> {
    let images: Vec<TestImage> = (0..FRAMES)
        .map(|number| image(0, 400, 1, &[number as u8 % 3; 400 * 400]))
        .collect();
    let request = Request {
        params: vec![("max-answer-bytes".into(), max_bytes.to_string())],
        ..request(99)
    };
    match render(&file(400, 400, &images), &request).unwrap().output {
        Output::Animation(animation) => {
            let frames = animation.frames.into_iter();
            frames.map(|frame| frame.raster).collect()
        }
        Output::Still(raster) => vec![raster],
        Output::Embedded(_) => panic!("a GIF embeds nothing"),
    }
}

#[test]
fn frames_become_smaller_down_to_the_thumbnail_and_only_then_fewer() {
    for (max_bytes, frames, side) in [
        (u64::MAX, FRAMES, 200),
        (10 * 200 * 200 * 4, FRAMES, 200),
        (10 * 200 * 200 * 4 - 1, FRAMES, 134),
        (10 * 100 * 100 * 4, FRAMES, 100),
        (10 * 100 * 100 * 4 - 1, 5, 100),
        (2 * 100 * 100 * 4, 2, 100),
        (1, 1, 100),
    ] {
        let rasters = frames_within(max_bytes);
        assert_eq!(rasters.len(), frames, "{max_bytes}");
        let is_right = |raster: &Raster| raster.size.width == side && raster.size.height == side;
        assert!(rasters.iter().all(is_right), "{max_bytes}");
    }
}
