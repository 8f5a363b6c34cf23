//! The handler for PNG.
//!
//! It decodes row by row into a small raster; only interlaced files are held whole. Of an animated PNG it
//! shows the default image, as a program does that knows nothing of animation. A file that ends before its
//! last row is malformed: half a picture would pass for the whole.

mod color;
mod rows;

use png::{Decoder, DecodingError, Limits, Reader, Transformations};
use thumbnailify_sdk::{
    BlobReader, Description, Failure, MediaHandler, MediaType, Picture, Request, Size, Source,
    export, orientation,
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
            params: Vec::new(),
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        let mut reader = opened(source).map_err(failure)?;
        let stored = Size {
            width: reader.info().width,
            height: reader.info().height,
        };
        let orientation = orientation(reader.info().exif_metadata.as_deref().unwrap_or_default());
        let upright = orientation.turned(stored);
        let raster_size = orientation.turned(request.raster_size(upright));
        let raster = rows::shrunk(&mut reader, stored, raster_size)?;
        let raster = color::to_srgb(raster, reader.info());
        Ok(Picture::still(orientation.applied_to(raster), upright))
    }
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
