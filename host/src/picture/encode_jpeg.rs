use jpeg_encoder::{ColorType, Encoder};
use thumbnailify_core::{Color, Quality};

use super::EncodeError;
use super::flatten::flatten_raster;
use super::raster::{PixelFormat, Raster};

/// Writes a baseline JPEG file, 4:2:0 below a quality of 90 and 4:4:4 from there on. What is transparent
/// becomes white.
pub(super) fn encode(raster: &Raster, quality: Quality) -> Result<Vec<u8>, EncodeError> {
    match raster.format() {
        PixelFormat::Gray8 => write(raster, ColorType::Luma, quality),
        PixelFormat::Rgb8 => write(raster, ColorType::Rgb, quality),
        PixelFormat::Rgba8 => {
            let opaque = flatten_raster(raster.clone(), Color::WHITE);
            write(&opaque, ColorType::Rgb, quality)
        }
    }
}

fn write(raster: &Raster, color: ColorType, quality: Quality) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::new();
    let side = |pixels: u32| u16::try_from(pixels).map_err(|error| EncodeError(error.into()));
    let (width, height) = (side(raster.size().width)?, side(raster.size().height)?);
    // Not with optimised Huffman tables, which would save a tenth: the encoder then writes a scan for each
    // channel, and zune-jpeg 0.5, the decoder of many programs in Rust, reads such a file in wrong colours.
    Encoder::new(&mut file, quality.get())
        .encode(raster.pixels(), width, height, color)
        .map_err(|error| EncodeError(error.into()))?;
    Ok(file)
}
