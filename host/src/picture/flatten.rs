use thumbnailify_core::Color;

use super::raster::{Frame, Picture, PixelFormat, Raster};

/// Puts every frame of a picture on an opaque background.
#[must_use]
pub(super) fn flatten(picture: Picture, background: Color) -> Picture {
    let flat = |frame: Frame| Frame {
        raster: flatten_raster(frame.raster, background),
        ..frame
    };
    match picture {
        Picture::Still(raster) => Picture::Still(flatten_raster(raster, background)),
        Picture::Animation { frames, loop_count } => Picture::Animation {
            frames: frames.into_iter().map(flat).collect(),
            loop_count,
        },
    }
}

/// Puts a raster on an opaque background. What has no alpha is opaque already.
#[must_use]
pub(super) fn flatten_raster(raster: Raster, background: Color) -> Raster {
    match raster.format() {
        PixelFormat::Gray8 | PixelFormat::Rgb8 => raster,
        PixelFormat::Rgba8 => raster.map(PixelFormat::Rgb8, |pixel| over(pixel, background)),
    }
}

fn over(pixel: &[u8], background: Color) -> [u8; 3] {
    let alpha = u16::from(pixel[3]);
    let blend = |above: u8, below: u8| {
        let sum = u16::from(above) * alpha + u16::from(below) * (255 - alpha);
        u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
    };
    [
        blend(pixel[0], background.red),
        blend(pixel[1], background.green),
        blend(pixel[2], background.blue),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORANGE: Color = Color {
        red: 255,
        green: 128,
        blue: 0,
    };

    #[test]
    fn what_is_transparent_becomes_the_background() {
        assert_eq!(over(&[10, 20, 30, 0], ORANGE), [255, 128, 0]);
        assert_eq!(over(&[10, 20, 30, 255], ORANGE), [10, 20, 30]);
        assert_eq!(over(&[0, 0, 0, 128], Color::WHITE), [127, 127, 127]);
    }
}
