use std::num::NonZeroU8;

use jpeg_encoder::{ColorType, Encoder};

use super::EncodeError;
use super::raster::{PixelFormat, Raster};

pub(super) fn encode(raster: &Raster, quality: NonZeroU8) -> Result<Vec<u8>, EncodeError> {
    match raster.format() {
        PixelFormat::Gray8 => write(raster, ColorType::Luma, quality),
        PixelFormat::Rgb8 => write(raster, ColorType::Rgb, quality),
        PixelFormat::Rgba8 => write(
            &raster.map(PixelFormat::Rgb8, on_white),
            ColorType::Rgb,
            quality,
        ),
    }
}

fn on_white(pixel: &[u8]) -> [u8; 3] {
    let alpha = u16::from(pixel[3]);
    let blend = |channel: u8| {
        let sum = u16::from(channel) * alpha + 255 * (255 - alpha);
        u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
    };
    [blend(pixel[0]), blend(pixel[1]), blend(pixel[2])]
}

fn write(raster: &Raster, color: ColorType, quality: NonZeroU8) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::new();
    let side = |pixels: u32| u16::try_from(pixels).map_err(|error| EncodeError(error.into()));
    let (width, height) = (side(raster.size().width)?, side(raster.size().height)?);
    Encoder::new(&mut file, quality.get())
        .encode(raster.pixels(), width, height, color)
        .map_err(|error| EncodeError(error.into()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_becomes_white() {
        assert_eq!(on_white(&[10, 20, 30, 0]), [255, 255, 255]);
        assert_eq!(on_white(&[10, 20, 30, 255]), [10, 20, 30]);
        assert_eq!(on_white(&[0, 0, 0, 128]), [127, 127, 127]);
    }
}
