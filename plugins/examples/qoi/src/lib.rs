//! Makes pictures of QOI files, the "Quite OK Image Format" (<https://qoiformat.org/qoi-specification.pdf>).

mod decoder;

use thumbnailify_sdk::{
    BlobReader, Description, Failure, MediaHandler, MediaType, Picture, PixelFormat, Request,
    Shrink, Source, export,
};

use decoder::{Decoder, Header};

/// What the reference implementation takes.
const PIXELS_MAX: u64 = 400_000_000;

struct Qoi;

export!(Qoi);

impl MediaHandler for Qoi {
    fn describe() -> Description {
        Description {
            name: "qoi".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            media_types: vec![MediaType {
                mime: "image/x-qoi".into(),
                extensions: vec!["qoi".into()],
                magic: vec![(0, decoder::MAGIC.to_vec())],
            }],
            params: Vec::new(),
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        let mut reader = BlobReader::new(source);
        let Header { size, has_alpha } = Header::read(&mut reader)?;
        if size.pixels() > PIXELS_MAX {
            return Err(Failure::too_large(size));
        }
        let format = if has_alpha {
            PixelFormat::Rgba8
        } else {
            PixelFormat::Rgb8
        };
        let mut shrink = Shrink::new(size, request.raster_size(size), format)?;
        let mut decoder = Decoder::new(reader);
        let mut row = Vec::new();
        for _ in 0..size.height {
            row.clear();
            for _ in 0..size.width {
                row.extend_from_slice(&decoder.next_pixel()?[..format.channels()]);
            }
            shrink.push_row(&row);
        }
        Ok(Picture::still(shrink.finish(), size))
    }
}
