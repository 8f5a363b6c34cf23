use thumbnailify_sdk::{Frame, PixelFormat, Raster, Size};

use crate::colors::Rgba;

/// A raster of these pixels, without alpha where that says nothing.
pub(crate) fn packed(size: Size, pixels: &[Rgba]) -> Raster {
    let (format, pixels) = if is_opaque(pixels) {
        (PixelFormat::Rgb8, without_alpha(pixels))
    } else {
        (PixelFormat::Rgba8, pixels.as_flattened().to_vec())
    };
    Raster {
        size,
        format,
        pixels,
    }
}

/// The same frames in one format: with alpha where any of them needs it.
pub(crate) fn in_one_format(frames: Vec<Frame>) -> Vec<Frame> {
    let has_alpha = |frame: &Frame| frame.raster.format == PixelFormat::Rgba8;
    if !frames.iter().any(has_alpha) {
        return frames;
    }
    let frames = frames.into_iter().map(|frame| Frame {
        raster: with_alpha(frame.raster),
        delay_ms: frame.delay_ms,
    });
    frames.collect()
}

fn is_opaque(pixels: &[Rgba]) -> bool {
    // In whole chunks, as it is quicker not to look whether to go on after each pixel.
    let are_opaque = |pixels: &[Rgba]| pixels.iter().fold(u8::MAX, |all, pixel| all & pixel[3]);
    let mut chunks = pixels.chunks(256);
    chunks.all(|chunk| are_opaque(chunk) == u8::MAX)
}

fn without_alpha(pixels: &[Rgba]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(pixels.len() * 3);
    let (fours, rest) = pixels.as_chunks();
    for four in fours {
        packed.extend_from_slice(four_without_alpha(four).as_flattened());
    }
    for [red, green, blue, _] in rest {
        packed.extend_from_slice(&[*red, *green, *blue]);
    }
    packed
}

/// Four pixels in three words instead of twelve bytes.
#[inline]
fn four_without_alpha(pixels: &[Rgba; 4]) -> [[u8; 4]; 3] {
    let [one, two, three, four] = pixels.map(|pixel| u32::from_le_bytes(pixel) & 0x00FF_FFFF);
    let words = [
        one | two << 24,
        two >> 8 | three << 16,
        three >> 16 | four << 8,
    ];
    words.map(u32::to_le_bytes)
}

fn with_alpha(raster: Raster) -> Raster {
    if raster.format == PixelFormat::Rgba8 {
        return raster;
    }
    let pixels = raster.pixels.as_chunks().0.iter();
    let pixels = pixels.flat_map(|[red, green, blue]| [*red, *green, *blue, u8::MAX]);
    Raster {
        size: raster.size,
        format: PixelFormat::Rgba8,
        pixels: pixels.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pixels: &[Rgba]) -> Raster {
        let width = pixels.len() as u32;
        packed(Size { width, height: 1 }, pixels)
    }

    #[test]
    fn alpha_comes_and_goes_without_a_trace() {
        for count in 1..10 {
            let pixels: Vec<Rgba> = (0..count).map(|at| [at, at + 60, at + 120, 255]).collect();
            let rgb: Vec<u8> = (0..count).flat_map(|at| [at, at + 60, at + 120]).collect();
            let raster = of(&pixels);
            assert_eq!((raster.format, &raster.pixels), (PixelFormat::Rgb8, &rgb));
            assert_eq!(with_alpha(raster).pixels, pixels.as_flattened());
        }
    }

    #[test]
    fn one_frame_with_alpha_gives_it_to_all() {
        let frame = |raster| Frame {
            raster,
            delay_ms: 7,
        };
        let frames = [of(&[[1, 2, 3, 255]]), of(&[[0; 4]])].map(frame).to_vec();
        let frames = in_one_format(frames);
        let pixels = frames.iter().map(|frame| frame.raster.pixels.as_slice());
        assert_eq!(pixels.collect::<Vec<_>>(), [[1, 2, 3, 255], [0; 4]]);
    }
}
