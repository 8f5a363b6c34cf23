//! The handler for GIF.
//!
//! A still picture is wanted: the first frame, or the one at the asked position. Otherwise all frames, thinned
//! out evenly where there are more than may be given back, so that the whole takes as long as before. Of a
//! file that ends too early the frames so far are shown.

mod canvas;
mod delay;
mod playback;
mod thinning;

use std::io::Read;

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError, MemoryLimit, Repeat};
use thumbnailify_sdk::{
    Animation, BlobReader, Description, Failure, MediaHandler, MediaType, Output, Picture, Request,
    Size, Source, export,
};

use canvas::Canvas;

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
            params: vec![Request::max_source_pixels_param()],
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        let mut decoder = opened(source).map_err(failure)?;
        let size = Size {
            width: decoder.width().into(),
            height: decoder.height().into(),
        };
        request.refuse_too_large(size)?;
        let canvas = Canvas::new(size)?;
        let output = match request.max_frames {
            0 | 1 => Output::Still(playback::still(&mut decoder, canvas, request)?),
            _ => moving(&mut decoder, canvas, request)?,
        };
        Ok(Picture {
            output,
            source_size: size,
            metadata: Vec::new(),
        })
    }
}

fn moving<R: Read>(
    decoder: &mut Decoder<R>,
    canvas: Canvas,
    request: &Request,
) -> Result<Output, Failure> {
    let mut frames = playback::frames(decoder, canvas, request)?;
    match frames.pop() {
        Some(only) if frames.is_empty() => Ok(Output::Still(only.raster)),
        last => {
            frames.extend(last);
            Ok(Output::Animation(Animation {
                frames,
                loop_count: loop_count(decoder.repeat()),
            }))
        }
    }
}

/// The file says how often the animation is repeated, the contract how often it is played.
fn loop_count(repeat: Repeat) -> u32 {
    match repeat {
        Repeat::Infinite => 0,
        Repeat::Finite(repetitions) => u32::from(repetitions) + 1,
    }
}

/// The largest frame, at one byte a pixel.
const MAX_FRAME_BYTES: u64 = 64 << 20;

fn opened(source: &dyn Source) -> Result<Decoder<BlobReader<'_>>, DecodingError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.allow_unknown_blocks(true);
    if let Ok(limit) = MAX_FRAME_BYTES.try_into() {
        options.set_memory_limit(MemoryLimit::Bytes(limit));
    }
    options.read_info(BlobReader::new(source))
}

fn failure(err: DecodingError) -> Failure {
    match err {
        DecodingError::UnexpectedEof => Failure::Malformed("The GIF file ends too early.".into()),
        DecodingError::OutOfMemory | DecodingError::MemoryLimit => {
            Failure::TooLarge("The GIF file is too large.".into())
        }
        other => Failure::Malformed(format!("Not a valid GIF file: {other}.")),
    }
}

#[cfg(test)]
mod tests;
