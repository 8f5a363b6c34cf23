//! Leaves out the channels that say nothing.

use std::borrow::Cow;

use super::raster::{Frame, PixelFormat, Raster};

/// The same picture with as few channels as it needs.
pub(super) fn simplest(raster: &Raster) -> Cow<'_, Raster> {
    in_format(raster, needed(raster))
}

/// The same frames, all with as few channels as the most colourful of them needs.
pub(super) fn simplest_of_all(frames: &[Frame]) -> Vec<Frame> {
    let formats = frames.iter().map(|frame| needed(&frame.raster));
    let format = formats.max_by_key(|format| format.channels());
    let simple = |frame: &Frame| Frame {
        raster: match format {
            Some(format) => in_format(&frame.raster, format).into_owned(),
            None => frame.raster.clone(),
        },
        ..*frame
    };
    frames.iter().map(simple).collect()
}

fn needed(raster: &Raster) -> PixelFormat {
    let channels = raster.format().channels();
    let mut pixels = raster.pixels().chunks_exact(channels);
    if !raster.is_opaque() {
        PixelFormat::Rgba8
    } else if channels == 1 || pixels.all(|pixel| pixel[0] == pixel[1] && pixel[0] == pixel[2]) {
        PixelFormat::Gray8
    } else {
        PixelFormat::Rgb8
    }
}

/// Drops channels, or adds those that say nothing.
fn in_format(raster: &Raster, format: PixelFormat) -> Cow<'_, Raster> {
    use PixelFormat::{Gray8, Rgb8, Rgba8};
    Cow::Owned(match (raster.format(), format) {
        (Rgb8 | Rgba8, Gray8) => raster.map(Gray8, |pixel| [pixel[0]]),
        (Rgba8, Rgb8) => raster.map(Rgb8, |pixel| [pixel[0], pixel[1], pixel[2]]),
        (Gray8, Rgb8) => raster.map(Rgb8, |pixel| [pixel[0]; 3]),
        (Gray8, Rgba8) => raster.map(Rgba8, |pixel| [pixel[0], pixel[0], pixel[0], u8::MAX]),
        (Rgb8, Rgba8) => raster.map(Rgba8, |pixel| [pixel[0], pixel[1], pixel[2], u8::MAX]),
        (Gray8, Gray8) | (Rgb8, Rgb8) | (Rgba8, Rgba8) => return Cow::Borrowed(raster),
    })
}

/// The same frames in a format of colours: without alpha where none of them needs it.
pub(super) fn in_color(frames: &[Frame]) -> Vec<Frame> {
    let mut frames = simplest_of_all(frames);
    for frame in &mut frames {
        if frame.raster.format() == PixelFormat::Gray8 {
            frame.raster = in_format(&frame.raster, PixelFormat::Rgb8).into_owned();
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::super::raster::Size;
    use super::*;

    fn raster(format: PixelFormat, pixels: &[u8]) -> Raster {
        let width = u32::try_from(pixels.len() / format.channels()).unwrap();
        Raster::new(Size { width, height: 1 }, format, pixels.to_vec()).unwrap()
    }

    fn check(format: PixelFormat, pixels: &[u8], expected: PixelFormat, kept: &[u8]) {
        let simple = simplest(&raster(format, pixels)).into_owned();
        assert_eq!((simple.format(), simple.pixels()), (expected, kept));
    }

    #[test]
    fn channels_that_say_nothing_are_left_out() {
        use PixelFormat::{Gray8, Rgb8, Rgba8};
        check(Gray8, &[7, 9], Gray8, &[7, 9]);
        check(Rgb8, &[7, 7, 7, 9, 9, 9], Gray8, &[7, 9]);
        check(Rgb8, &[7, 7, 7, 9, 9, 8], Rgb8, &[7, 7, 7, 9, 9, 8]);
        check(Rgba8, &[7, 7, 7, 255], Gray8, &[7]);
        check(Rgba8, &[1, 2, 3, 255], Rgb8, &[1, 2, 3]);
        check(Rgba8, &[7, 7, 7, 254], Rgba8, &[7, 7, 7, 254]);
    }

    #[test]
    fn frames_stay_of_one_kind() {
        let frame = |format, pixels: &[u8]| Frame {
            raster: raster(format, pixels),
            delay_ms: 1,
        };
        let frames = [
            frame(PixelFormat::Rgba8, &[7, 7, 7, 255]),
            frame(PixelFormat::Rgba8, &[1, 2, 3, 255]),
        ];
        for frame in simplest_of_all(&frames) {
            assert_eq!(frame.raster.format(), PixelFormat::Rgb8);
        }
        let gray = &frames[..1];
        assert_eq!(simplest_of_all(gray)[0].raster.pixels(), [7]);
        assert_eq!(in_color(gray)[0].raster.pixels(), [7, 7, 7]);
    }
}
