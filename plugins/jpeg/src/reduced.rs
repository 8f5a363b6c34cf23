//! The picture at the smallest scale from which the thumbnail can still be made well.

use thumbnailify_sdk::{Failure, Raster, Size};

use crate::color::{ColorSpace, Colors};
use crate::frame::{Component, Frame};
use crate::planes::{BLOCK_SIDE, Plane, Planes, Scale};
use crate::resample::Resampler;

/// All scales but that of the whole picture.
const REDUCED: [Scale; 4] = [
    Scale::Eighth,
    Scale::Quarter,
    Scale::ThreeEighths,
    Scale::Half,
];

/// Chooses the scale of each component, such that at least `least` is left of it where it has as much.
///
/// Components that are stored coarser get a finer scale for that, which costs no more than enlarging them
/// would. But they are not decoded in full for it if three fifths are left, 1.2 times the thumbnail.
pub(crate) fn scales(frame: &Frame, least: Size) -> Vec<Scale> {
    let most = (frame.max_across(), frame.max_down());
    let scale_of = |component: &Component| {
        let full = Size {
            width: (frame.size.width * component.across).div_ceil(most.0),
            height: (frame.size.height * component.down).div_ceil(most.1),
        };
        let leaves = |scale: Scale, fifths: u64| {
            let has = |left: u32, least: u32| u64::from(left) * 5 >= u64::from(least) * fifths;
            has(scale.of(full.width), least.width) && has(scale.of(full.height), least.height)
        };
        let is_coarse = (component.across, component.down) != most;
        let coarsest = |fifths| REDUCED.into_iter().find(|scale| leaves(*scale, fifths));
        let coarse = || coarsest(3).filter(|_| is_coarse);
        coarsest(5).or_else(coarse).unwrap_or(Scale::Whole)
    };
    frame.components.iter().map(scale_of).collect()
}

/// Makes the raster of planes that have been decoded.
///
/// # Errors
///
/// It would take too much memory.
pub(crate) fn raster(
    planes: &Planes,
    space: ColorSpace,
    picture: Size,
    least: Size,
    profile: Option<&[u8]>,
) -> Result<Raster, Failure> {
    let size = raster_size(planes, least);
    let format = space.pixel_format();
    let mut pixels = Vec::new();
    pixels
        .try_reserve_exact(Raster::byte_len(size, format)?)
        .map_err(|_| Failure::too_large(picture))?;
    let sides = (size.width as usize, size.height as usize);
    let picture = (picture.width.into(), picture.height.into());
    let resampler = |plane| Resampler::new(planes, plane, sides, picture);
    let mut resamplers: Vec<_> = planes.planes.iter().map(resampler).collect();
    let mut colors = Colors::new(space, profile);
    for y in 0..sides.1 {
        let rows: Vec<_> = resamplers.iter_mut().map(|plane| plane.row(y)).collect();
        colors.convert(&rows, &mut pixels);
    }
    Ok(Raster {
        size,
        format,
        pixels,
    })
}

/// The size of a plane that has every sample, divided by as much as leaves enough.
fn raster_size(planes: &Planes, least: Size) -> Size {
    let has_all = |plane: &&Plane| {
        let pitch = f64::from(BLOCK_SIDE) / f64::from(plane.scale.side());
        plane.pitch == (pitch, pitch)
    };
    let plane = planes.planes.iter().find(has_all);
    let size = plane.unwrap_or(&planes.planes[0]).size;
    let divisor = |side: u32, least: u32| side / least.max(1);
    let divisor = divisor(size.width, least.width)
        .min(divisor(size.height, least.height))
        .max(1);
    Size {
        width: size.width.div_ceil(divisor),
        height: size.height.div_ceil(divisor),
    }
}
