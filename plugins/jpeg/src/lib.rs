//! The handler for JPEG: a decoder of its own, which decodes at the scale that the thumbnail needs.
//!
//! Section numbers are those of ITU-T T.81, which defines the format.
//!
//! # How it works
//!
//! Of each block of 8 x 8 pixels only the N x N lowest frequencies are decoded, and transformed by an inverse
//! DCT of N points, where N is 1, 2, 3, 4 or, for a picture that is needed in full, 8. At N = 1 that is the mean
//! alone: AC coefficients are stepped over, several at a time, without a look at their values, and the AC
//! scans of a progressive file are not read at all. Each component has a scale of its own, so that colours
//! that are stored coarser are as sharp in the raster as the light is. The planes are brought to the size of
//! the raster before they become colours; there the last blocks count for as much of the picture as they
//! hold, also where its sides are no multiples of 8.
//!
//! Memory: one window of 64 KiB of the file, and the reduced planes with 2 bytes a sample.
//!
//! # What is covered
//!
//! - Baseline and extended sequential (F.2.2) and progressive (G) Huffman coding with 8 bits a sample; any
//!   sampling factors (A.1.1); one scan or many, interleaved or not (A.2); restart intervals (B.2.4.4);
//!   a height that a DNL segment gives (B.2.5); fill bytes before markers (B.1.1.2).
//! - Grey, YCbCr, RGB, CMYK and YCCK, told apart as libjpeg does: by JFIF, then Adobe's segment, then the
//!   names of the components. Inks are stored inverted, with or without Adobe's segment: nobody else writes
//!   them. ICC profiles and the orientation of EXIF are applied. Pictures within the segments of EXIF or
//!   behind the end of the picture (MPO) are ignored.
//! - Arithmetic, lossless and hierarchical coding, samples of other than 8 bits, and other numbers of
//!   components than 1, 3 and 4 are unsupported, and the failure names them.
//!
//! # Damaged files
//!
//! What is there is shown and the rest is grey, as soon as one MCU of the picture could be decoded; a file
//! without that is malformed. Behind damage, decoding goes on at the next restart marker: the number in it
//! tells how many intervals are lost, up to 4. Where there are none, the rest of that scan is given up. A
//! scan with a broken header is stepped over, and a broken table ends the picture.
//!
//! # Limits
//!
//! More than 500 scans are malformed. The planes take at most 400 MiB at the scale that is needed;
//! what is larger is refused before it is allocated. The raster keeps to what the answer may take. ICC profiles of more than 4 MiB are ignored. Every step
//! of decoding uses up bits of the file or a part of one of these limits, so that the work is bounded.

mod bits;
mod color;
mod decode;
mod frame;
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
mod skips;
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
use reduced::Budget;

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
            params: Request::budget_params(),
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
        let least = orientation.turned(request.least_size(upright));

        let ids: Vec<_> = frame
            .components
            .iter()
            .map(|component| component.id)
            .collect();
        let space = ColorSpace::of(&header, &ids);
        let scales = reduced::scales(&frame, least);
        let mut planes = Planes::new(&frame, &scales)?;
        decode::decode(&mut input, &mut header, &frame, scan, &mut planes)?;

        let profile = header.icc.profile();
        let budget = Budget {
            least,
            max_bytes: request.max_answer_bytes(),
        };
        let mut raster = reduced::raster(&planes, space, frame.size, budget, profile.as_deref())?;
        drop(planes);
        if let Some(profile) = profile.filter(|_| !space.is_inks()) {
            raster = to_srgb(raster, &profile);
        }
        Ok(Picture::still(orientation.applied_to(raster), upright))
    }
}

#[cfg(test)]
mod tests;
