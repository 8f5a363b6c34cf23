//! The handler for JPEG.
//!
//! Baseline and progressive, grey, colour and CMYK. The picture is decoded whole, then shrunk, brought to sRGB
//! and turned upright. Of a file that ends too early the missing part is grey.

mod coding;
mod pixels;

use thumbnailify_sdk::{
    BlobReader, Description, Failure, MediaHandler, MediaType, Picture, Request, Size, Source,
    export, orientation, to_srgb,
};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::options::DecoderOptions;

use pixels::Layout;

/// Turns JPEG files into pictures.
#[derive(Debug)]
pub struct Jpeg;

export!(Jpeg);

impl MediaHandler for Jpeg {
    fn describe() -> Description {
        Description {
            name: "jpeg".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            media_types: vec![MediaType {
                mime: "image/jpeg".into(),
                extensions: ["jpg", "jpeg", "jpe", "jfif"].map(String::from).into(),
                magic: vec![(0, vec![0xff, 0xd8, 0xff])],
            }],
            params: vec![Request::max_source_pixels_param()],
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        let mut decoder = JpegDecoder::new_with_options(BlobReader::new(source), options());
        decoder
            .decode_headers()
            .map_err(|err| header_failure(source, err))?;
        let info = decoder
            .info()
            .ok_or_else(|| failure(DecodeErrors::ExhaustedData))?;
        let stored = Size {
            width: info.width.into(),
            height: info.height.into(),
        };
        request.refuse_too_large(stored)?;
        let orientation = orientation(info.exif_data.as_deref().unwrap_or_default());
        let upright = orientation.turned(stored);
        let raster_size = orientation.turned(request.raster_size(upright));

        let profile = decoder.icc_profile();
        let layout = Layout::of(&decoder, &info)?;
        let mut raster = pixels::shrunk(&mut decoder, layout, stored, raster_size)?;
        if let Some(profile) = profile.filter(|_| !layout.is_cmyk()) {
            raster = to_srgb(raster, &profile);
        }
        Ok(Picture::still(orientation.applied_to(raster), upright))
    }
}

/// The format's own limit. What is too large for us is decided once the header is read.
const MAX_SIDE: usize = u16::MAX as usize;

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE)
}

fn header_failure(source: &dyn Source, err: DecodeErrors) -> Failure {
    if coding::is_rare(source) {
        return Failure::Unsupported(
            "JPEG files with lossless or arithmetic coding are not supported.".into(),
        );
    }
    failure(err)
}

fn failure(err: DecodeErrors) -> Failure {
    match err {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
            Failure::Malformed("The JPEG file ends too early.".into())
        }
        DecodeErrors::LargeDimensions(_) => Failure::TooLarge("The JPEG file is too large.".into()),
        other => Failure::Malformed(format!("Not a valid JPEG file: {other}.")),
    }
}

#[cfg(test)]
mod tests;
