//! The handler for PNG.
//!
//! Sections are those of the specification, Portable Network Graphics, third edition.
//!
//! **Speed.** Rows are unpacked, their filters taken back, and shrunk at once: only a few rows are held, also of
//! interlaced files, whose passes are added up where they lie. Samples of 16 bits are summed up as such.
//!
//! **Colours** become sRGB by the strongest statement of the file: `cICP`, else `iCCP`, else `sRGB`, else `gAMA`
//! with `cHRM` (section 4.3). What is broken or not known counts as not said.
//!
//! **Orientation** is that of `eXIf`, before or behind the pixels; behind them only of still pictures.
//!
//! **Animation.** Where one frame is asked for, it is the default image, as a program shows that knows nothing of
//! animation; browsers show it as well where it is part of the animation. Where more are asked for, the frames are
//! those of the animation, shrunk more and then thinned out evenly if there are too many; a default image that is no part of it is not
//! shown. Delays are those of browsers.
//!
//! **Damage.** What can be seen is shown: of a file that ends in its pixels, or makes no sense from some place in
//! them on, the rows before that place. The others are transparent; of an interlaced file the coarse passes stand
//! in for the fine ones. If there is no whole row, or no image begins at all, the file is malformed. Of an
//! animation the frames up to the damage are shown. Checksums of the header and of the palette must be right, as
//! nothing can be shown without them; other chunks whose checksum is wrong count as not there. Checksums of pixels
//! are not computed: the compressed stream itself is checked.
//!
//! **Limits.** An image may have 512 megapixels, the canvas of an animation 32, a row 1 Mi pixels and 8 MiB, and a
//! profile 4 MiB once it is unpacked. Text is never unpacked. An animation stops when as many pixels of frames were
//! drawn, or as many of the canvas shrunk, as one image may have. The frames given back have 64 MiB together.
//! Means of 16-bit samples are rounded to 8 bits before another curve is applied: in the darkest parts of pictures
//! whose samples are linear, steps can be seen.

mod chunk;
mod crc;
mod header;
mod metadata;

mod inflate;
mod scanlines;
mod unfilter;

mod expand;
mod image;
mod interlace;

mod animation;
mod still;

mod color;
mod profile;

use thumbnailify_sdk::{
    Animation, Description, Failure, Frame, MediaHandler, MediaType, Orientation, Output, Picture,
    Request, Size, Source, export, orientation,
};

use animation::Playback;
use chunk::Chunks;
use color::ColorSpace;
use header::Header;
use metadata::Metadata;

/// Turns PNG files into pictures.
#[derive(Debug)]
pub struct Png;

export!(Png);

impl MediaHandler for Png {
    fn describe() -> Description {
        Description {
            name: "png".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            media_types: vec![MediaType {
                mime: "image/png".into(),
                extensions: vec!["png".into(), "apng".into()],
                magic: vec![(0, b"\x89PNG\r\n\x1a\n".to_vec())],
            }],
            params: Request::budget_params(),
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        if request.max_frames > 1
            && let Some(picture) = animated(source, request)?
        {
            return Ok(picture);
        }
        still(source, request)
    }
}

/// The default image.
fn still(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
    let mut file = File::open(source, request)?;
    let raster_size = file.raster_size(request);
    let raster = still::raster(&mut file.chunks, file.header, &file.metadata, raster_size)?;
    if file.metadata.playback.is_none() {
        file.metadata.read_rest(&mut file.chunks);
    }
    let orientation = file.orientation();
    let raster = ColorSpace::of(&file.metadata).to_srgb(raster);
    let upright_size = orientation.turned(file.header.size);
    Ok(Picture::still(orientation.applied_to(raster), upright_size))
}

/// The animation, if there is one. One frame is a still picture; with none, the default image is left to show.
fn animated(source: &dyn Source, request: &Request) -> Result<Option<Picture>, Failure> {
    let mut file = File::open(source, request)?;
    let Some(playback) = file.metadata.playback else {
        return Ok(None);
    };
    let mut frames = file.frames(playback, request)?;
    let output = match frames.len() {
        0 => return Ok(None),
        1 => frames.pop().map(|frame| Output::Still(frame.raster)),
        _ => Some(Output::Animation(Animation {
            frames,
            loop_count: playback.plays,
        })),
    };
    Ok(output.map(|output| Picture {
        output,
        source_size: file.orientation().turned(file.header.size),
        metadata: Vec::new(),
    }))
}

/// A file that was read up to its pixels.
struct File<'a> {
    chunks: Chunks<'a>,
    header: Header,
    metadata: Metadata,
}

impl<'a> File<'a> {
    fn open(source: &'a dyn Source, request: &Request) -> Result<Self, Failure> {
        let mut chunks = Chunks::open(source)?;
        let header = Header::read(&mut chunks)?;
        request.refuse_too_large(header.size)?;
        let metadata = Metadata::read(&mut chunks, header)?;
        Ok(Self {
            chunks,
            header,
            metadata,
        })
    }

    fn orientation(&self) -> Orientation {
        orientation(self.metadata.exif.as_deref().unwrap_or_default())
    }

    /// The size of the raster before it is turned.
    fn raster_size(&self, request: &Request) -> Size {
        let expected = self.orientation();
        expected.turned(request.raster_size(expected.turned(self.header.size)))
    }

    fn frames(&mut self, playback: Playback, request: &Request) -> Result<Vec<Frame>, Failure> {
        let (orientation, colors) = (self.orientation(), ColorSpace::of(&self.metadata));
        let Self {
            chunks,
            header,
            metadata,
        } = self;
        let frames = animation::frames(chunks, *header, metadata, playback, request, orientation)?;
        let finished = |frame: Frame| Frame {
            raster: orientation.applied_to(colors.to_srgb(frame.raster)),
            ..frame
        };
        Ok(frames.into_iter().map(finished).collect())
    }
}

#[cfg(test)]
mod tests;
