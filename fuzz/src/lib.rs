//! Tries a handler, as native code, with a file that the fuzzer made.

mod checksums;

pub use checksums::with_right_checksums;

use thumbnailify_sdk::{Fit, MediaHandler, Output, PixelFormat, Raster, Request, Size};

/// What the file may claim to have, in pixels. More would make each try slow, and larger pictures take no other
/// way through the code.
const MAX_SOURCE_PIXELS: &str = "4000000";
const MANY_FRAMES: u32 = 16;

/// Asks for thumbnails of the file: a still one, a moving one, and one that fills a box of other sides.
///
/// # Panics
/// An answer breaks the rules of the interface. A handler that panics, panics here too.
pub fn render<H: MediaHandler>(media_type: &str, file: &[u8]) {
    for (side, fit, max_frames) in [
        (100, Fit::Contain, 1),
        (10, Fit::Contain, MANY_FRAMES),
        (40, Fit::Cover, 1),
    ] {
        let target = Size {
            width: side,
            height: side / 2 + 1,
        };
        let request = Request {
            fit,
            max_frames,
            params: vec![("max-source-pixels".into(), MAX_SOURCE_PIXELS.into())],
            ..Request::still(media_type, target)
        };
        if let Ok(picture) = H::render(&file, &request) {
            check(&picture.output, max_frames);
        }
    }
}

fn check(output: &Output, max_frames: u32) {
    match output {
        Output::Still(raster) => check_raster(raster),
        Output::Animation(animation) => {
            assert!(!animation.frames.is_empty());
            assert!(animation.frames.len() <= max_frames as usize);
            let size = animation.frames[0].raster.size;
            for frame in &animation.frames {
                assert_eq!(frame.raster.size, size);
                check_raster(&frame.raster);
            }
        }
        Output::Embedded(_) => panic!("an embedded file"),
    }
}

fn check_raster(raster: &Raster) {
    let channels = match raster.format {
        PixelFormat::Gray8 => 1,
        PixelFormat::Rgb8 => 3,
        PixelFormat::Rgba8 => 4,
    };
    let Size { width, height } = raster.size;
    assert!(width > 0 && height > 0);
    assert_eq!(
        raster.pixels.len(),
        width as usize * height as usize * channels
    );
}
