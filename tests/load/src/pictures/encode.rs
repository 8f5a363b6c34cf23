use anyhow::Result;
use image::ImageEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use jpeg_encoder::{ColorType, SamplingFactor};

use super::canvas::Canvas;

/// The quality that cameras and web sites use most.
const JPEG_QUALITY: u8 = 85;

/// How far apart the colours of a PNG are. Photographs are no PNGs of this width and this size.
const PNG_STEP: u8 = 16;

/// How often the grain is halved in search of a size. That is more than enough for one in a hundred.
const SEARCH_STEPS: u32 = 9;

/// More grain than this is no picture any more.
const STRONGEST_GRAIN: f32 = 96.0;

/// A format and how to write it.
pub(super) type Encoder = fn(&Canvas, f32) -> Result<Vec<u8>>;

/// A PNG file of the canvas with few colours, as drawings and screens have them, and with grain of this strength.
pub(super) fn png(canvas: &Canvas, grain: f32) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::Adaptive);
    let mut pixels = canvas.with_grain(grain);
    for channel in &mut pixels {
        *channel -= *channel % PNG_STEP;
    }
    encoder.write_image(
        &pixels,
        canvas.width,
        canvas.height,
        image::ExtendedColorType::Rgb8,
    )?;
    Ok(file)
}

/// A baseline JPEG file of the canvas with halved colour planes, with grain of this strength.
pub(super) fn jpeg(canvas: &Canvas, grain: f32) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, JPEG_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(
        &canvas.with_grain(grain),
        canvas.width.try_into()?,
        canvas.height.try_into()?,
        ColorType::Rgb,
    )?;
    Ok(file)
}

/// The file whose size is nearest to the wanted one: more grain makes it larger.
pub(super) fn of_size(canvas: &Canvas, encoder: Encoder, bytes: usize) -> Result<Vec<u8>> {
    let (mut least, mut most) = (0.0, STRONGEST_GRAIN);
    let mut nearest = encoder(canvas, least)?;
    for _ in 0..SEARCH_STEPS {
        let middle = f32::midpoint(least, most);
        let file = encoder(canvas, middle)?;
        if file.len() < bytes {
            least = middle;
        } else {
            most = middle;
        }
        if file.len().abs_diff(bytes) < nearest.len().abs_diff(bytes) {
            nearest = file;
        }
    }
    Ok(nearest)
}
