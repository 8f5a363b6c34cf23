mod summed;
mod whole;

use super::{PARTS, boxes, edge, raster_side, reserved};
use crate::{Failure, PixelFormat, Raster, Size};
use summed::Summed;
use whole::Whole;

/// Shrinks a picture whose pixels come in another order than row by row, as [`Shrink`](crate::Shrink) does.
///
/// It holds sums for the raster, never the picture; of a picture that is not shrunk it holds the pixels. Each pixel
/// should come once.
#[derive(Debug)]
pub struct ScatteredShrink(Kind);

#[derive(Debug)]
enum Kind {
    Whole(Whole),
    Summed(Summed),
}

/// Where pixels lie in the picture: a part of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scatter {
    /// The row.
    pub y: u32,
    /// The first pixel.
    pub x: u32,
    /// How far each is from the one before; at least 1.
    pub step: u32,
}

impl ScatteredShrink {
    /// Prepares to shrink a picture of size `source` to `raster`, as [`Request::raster_size`] gave it.
    ///
    /// # Errors
    ///
    /// A picture without pixels is malformed, and one without memory for it too large.
    ///
    /// [`Request::raster_size`]: crate::Request::raster_size
    pub fn new(source: Size, raster: Size, format: PixelFormat) -> Result<Self, Failure> {
        if source.pixels() == 0 {
            return Err(Failure::Malformed("The picture has no pixels.".into()));
        }
        let raster = Size {
            width: raster_side(source.width, raster.width),
            height: raster_side(source.height, raster.height),
        };
        Ok(Self(if raster == source {
            Kind::Whole(Whole::new(source, format)?)
        } else {
            Kind::Summed(Summed::new(source, raster, format)?)
        }))
    }

    /// Takes pixels of one row, from left to right; what lies beyond the picture is dropped.
    pub fn push(&mut self, place: Scatter, pixels: &[u8]) {
        match &mut self.0 {
            Kind::Whole(whole) => whole.push(place, pixels),
            Kind::Summed(summed) => summed.push(place, pixels),
        }
    }

    /// Gives the raster back. Where no pixel came, the nearest above and to the left is shown that stands in a
    /// coarser grid, of every 2, 4 or 8 pixels, as viewers show an interlaced picture that is still to be loaded.
    #[must_use]
    pub fn finish(self) -> Raster {
        match self.0 {
            Kind::Whole(whole) => whole.finish(),
            Kind::Summed(summed) => summed.finish(),
        }
    }
}

/// The pixels of ever coarser grids that stand for the one at this place.
fn stand_ins(x: u64, y: u64) -> impl Iterator<Item = (u64, u64)> {
    let grids = [(1, 2), (2, 2), (2, 4), (4, 4), (4, 8), (8, 8)];
    grids
        .into_iter()
        .map(move |(across, down)| (x - x % across, y - y % down))
}
