use thumbnailify_core::Quality;
use webp_animation::{
    AnimParams, ColorMode, Encoder, EncoderOptions, EncodingConfig, EncodingType,
    LossyEncodingConfig,
};

use super::EncodeError;
use super::raster::{Frame, Picture, PixelFormat};
use super::simplify::in_color;

/// The longest that a frame is shown: the file has 24 bits for it, and the sum of all is to fit into 31.
const DELAY_MAX_MS: u32 = 1 << 22;

/// Parts of a picture that get a quality of their own; as many as libwebp's own tool has.
const SEGMENTS: usize = 4;

/// Writes a WebP file with loss, its alpha without, an animated one where the picture moves.
pub(super) fn encode(picture: &Picture, quality: Quality) -> Result<Vec<u8>, EncodeError> {
    match picture {
        Picture::Still(raster) => {
            let only = Frame {
                raster: raster.clone(),
                delay_ms: 0,
            };
            write(&[only], 0, quality)
        }
        Picture::Animation { frames, loop_count } => write(frames, *loop_count, quality),
    }
}

/// An animation of one frame becomes a still picture in libwebp.
fn write(frames: &[Frame], loop_count: u32, quality: Quality) -> Result<Vec<u8>, EncodeError> {
    let frames = in_color(frames);
    let Some(first) = frames.first() else {
        return Err(EncodeError("an animation without frames".into()));
    };
    let size = first.raster.size();
    let options = options(first.raster.format(), loop_count, quality);
    let mut encoder =
        Encoder::new_with_options((size.width, size.height), options).map_err(boxed)?;
    let mut clock_ms = 0_i32;
    for frame in &frames {
        encoder
            .add_frame(frame.raster.pixels(), clock_ms)
            .map_err(boxed)?;
        clock_ms = clock_ms
            .checked_add(delay(frame.delay_ms))
            .ok_or_else(too_long)?;
    }
    Ok(encoder.finalize(clock_ms).map_err(boxed)?.to_vec())
}

fn options(format: PixelFormat, loop_count: u32, quality: Quality) -> EncoderOptions {
    let lossy = LossyEncodingConfig {
        segments: SEGMENTS,
        ..LossyEncodingConfig::default()
    };
    EncoderOptions {
        anim_params: AnimParams {
            // The file has 16 bits for it.
            loop_count: u16::try_from(loop_count).unwrap_or(u16::MAX).into(),
        },
        color_mode: match format {
            PixelFormat::Rgba8 => ColorMode::Rgba,
            PixelFormat::Gray8 | PixelFormat::Rgb8 => ColorMode::Rgb,
        },
        encoding_config: Some(EncodingConfig {
            encoding_type: EncodingType::Lossy(lossy),
            quality: quality.get().into(),
            ..EncodingConfig::default()
        }),
        ..EncoderOptions::default()
    }
}

/// Time has to go on from frame to frame.
fn delay(delay_ms: u32) -> i32 {
    i32::try_from(delay_ms.clamp(1, DELAY_MAX_MS)).unwrap_or(1)
}

fn too_long() -> EncodeError {
    EncodeError("the animation takes too long".into())
}

fn boxed(error: webp_animation::Error) -> EncodeError {
    EncodeError(error.into())
}

#[cfg(test)]
mod tests {
    use webp_animation::Decoder;

    use super::super::raster::{Raster, Size};
    use super::*;

    const SIZE: Size = Size {
        width: 32,
        height: 16,
    };

    fn solid(color: [u8; 4]) -> Raster {
        Raster::new(SIZE, PixelFormat::Rgba8, color.repeat(512)).unwrap()
    }

    fn quality(quality: u8) -> Quality {
        Quality::new(quality).unwrap()
    }

    fn assert_near(pixels: &[u8], expected: [u8; 4]) {
        let near = |pixel: &[u8; 4]| {
            let mut channels = pixel.iter().zip(expected);
            channels.all(|(channel, expected)| channel.abs_diff(expected) <= 6)
        };
        assert!(pixels.as_chunks().0.iter().all(near), "{:?}", &pixels[..4]);
    }

    /// The four letters of the chunk that comes first (WebP container specification).
    fn first_chunk(file: &[u8]) -> &[u8] {
        &file[12..16]
    }

    #[test]
    fn a_still_picture_is_a_still_file() {
        let opaque = encode(&Picture::Still(solid([200, 100, 50, 255])), quality(80)).unwrap();
        assert_eq!(first_chunk(&opaque), b"VP8 ");
        let clear = encode(&Picture::Still(solid([200, 100, 50, 90])), quality(80)).unwrap();
        assert_eq!(first_chunk(&clear), b"VP8X");
        for (file, alpha) in [(opaque, 255), (clear, 90)] {
            let frames: Vec<_> = Decoder::new(&file).unwrap().into_iter().collect();
            assert_eq!(frames.len(), 1);
            assert_near(frames[0].data(), [200, 100, 50, alpha]);
        }
    }

    #[test]
    fn an_animation_keeps_its_frames_and_delays() {
        let colors = [[200, 100, 50, 255], [20, 30, 220, 255], [0, 0, 0, 0]];
        let delays_ms = [70, 0, 120];
        let frames = colors.iter().zip(delays_ms).map(|(color, delay_ms)| Frame {
            raster: solid(*color),
            delay_ms,
        });
        let picture = Picture::Animation {
            frames: frames.collect(),
            loop_count: 3,
        };
        let file = encode(&picture, quality(90)).unwrap();
        let frames: Vec<_> = Decoder::new(&file).unwrap().into_iter().collect();
        // A decoder tells when a frame ends.
        let ends: Vec<_> = frames.iter().map(|frame| frame.timestamp()).collect();
        assert_eq!(ends, [70, 71, 191]);
        assert_near(frames[0].data(), colors[0]);
        assert_near(frames[1].data(), colors[1]);
        assert!(
            frames[2]
                .data()
                .as_chunks::<4>()
                .0
                .iter()
                .all(|pixel| pixel[3] == 0)
        );
    }

    #[test]
    fn less_quality_is_fewer_bytes() {
        let pixels = (0..512 * 3)
            .map(|place: u32| (place * place % 251) as u8)
            .collect();
        let noise = Raster::new(SIZE, PixelFormat::Rgb8, pixels).unwrap();
        let bytes = |number| {
            encode(&Picture::Still(noise.clone()), quality(number))
                .unwrap()
                .len()
        };
        assert!(bytes(10) < bytes(60) && bytes(60) < bytes(95));
    }
}
