use png::{BitDepth, BlendOp, ColorType, DeflateCompression, DisposeOp, Encoder, Filter, Writer};

use super::EncodeError;
use super::changed::Changed;
use super::palette::Indexed;
use super::raster::{Frame, Picture, PixelFormat, Raster};
use super::simplify::{simplest, simplest_of_all};

/// Within two per cent of the smallest that zlib makes of a thumbnail, at a third of the time.
const LEVEL: DeflateCompression = DeflateCompression::Level(4);

/// Writes a PNG file, an animated one where the picture moves. No pixel is changed: what has few colours gets
/// a palette, what is grey or opaque loses the channels that say nothing.
pub(super) fn encode(picture: &Picture) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::new();
    match picture {
        Picture::Still(raster) => still(&mut file, raster)?,
        Picture::Animation { frames, loop_count } => animation(&mut file, frames, *loop_count)?,
    }
    Ok(file)
}

fn still(file: &mut Vec<u8>, raster: &Raster) -> Result<(), EncodeError> {
    let raster = simplest(raster);
    match Indexed::of(&raster) {
        Some(indexed) => still_indexed(file, &raster, &indexed),
        None => {
            let writer = encoder(file, &raster).write_header().map_err(boxed)?;
            finished(writer, raster.pixels())
        }
    }
}

fn still_indexed(
    file: &mut Vec<u8>,
    raster: &Raster,
    indexed: &Indexed,
) -> Result<(), EncodeError> {
    let mut encoder = encoder(file, raster);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(match indexed.bits {
        1 => BitDepth::One,
        2 => BitDepth::Two,
        4 => BitDepth::Four,
        _ => BitDepth::Eight,
    });
    // Neighbouring places in a palette have nothing to do with each other.
    encoder.set_filter(Filter::NoFilter);
    encoder.set_palette(indexed.colors.clone());
    if !indexed.alphas.is_empty() {
        encoder.set_trns(indexed.alphas.clone());
    }
    let writer = encoder.write_header().map_err(boxed)?;
    finished(writer, &indexed.rows)
}

/// Writes the first frame whole, and of each further one the part that is another than before.
fn animation(file: &mut Vec<u8>, frames: &[Frame], loop_count: u32) -> Result<(), EncodeError> {
    let frames = simplest_of_all(frames);
    let Some(first) = frames.first() else {
        return Err(EncodeError("an animation without frames".into()));
    };
    let count = u32::try_from(frames.len()).map_err(|error| EncodeError(error.into()))?;
    let mut encoder = encoder(file, &first.raster);
    encoder.set_animated(count, loop_count).map_err(boxed)?;
    encoder.set_blend_op(BlendOp::Source).map_err(boxed)?;
    encoder.set_dispose_op(DisposeOp::None).map_err(boxed)?;
    let mut writer = encoder.write_header().map_err(boxed)?;
    let mut before: Option<&Raster> = None;
    for Frame { raster, delay_ms } in &frames {
        let changed = match before {
            Some(before) => Changed::between(before, raster),
            None => Changed::all(raster.size()),
        };
        write_frame(&mut writer, raster, changed, *delay_ms).map_err(boxed)?;
        before = Some(raster);
    }
    writer.finish().map_err(boxed)
}

fn write_frame(
    writer: &mut Writer<&mut Vec<u8>>,
    raster: &Raster,
    changed: Changed,
    delay_ms: u32,
) -> Result<(), png::EncodingError> {
    // The position first would be outside of the canvas with the dimension of the frame before.
    writer.reset_frame_position()?;
    writer.set_frame_dimension(changed.size.width, changed.size.height)?;
    writer.set_frame_position(changed.left, changed.top)?;
    let (numerator, denominator) = delay(delay_ms);
    writer.set_frame_delay(numerator, denominator)?;
    writer.write_image_data(&changed.pixels_of(raster))
}

/// Milliseconds, or whole seconds where those are too many for 16 bits.
fn delay(delay_ms: u32) -> (u16, u16) {
    match u16::try_from(delay_ms) {
        Ok(milliseconds) => (milliseconds, 1_000),
        Err(_) => (u16::try_from(delay_ms / 1_000).unwrap_or(u16::MAX), 1),
    }
}

fn encoder<'a>(file: &'a mut Vec<u8>, raster: &Raster) -> Encoder<'static, &'a mut Vec<u8>> {
    let mut encoder = Encoder::new(file, raster.size().width, raster.size().height);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_color(match raster.format() {
        PixelFormat::Gray8 => ColorType::Grayscale,
        PixelFormat::Rgb8 => ColorType::Rgb,
        PixelFormat::Rgba8 => ColorType::Rgba,
    });
    encoder.set_deflate_compression(LEVEL);
    encoder.set_filter(Filter::Adaptive);
    encoder
}

fn finished(mut writer: Writer<&mut Vec<u8>>, rows: &[u8]) -> Result<(), EncodeError> {
    writer.write_image_data(rows).map_err(boxed)?;
    writer.finish().map_err(boxed)
}

fn boxed(error: png::EncodingError) -> EncodeError {
    EncodeError(error.into())
}

#[cfg(test)]
mod tests;
