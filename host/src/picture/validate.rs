use super::raster::{Frame, Picture, PixelFormat, Raster, Size};
use crate::Limits;
use crate::sandbox::types;

/// The longest side of a raster, that of the largest JPEG and GIF. Resizing takes some fifty bytes for each pixel of a side, whatever the other
/// side is. A source that is longer is shrunk by its handler.
const SIDE_MAX_PIXELS: u32 = 65_535;

/// A guest's answer that breaks the rules of the interface.
#[derive(PartialEq, Debug, thiserror::Error)]
pub enum BadAnswer {
    /// The pixels do not fill the size, or a side is 0.
    #[error("the handler's raster is {width}x{height}, but has {bytes} bytes of pixels")]
    WrongLength {
        /// Claimed width in pixels.
        width: u32,
        /// Claimed height in pixels.
        height: u32,
        /// Bytes that came.
        bytes: usize,
    },
    /// A side is so long that resizing would take more than the pixels are worth.
    #[error("the handler's raster is {0} pixels long, and the longest side is {SIDE_MAX_PIXELS}")]
    TooLong(u32),
    /// A side of the source is 0.
    #[error("the handler says that the source has no size")]
    NoSourceSize,
    /// An animation without frames.
    #[error("the handler's animation has no frames")]
    NoFrames,
    /// More frames than were asked for.
    #[error("the handler's animation has {frames} frames, and the most is {limit}")]
    TooManyFrames {
        /// Frames that came.
        frames: usize,
        /// The budget.
        limit: u32,
    },
    /// The frames are not all of one size and format.
    #[error("the frames of the handler's animation differ in size or format")]
    MixedFrames,
}

/// Checks a guest's still or moving picture as one checks any input.
///
/// # Errors
/// The first rule that it breaks.
pub fn validate(output: UncheckedPicture, limits: &Limits) -> Result<Picture, BadAnswer> {
    match output {
        UncheckedPicture::Still(still) => raster(still).map(Picture::Still),
        UncheckedPicture::Animation(animation) => self::animation(animation, limits),
    }
}

/// The answers that carry pixels.
#[derive(Debug)]
pub enum UncheckedPicture {
    /// One picture.
    Still(types::Raster),
    /// Several.
    Animation(types::Animation),
}

/// Checks the size that a guest says its source has.
///
/// # Errors
/// [`BadAnswer::NoSourceSize`] when a side is 0.
pub fn source_size(size: types::Size) -> Result<Size, BadAnswer> {
    let types::Size { width, height } = size;
    if width == 0 || height == 0 {
        Err(BadAnswer::NoSourceSize)
    } else {
        Ok(Size { width, height })
    }
}

fn animation(animation: types::Animation, limits: &Limits) -> Result<Picture, BadAnswer> {
    let count = animation.frames.len();
    if count > usize::try_from(limits.frames).unwrap_or(usize::MAX) {
        return Err(BadAnswer::TooManyFrames {
            frames: count,
            limit: limits.frames,
        });
    }
    let frames = animation.frames.into_iter();
    let frames = frames.map(|frame| {
        Ok(Frame {
            raster: raster(frame.raster)?,
            delay_ms: frame.delay_ms,
        })
    });
    let frames: Vec<Frame> = frames.collect::<Result<_, _>>()?;
    let first = frames.first().ok_or(BadAnswer::NoFrames)?;
    let kind = |frame: &Frame| (frame.raster.size(), frame.raster.format());
    if frames.iter().any(|frame| kind(frame) != kind(first)) {
        return Err(BadAnswer::MixedFrames);
    }
    Ok(Picture::Animation {
        frames,
        loop_count: animation.loop_count,
    })
}

fn raster(raster: types::Raster) -> Result<Raster, BadAnswer> {
    let types::Size { width, height } = raster.size;
    let format = match raster.format {
        types::PixelFormat::Gray8 => PixelFormat::Gray8,
        types::PixelFormat::Rgb8 => PixelFormat::Rgb8,
        types::PixelFormat::Rgba8 => PixelFormat::Rgba8,
    };
    let longest = width.max(height);
    if longest > SIDE_MAX_PIXELS {
        return Err(BadAnswer::TooLong(longest));
    }
    let bytes = raster.pixels.len();
    Raster::new(Size { width, height }, format, raster.pixels).ok_or(BadAnswer::WrongLength {
        width,
        height,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn still(width: u32, height: u32, bytes: usize) -> types::Raster {
        let size = types::Size { width, height };
        types::Raster {
            size,
            format: types::PixelFormat::Rgb8,
            pixels: vec![0; bytes],
        }
    }

    fn check(raster: types::Raster, accepted: bool) {
        assert_eq!(
            validate(UncheckedPicture::Still(raster), &Limits::default()).is_ok(),
            accepted
        );
    }

    #[test]
    fn pixels_must_fill_the_size_exactly() {
        check(still(2, 3, 18), true);
        check(still(2, 3, 17), false);
        check(still(2, 3, 19), false);
        check(still(0, 3, 0), false);
        check(still(u32::MAX, u32::MAX, 3), false);
        check(still(65_535, 1, 196_605), true);
        check(still(65_536, 1, 196_608), false);
    }

    fn check_frames(sizes: &[u32], expected: Option<&BadAnswer>) {
        let frames = sizes.iter().map(|&width| types::Frame {
            raster: still(width, 1, usize::try_from(width).unwrap() * 3),
            delay_ms: 40,
        });
        let animation = types::Animation {
            frames: frames.collect(),
            loop_count: 0,
        };
        let limits = Limits {
            frames: 2,
            ..Limits::default()
        };
        let error = validate(UncheckedPicture::Animation(animation), &limits).err();
        assert_eq!(error.as_ref(), expected);
    }

    #[test]
    fn an_animation_has_a_bounded_number_of_equal_frames() {
        check_frames(&[4, 4], None);
        check_frames(&[], Some(&BadAnswer::NoFrames));
        check_frames(
            &[4, 4, 4],
            Some(&BadAnswer::TooManyFrames {
                frames: 3,
                limit: 2,
            }),
        );
        check_frames(&[4, 5], Some(&BadAnswer::MixedFrames));
    }
}
