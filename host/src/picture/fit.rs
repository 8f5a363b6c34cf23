use thumbnailify_core::{Fit, Upscale};

use super::raster::Size;
use super::wanted::Wanted;

/// Which part of a raster becomes a thumbnail of which size.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Placement {
    /// The size of the thumbnail.
    pub size: Size,
    /// The part, in the middle.
    pub window: Window,
}

/// A part of a raster in pixels of it, with fractions.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Window {
    /// From the left edge.
    pub left: f64,
    /// From the top edge.
    pub top: f64,
    /// To the right.
    pub width: f64,
    /// Down.
    pub height: f64,
}

impl Placement {
    /// Places a source of which there is a raster, whose aspect ratio may differ by its rounding.
    ///
    /// Nothing is larger than the raster is, unless it is to be enlarged.
    #[must_use]
    pub fn of(source: Size, raster: Size, wanted: &Wanted) -> Self {
        let intended = thumbnail_size(source, wanted);
        let is_there = intended.width <= raster.width && intended.height <= raster.height;
        let size = match wanted.upscale {
            Upscale::Never if !is_there => thumbnail_size(raster, wanted),
            Upscale::Never | Upscale::ToTheBox => intended,
        };
        let window = match wanted.fit {
            Fit::Cover => middle(source, raster, size),
            Fit::Contain | Fit::Fill => Window::all(raster),
        };
        Self { size, window }
    }
}

impl Window {
    /// The whole raster.
    #[must_use]
    pub fn all(raster: Size) -> Self {
        Self {
            left: 0.0,
            top: 0.0,
            width: raster.width.into(),
            height: raster.height.into(),
        }
    }
}

/// The size of the thumbnail of a picture.
fn thumbnail_size(picture: Size, wanted: &Wanted) -> Size {
    match (wanted.fit, wanted.upscale) {
        (Fit::Contain, Upscale::Never) if fits(picture, wanted.bounds) => picture,
        (Fit::Contain, _) => contained(picture, wanted.bounds),
        (Fit::Cover | Fit::Fill, Upscale::ToTheBox) => wanted.bounds,
        // A side that is shorter than the box stays as it is.
        (Fit::Cover | Fit::Fill, Upscale::Never) => Size {
            width: picture.width.min(wanted.bounds.width),
            height: picture.height.min(wanted.bounds.height),
        },
    }
}

fn fits(picture: Size, bounds: Size) -> bool {
    picture.width <= bounds.width && picture.height <= bounds.height
}

/// The largest size inside a box with the aspect ratio kept. Each side is rounded to the nearest pixel, as by
/// libvips, and at least 1.
fn contained(picture: Size, bounds: Size) -> Size {
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    let (max_width, max_height) = (u64::from(bounds.width), u64::from(bounds.height));
    if width * max_height >= height * max_width {
        Size {
            width: bounds.width,
            height: scaled(height, max_width, width),
        }
    } else {
        Size {
            width: scaled(width, max_height, height),
            height: bounds.height,
        }
    }
}

/// `side * numerator / denominator`, at most a side of the box. The products fit: each factor has 32 bits.
fn scaled(side: u64, numerator: u64, denominator: u64) -> u32 {
    let rounded = (side * numerator + denominator / 2) / denominator;
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

/// The largest part with the aspect ratio of the thumbnail, with as much cut off on either side.
fn middle(source: Size, raster: Size, size: Size) -> Window {
    let ratio = |size: Size| f64::from(size.width) / f64::from(size.height);
    let (across, down) = (ratio(size) / ratio(source), ratio(source) / ratio(size));
    let whole = Window::all(raster);
    let (width, height) = (whole.width * across.min(1.0), whole.height * down.min(1.0));
    Window {
        left: (whole.width - width) / 2.0,
        top: (whole.height - height) / 2.0,
        width,
        height,
    }
}

#[cfg(test)]
mod tests;
