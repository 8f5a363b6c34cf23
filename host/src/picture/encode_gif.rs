use gif::{DisposalMethod, Encoder, Repeat};

use super::EncodeError;
use super::raster::{Frame, Picture, PixelFormat, Raster};

/// Speed of the quantiser, 1 (best) to 30 (fastest); its author's own default.
const QUANTISER_SPEED: i32 = 10;
/// GIF knows on and off only; from here on a pixel is on.
const OPAQUE_FROM_ALPHA: u8 = 128;

pub(super) fn encode(picture: &Picture) -> Result<Vec<u8>, EncodeError> {
    let still;
    let (frames, repeat) = match picture {
        Picture::Still(raster) => {
            still = [Frame {
                raster: raster.clone(),
                delay_ms: 0,
            }];
            (still.as_slice(), None)
        }
        Picture::Animation { frames, loop_count } => (frames.as_slice(), repeat(*loop_count)),
    };
    let side = |pixels: u32| u16::try_from(pixels).map_err(|error| EncodeError(error.into()));
    let size = picture.size();
    let (width, height) = (side(size.width)?, side(size.height)?);
    write(frames, repeat, width, height).map_err(|error| EncodeError(error.into()))
}

/// How often the file says that it is to be repeated after the first time; a file that is played once does
/// not say anything.
fn repeat(loop_count: u32) -> Option<Repeat> {
    match loop_count {
        0 => Some(Repeat::Infinite),
        1 => None,
        plays => Some(Repeat::Finite(u16::try_from(plays - 1).unwrap_or(u16::MAX))),
    }
}

fn write(
    frames: &[Frame],
    repeat: Option<Repeat>,
    width: u16,
    height: u16,
) -> Result<Vec<u8>, gif::EncodingError> {
    let mut encoder = Encoder::new(Vec::new(), width, height, &[])?;
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat)?;
    }
    let opaque = frames.iter().all(|frame| frame.raster.is_opaque());
    let mut clock = Centiseconds::default();
    for frame in frames {
        let mut pixels = binary_alpha(&frame.raster);
        let mut encoded = gif::Frame::from_rgba_speed(width, height, &mut pixels, QUANTISER_SPEED);
        encoded.delay = clock.advance(frame.delay_ms);
        // Where a frame lets something shine through, that must not be the frame before it.
        encoded.dispose = if opaque {
            DisposalMethod::Keep
        } else {
            DisposalMethod::Background
        };
        encoder.write_frame(&encoded)?;
    }
    encoder.into_inner()
}

fn binary_alpha(raster: &Raster) -> Vec<u8> {
    let rgba = match raster.format() {
        PixelFormat::Gray8 => raster.map(PixelFormat::Rgba8, |gray| {
            [gray[0], gray[0], gray[0], u8::MAX]
        }),
        PixelFormat::Rgb8 => {
            raster.map(PixelFormat::Rgba8, |rgb| [rgb[0], rgb[1], rgb[2], u8::MAX])
        }
        PixelFormat::Rgba8 => raster.map(PixelFormat::Rgba8, |rgba| match rgba[3] {
            OPAQUE_FROM_ALPHA.. => [rgba[0], rgba[1], rgba[2], u8::MAX],
            _ => [0; 4],
        }),
    };
    rgba.into_pixels()
}

/// Rounds each delay so that the rounding never adds up over an animation.
#[derive(Default)]
struct Centiseconds {
    elapsed_ms: u64,
    elapsed_cs: u64,
}

impl Centiseconds {
    fn advance(&mut self, delay_ms: u32) -> u16 {
        self.elapsed_ms += u64::from(delay_ms);
        let delay_cs = (self.elapsed_ms + 5) / 10 - self.elapsed_cs;
        self.elapsed_cs += delay_cs;
        u16::try_from(delay_cs).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::super::raster::Size;
    use super::*;

    #[test]
    fn rounded_delays_add_up_to_the_whole() {
        let mut clock = Centiseconds::default();
        let delays: Vec<u16> = (0..6).map(|_| clock.advance(33)).collect();
        assert_eq!(delays.iter().sum::<u16>(), 20);
    }

    fn frame(color: [u8; 4], delay_ms: u32) -> Frame {
        let pixels = color.repeat(16);
        let raster = Raster::new(
            Size {
                width: 4,
                height: 4,
            },
            PixelFormat::Rgba8,
            pixels,
        )
        .unwrap();
        Frame { raster, delay_ms }
    }

    #[test]
    fn an_animation_keeps_its_frames_delays_and_loops() {
        let frames = vec![frame([255, 0, 0, 255], 70), frame([0, 0, 0, 0], 120)];
        let file = encode(&Picture::Animation {
            frames,
            loop_count: 3,
        })
        .unwrap();
        let mut decoder = gif::Decoder::new(file.as_slice()).unwrap();
        let mut delays = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            assert_eq!(frame.dispose, DisposalMethod::Background);
            delays.push(frame.delay);
        }
        assert_eq!(delays, [7, 12]);
        assert_eq!(decoder.repeat(), Repeat::Finite(2));
    }
}
