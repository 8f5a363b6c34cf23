//! The handler for JPEG.

mod bits;
mod color;
mod decode;
mod frame;
mod full;
mod header;
mod huffman;
mod icc;
mod input;
mod planes;
mod progressive;
mod reduced;
mod resample;
mod scan;
mod sequential;
mod stream;
mod transform;
mod zigzag;

use thumbnailify_sdk::{
    Description, Failure, MediaHandler, MediaType, Picture, Request, Source, export, to_srgb,
};

use color::ColorSpace;
use header::{Header, find_line_count};
use input::Input;
use planes::Planes;

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
        let mut input = Input::new(source);
        let (mut header, scan) = Header::read(&mut input)?;
        let mut frame = header
            .frame
            .clone()
            .ok_or_else(|| Failure::Malformed("The JPEG file has no frame header.".into()))?;
        if frame.size.height == 0 {
            let line_count = find_line_count(&mut input).filter(|count| *count > 0);
            frame.size.height = line_count
                .ok_or_else(|| Failure::Malformed("The JPEG file has no height.".into()))?;
        }
        request.refuse_too_large(frame.size)?;
        let orientation = header.orientation;
        let upright = orientation.turned(frame.size);
        let least = orientation.turned(request.raster_size(upright));

        let ids: Vec<_> = frame
            .components
            .iter()
            .map(|component| component.id)
            .collect();
        let space = ColorSpace::of(&header, &ids);
        let mut raster = match reduced::scales(&frame, space, least) {
            Some(scales) => {
                let mut planes = Planes::new(&frame, &scales)?;
                decode::decode(&mut input, &mut header, &frame, scan, &mut planes)?;
                let profile = header.icc.profile();
                let raster =
                    reduced::raster(&planes, space, frame.size, least, profile.as_deref())?;
                match profile.filter(|_| !space.is_inks()) {
                    Some(profile) => to_srgb(raster, &profile),
                    None => raster,
                }
            }
            None => full::raster(source, least)?,
        };
        raster = orientation.applied_to(raster);
        Ok(Picture::still(raster, upright))
    }
}

#[cfg(test)]
mod tests;
