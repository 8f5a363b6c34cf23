//! GIF 89a, made small.
//!
//! Where all frames together have few colours, they share a palette with all of them. Otherwise they share one
//! of colours that stand for the others, and a frame for which that is not good enough has its own. There is no
//! dithering: at the size of a thumbnail it is seen as noise, and the noise makes the file much larger. Of each
//! frame only the rectangle that changes is written, and in it what stays as it is may be left out.

mod color_hash;
mod delay;
mod framed;
mod groups;
mod moments;
mod palette;
mod pixel;
mod quantise;
mod step;

use gif::{DisposalMethod, Encoder, EncodingError, Repeat};

use super::EncodeError;
use super::raster::{Frame, Picture, Size};

use delay::Centiseconds;
use framed::{Framed, framed};
use palette::{MAX_COLORS, Palette};
use pixel::{Pixel, pixels};
use step::{Shown, Step};

/// From this error on, the shared palette is not good enough for a frame: the mean over its pixels of the sum
/// of the squares over the channels. It is 35 dB.
const OWN_PALETTE_FROM_ERROR: f64 = 60.0;

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
    write(frames, picture.size(), repeat)
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

fn write(frames: &[Frame], size: Size, repeat: Option<Repeat>) -> Result<Vec<u8>, EncodeError> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(|error| EncodeError(error.into()));
    let (width, height) = (side(size.width)?, side(size.height)?);
    let frames: Vec<(Vec<Pixel>, u32)> = frames
        .iter()
        .map(|frame| (pixels(&frame.raster), frame.delay_ms))
        .collect();
    let max_colors = max_colors(&frames);
    // A pixel that stays as it is counts once, so that a background which is drawn once does not take the colours
    // of all that moves before it.
    let new_colors = framed(&frames).flat_map(|frame| frame.new_colors());
    let mut shared = Palette::of(new_colors, max_colors);
    let failed = |error: EncodingError| EncodeError(error.into());
    let mut encoder = Encoder::new(Vec::new(), width, height, &shared.bytes()).map_err(failed)?;
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).map_err(failed)?;
    }
    let mut shown = Shown::new(width.into(), frames[0].0.len());
    let mut clock = Centiseconds::default();
    for frame in framed(&frames) {
        let mut own = own_palette(&mut shared, &frame, max_colors);
        let palette = own.as_mut().unwrap_or(&mut shared);
        let step = shown.step_to(&frame, palette);
        let mut image = smallest(&step, palette, &mut shown);
        image.delay = clock.advance(frame.delay_ms);
        image.palette = own.map(|own| own.bytes());
        encoder
            .write_lzw_pre_encoded_frame(&image)
            .map_err(failed)?;
    }
    encoder.into_inner().map_err(failed)
}

/// How many colours a palette may have: all, unless there is something transparent, or an animation, in which
/// a pixel is left as it is by an index for "nothing".
fn max_colors(frames: &[(Vec<Pixel>, u32)]) -> usize {
    match frames {
        [(only, _)] if only.iter().all(Option::is_some) => MAX_COLORS,
        _ => MAX_COLORS - 1,
    }
}

/// A palette for one frame, if the shared one is not good enough for what is new in it.
fn own_palette(shared: &mut Palette, frame: &Framed<'_>, max_colors: usize) -> Option<Palette> {
    if shared.is_exact() {
        return None;
    }
    let error: u64 = frame
        .new_colors()
        .map(|color| {
            let index = shared.index(color);
            u64::from(shared.error(index, color))
        })
        .sum();
    let colors = frame.pixels.iter().flatten().copied();
    let is_bad = error as f64 > OWN_PALETTE_FROM_ERROR * colors.clone().count() as f64;
    is_bad.then(|| Palette::of(colors, max_colors))
}

/// Compresses what is to be drawn, with and without what may be left out, as either can be the smaller, and
/// draws the one that is.
fn smallest(step: &Step, palette: &mut Palette, shown: &mut Shown) -> gif::Frame<'static> {
    let (mut drawn, sparse) = (step.full_indices(palette), step.sparse_indices(palette));
    let mut image = compressed(step, &drawn, palette);
    if drawn != sparse {
        let other = compressed(step, &sparse, palette);
        if other.buffer.len() < image.buffer.len() {
            (image, drawn) = (other, sparse);
        }
    }
    shown.draw(step, drawn.iter().map(|index| palette.color(*index)));
    image
}

fn compressed(step: &Step, indices: &[u8], palette: &Palette) -> gif::Frame<'static> {
    // A canvas has sides of 16 bits, and this is a part of it.
    let number = |place: usize| place as u16;
    let nothing = palette.nothing();
    let mut image = gif::Frame {
        left: number(step.columns.start),
        top: number(step.lines.start),
        width: number(step.columns.len()),
        height: number(step.lines.len()),
        transparent: nothing.filter(|nothing| indices.contains(nothing)),
        dispose: if step.is_cleared {
            DisposalMethod::Background
        } else {
            DisposalMethod::Keep
        },
        buffer: indices.to_vec().into(),
        ..gif::Frame::default()
    };
    image.make_lzw_pre_encoded();
    image
}

#[cfg(test)]
mod tests;
