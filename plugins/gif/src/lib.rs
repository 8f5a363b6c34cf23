//! The handler for GIF, as in the `GIF89a` specification, and where files break it, as browsers do.
//!
//! # What is shown
//!
//! - A still picture is the frame at the asked position. Where none is asked for, it is the first image that
//!   shows anything at all, among the first 32 and the first 2^30 pixels of images; of files that begin with
//!   transparent frames, that is still a sensible picture.
//! - Otherwise all frames, thinned out evenly where there are more than may be given back, so that the whole
//!   takes as long as before. Where the answer has no room for all of them, they are first made smaller, down
//!   to the size of the thumbnail, and only then fewer. A canvas of more than 32 million pixels is not played
//!   but shown as a still. Play ends after images of 512 million pixels together, and after twice as many
//!   changed ones between the frames that are kept, from the first to the last in each line.
//! - The canvas is the logical screen (section 18), made larger where the first image stands out, so a screen
//!   of 0 x 0 becomes the first image's size. What stands out of later images is cut off.
//! - The canvas starts transparent; the background colour is ignored. Disposal (section 23) 2 makes the area
//!   transparent again, 3 and the old 4 bring back what was below, anything else leaves the image.
//! - An index beyond the palette is black. Without any palette, indices are greys from black to the brightest
//!   that the code size can express.
//! - A delay of 0 or 1 hundredths of a second becomes a tenth. The number of repetitions comes from
//!   `NETSCAPE2.0` or `ANIMEXTS1.0`; without one the animation is played once. Comments, plain text, unknown
//!   extensions and what follows the trailer are passed over.
//!
//! # Of a broken file
//!
//! - A first image that is cut off or broken shows the rows so far, if one is whole: the others are
//!   transparent, or as the one above them where rows are interlaced. With less, the file is malformed.
//! - A later image that is cut off or broken is not shown and ends the animation. So does a block of an
//!   unknown kind, and the end of the file without a trailer.
//! - Data that ends in good order before its image is full leaves the rest as it was. The end code, the first
//!   clear code and the block terminators need not be there as they should, and a full code table may be used
//!   for as long as the encoder likes (appendix F).
//!
//! # Memory
//!
//! A still picture is shrunk while it is decoded, from indices to sums: some rows, a table of codes and the
//! raster are all it takes, and one byte a pixel more where rows are interlaced (64 million pixels at most).
//! An animation holds the canvas at four bytes a pixel, once more what an image covered that is to be
//! restored, and the shrunk frames: what the answer may take, and 64 MiB at most.

mod area;
mod axis;
mod blocks;
mod boxes;
mod broken;
mod bytes;
mod canvas;
mod changes;
mod colors;
mod delay;
mod drawing;
mod effort;
mod interlace;
mod lzw;
mod memory;
mod opaque;
mod playback;
mod room;
mod rows;
mod snapshots;
mod still;
mod stream;
mod sub_blocks;
mod timing;

use thumbnailify_sdk::{
    Animation, Description, Failure, MediaHandler, MediaType, Output, Picture, Position, Raster,
    Request, Size, Source, export,
};

use blocks::{Blocks, Image};
use canvas::Canvas;
use playback::Player;

/// Turns GIF files into pictures.
#[derive(Debug)]
pub struct Gif;

export!(Gif);

impl MediaHandler for Gif {
    fn describe() -> Description {
        Description {
            name: "gif".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            media_types: vec![MediaType {
                mime: "image/gif".into(),
                extensions: vec!["gif".into()],
                magic: vec![(0, b"GIF87a".to_vec()), (0, b"GIF89a".to_vec())],
            }],
            params: Request::budget_params(),
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        let opened = Opened::new(source)?;
        let canvas = opened.canvas;
        request.refuse_too_large(canvas)?;
        let output = match request.max_frames {
            2.. if Canvas::is_possible(canvas) => moving(opened, source, request)?,
            _ => Output::Still(still(opened, source, request)?),
        };
        Ok(Picture {
            output,
            source_size: canvas,
            metadata: Vec::new(),
        })
    }
}

/// A file that is read up to the data of its first image.
struct Opened<'a> {
    blocks: Blocks<'a>,
    first: Image,
    canvas: Size,
}

impl<'a> Opened<'a> {
    fn new(source: &'a dyn Source) -> Result<Self, Failure> {
        let mut blocks = Blocks::open(source)?;
        let first = blocks.next_image()?;
        let first =
            first.ok_or_else(|| Failure::NoPicture("The GIF file holds no image.".into()))?;
        let canvas = blocks.canvas_size(&first);
        if canvas.pixels() == 0 {
            return Err(Failure::NoPicture("The GIF file has no pixels.".into()));
        }
        Ok(Self {
            blocks,
            first,
            canvas,
        })
    }

    fn first_visible(mut self, request: &Request) -> Result<Raster, Failure> {
        still::first_visible(&mut self.blocks, &self.first, self.canvas, request)
    }

    fn shown_at(self, wanted_ms: u64, request: &Request) -> Result<Raster, Failure> {
        self.player()?
            .still(|_, elapsed_ms| elapsed_ms > wanted_ms, request)
    }

    fn player(self) -> Result<Player<'a>, Failure> {
        Player::new(self.blocks, self.first, self.canvas)
    }
}

/// The frame at the asked position, or the one that stands for the whole.
fn still(opened: Opened<'_>, source: &dyn Source, request: &Request) -> Result<Raster, Failure> {
    if !Canvas::is_possible(opened.canvas) {
        return opened.first_visible(request);
    }
    match request.position {
        Position::Auto | Position::Page(_) => opened.first_visible(request),
        Position::Frame(wanted) => opened
            .player()?
            .still(|number, _| number >= wanted.into(), request),
        Position::TimeMs(wanted_ms) => opened.shown_at(wanted_ms, request),
        Position::Percent(percent) => {
            let wanted_ms = timing::duration_ms(source) * u64::from(percent) / 100;
            opened.shown_at(wanted_ms, request)
        }
    }
}

fn moving(opened: Opened<'_>, source: &dyn Source, request: &Request) -> Result<Output, Failure> {
    let raster = room::frame_size(opened.canvas, source, request);
    let mut player = opened.player()?;
    let frames = player.frames(raster, request)?;
    if player.is_first_cut_off() {
        let raster = Opened::new(source)?.first_visible(request)?;
        return Ok(Output::Still(raster));
    }
    let mut frames = opaque::in_one_format(frames);
    Ok(match frames.pop() {
        Some(only) if frames.is_empty() => Output::Still(only.raster),
        last => {
            frames.extend(last);
            Output::Animation(Animation {
                frames,
                loop_count: player.loop_count(),
            })
        }
    })
}

#[cfg(test)]
mod tests;
