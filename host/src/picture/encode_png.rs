use png::{BitDepth, ColorType, Encoder};

use super::EncodeError;
use super::raster::{PixelFormat, Raster};

pub(super) fn encode(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    if raster.format() == PixelFormat::Rgba8 && raster.is_opaque() {
        return write(&raster.map(PixelFormat::Rgb8, |pixel| [pixel[0], pixel[1], pixel[2]]));
    }
    write(raster)
}

fn write(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, raster.size().width, raster.size().height);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_color(match raster.format() {
        PixelFormat::Gray8 => ColorType::Grayscale,
        PixelFormat::Rgb8 => ColorType::Rgb,
        PixelFormat::Rgba8 => ColorType::Rgba,
    });
    let mut writer = encoder.write_header().map_err(boxed)?;
    writer.write_image_data(raster.pixels()).map_err(boxed)?;
    writer.finish().map_err(boxed)?;
    Ok(file)
}

fn boxed(error: png::EncodingError) -> EncodeError {
    EncodeError(error.into())
}
