//! The handler for PNG.
//!
//! It decodes row by row into a small raster; only interlaced files are held whole. Of an animated PNG it
//! shows the default image, as a program does that knows nothing of animation. A file that ends before its
//! last row is malformed: half a picture would pass for the whole.

mod color;
mod rows;

use std::io::{BufRead, Seek};

use png::{Decoder, DecodingError, Limits, Reader, Transformations};
use thumbnailify_sdk::{
    BlobReader, Description, Failure, MediaHandler, MediaType, Orientation, Picture, Request, Size,
    Source, export, orientation,
};

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
            params: vec![Request::max_source_pixels_param()],
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        let mut reader = opened(source).map_err(failure)?;
        let stored = Size {
            width: reader.info().width,
            height: reader.info().height,
        };
        request.refuse_too_large(stored)?;
        let expected = orientation_of(&reader);
        let raster_size = expected.turned(request.raster_size(expected.turned(stored)));
        let raster = rows::shrunk(&mut reader, stored, raster_size)?;
        let raster = color::to_srgb(raster, reader.info());
        let orientation = final_orientation(&mut reader);
        Ok(Picture::still(
            orientation.applied_to(raster),
            orientation.turned(stored),
        ))
    }
}

fn orientation_of<R: BufRead + Seek>(reader: &Reader<R>) -> Orientation {
    orientation(reader.info().exif_metadata.as_deref().unwrap_or_default())
}

/// Looks for EXIF behind the pixels, where it may stand too, unless more frames lie between.
fn final_orientation<R: BufRead + Seek>(reader: &mut Reader<R>) -> Orientation {
    if reader.info().exif_metadata.is_none() && !reader.info().is_animated() {
        // What is wrong behind the pixels is no reason to refuse them.
        let _ = reader.finish();
    }
    orientation_of(reader)
}

/// Profiles and other blocks beside the pixels may take this much memory.
const MAX_METADATA_BYTES: usize = 64 << 20;

/// Reads all that comes before the pixels, and asks for samples of 8 bits.
fn opened(source: &dyn Source) -> Result<Reader<BlobReader<'_>>, DecodingError> {
    let limits = Limits {
        bytes: MAX_METADATA_BYTES,
    };
    let mut decoder = Decoder::new_with_limits(BlobReader::new(source), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.read_info()
}

fn failure(err: DecodingError) -> Failure {
    match err {
        DecodingError::IoError(_) => Failure::Malformed("The PNG file ends too early.".into()),
        DecodingError::Format(err) => Failure::Malformed(format!("Not a valid PNG file: {err}")),
        DecodingError::LimitsExceeded => Failure::TooLarge("The PNG file is too large.".into()),
        DecodingError::Parameter(err) => Failure::Other(format!("The PNG decoder failed: {err}")),
    }
}

#[cfg(test)]
mod tests;
