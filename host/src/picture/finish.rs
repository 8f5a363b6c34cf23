use thumbnailify_core::{BoxError, MediaType, Upscale};

use super::encode::{Encoded, Format, encode};
use super::fit::Placement;
use super::flatten::flatten;
use super::raster::{Picture, Size, raster_bytes};
use super::resize::resize;
use super::wanted::Wanted;

/// Makes the thumbnail of a picture that was checked: resizes, puts on a background, encodes.
///
/// Frames that would take more than `max_bytes` of memory together are not enlarged.
///
/// # Errors
/// Those of the resizer and the encoders.
pub fn finish(
    picture: Picture,
    source: Size,
    upload: &MediaType,
    wanted: &Wanted,
    max_bytes: usize,
) -> Result<Encoded, BoxError> {
    let picture = if wanted.moves(upload) {
        picture
    } else {
        picture.into_still()
    };
    let placement = placement(&picture, source, wanted, max_bytes);
    let mut small = resize(&picture, &placement)?;
    if let Some(background) = wanted.background {
        small = flatten(small, background);
    }
    let format = Format::choose(wanted.format, upload, &small);
    Ok(encode(&small, format, wanted.quality)?)
}

fn placement(picture: &Picture, source: Size, wanted: &Wanted, max_bytes: usize) -> Placement {
    let placement = Placement::of(source, picture.size(), wanted);
    let frame_bytes = raster_bytes(placement.size, picture.first().format());
    let bytes = frame_bytes.and_then(|bytes| bytes.checked_mul(picture.frame_count()));
    if bytes.is_some_and(|bytes| bytes <= max_bytes) {
        return placement;
    }
    let as_it_is = Wanted {
        upscale: Upscale::Never,
        ..*wanted
    };
    Placement::of(source, picture.size(), &as_it_is)
}

#[cfg(test)]
mod tests;
