//! What the interface says about a picture.

use thumbnailify_core::MediaType;

use crate::Limits;
use crate::picture::{UncheckedPicture, source_size, validate};
use crate::sandbox::types::{Fit, Output, Picture, Raster, Request, Size};

/// A handler may round the sides of a thumbnail otherwise than the host does.
const ROUNDING_PIXELS: u64 = 2;

/// Checks what a host refuses a picture for.
pub(super) fn acceptable(picture: &Picture, limits: &Limits) -> Result<(), String> {
    let unchecked = match &picture.output {
        Output::Still(raster) => UncheckedPicture::Still(raster.clone()),
        Output::Animation(animation) => UncheckedPicture::Animation(animation.clone()),
        Output::Embedded(file) => {
            let parsed = file.media_type.parse::<MediaType>();
            return parsed
                .map(drop)
                .map_err(|error| format!("the embedded file: {error}"));
        }
    };
    let source = source_size(picture.source_size).map_err(|error| error.to_string())?;
    if source.pixels() > limits.source_pixels() {
        let Size { width, height } = picture.source_size;
        return Err(format!(
            "the source is said to be {width}x{height}, which is over its budget"
        ));
    }
    validate(unchecked, limits)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Checks what makes a picture good: it has what the host's last resize needs, and no more than there is.
pub(super) fn good(picture: &Picture, request: &Request) -> Result<(), String> {
    let Some(raster) = first_raster(picture) else {
        return Ok(());
    };
    let (source, raster) = (picture.source_size, raster.size);
    if raster.width > source.width || raster.height > source.height {
        return Err(format!(
            "the raster is {}, larger than the source of {}",
            shown(raster),
            shown(source)
        ));
    }
    let needed = needed(source, request);
    if raster.width < needed.width || raster.height < needed.height {
        return Err(format!(
            "the raster is {}, and at least {} is needed for twice a thumbnail in {} of a source of {}",
            shown(raster),
            shown(needed),
            shown(request.target),
            shown(source)
        ));
    }
    Ok(())
}

/// Checks that there is one picture where one was asked for.
pub(super) fn still(picture: &Picture) -> Result<(), String> {
    match &picture.output {
        Output::Animation(animation) if animation.frames.len() > 1 => {
            let count = animation.frames.len();
            Err(format!("{count} frames came, and max-frames was 1"))
        }
        _ => Ok(()),
    }
}

fn first_raster(picture: &Picture) -> Option<&Raster> {
    match &picture.output {
        Output::Still(raster) => Some(raster),
        Output::Animation(animation) => animation.frames.first().map(|frame| &frame.raster),
        Output::Embedded(_) => None,
    }
}

/// Twice the thumbnail, or all that the source has.
fn needed(source: Size, request: &Request) -> Size {
    let Size { width, height } = source;
    let (across, down) = (request.target.width, request.target.height);
    let wide = u64::from(width) * u64::from(down) >= u64::from(height) * u64::from(across);
    let by_width = match request.fit {
        Fit::Contain => wide,
        Fit::Cover => !wide,
        Fit::Fill => {
            return Size {
                width: twice(across, width),
                height: twice(down, height),
            };
        }
    };
    let (numerator, denominator) = if by_width {
        (across, width)
    } else {
        (down, height)
    };
    let scaled = |side: u32| {
        let product = u64::from(side) * u64::from(numerator);
        let thumbnail = product / u64::from(denominator.max(1));
        twice(u32::try_from(thumbnail).unwrap_or(u32::MAX), side)
    };
    Size {
        width: scaled(width),
        height: scaled(height),
    }
}

/// Less what may be lost by rounding, but never nothing.
fn twice(thumbnail_side: u32, source_side: u32) -> u32 {
    let twice = (u64::from(thumbnail_side) * 2)
        .saturating_sub(ROUNDING_PIXELS)
        .max(1);
    u32::try_from(twice).unwrap_or(u32::MAX).min(source_side)
}

fn shown(size: Size) -> String {
    format!("{}x{}", size.width, size.height)
}

#[cfg(test)]
mod tests;
