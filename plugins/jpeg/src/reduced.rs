//! The picture at the smallest scale from which the thumbnail can still be made well.

use thumbnailify_sdk::{Failure, Raster, Size};

use crate::color::{ColorSpace, Colors};
use crate::frame::Frame;
use crate::planes::{Planes, Scale};
use crate::resample::Resampler;

/// How many times the least size the raster keeps on each side, where the planes have as much.
///
/// The host's filter is better than ours, but pixels cost time on both sides.
const KEPT: u32 = 1;

/// Chooses the scale of each component; nothing if the picture is needed in full.
pub(crate) fn scales(frame: &Frame, space: ColorSpace, least: Size) -> Option<Vec<Scale>> {
    let most = (frame.max_across(), frame.max_down());
    let scale_of = |(index, component): (usize, &crate::frame::Component)| {
        let full = Size {
            width: (frame.size.width * component.across).div_ceil(most.0),
            height: (frame.size.height * component.down).div_ceil(most.1),
        };
        let is_subsampled = (component.across, component.down) != most;
        let is_enough = |scale: &Scale| {
            let (width, height) = (scale.of(full.width), scale.of(full.height));
            if space.is_chroma(index) {
                5 * width >= 3 * least.width && 5 * height >= 3 * least.height
            } else {
                width >= least.width && height >= least.height
            }
        };
        let all = [Scale::Eighth, Scale::Quarter, Scale::Half];
        let scale = all.into_iter().find(is_enough);
        scale.or(is_subsampled.then_some(Scale::Half))
    };
    frame.components.iter().enumerate().map(scale_of).collect()
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

/// The size of the finest plane, divided by as much as leaves enough.
fn raster_size(planes: &Planes, least: Size) -> Size {
    let sides = |side: fn(Size) -> u32| {
        planes
            .planes
            .iter()
            .map(move |plane| side(plane.size))
            .max()
    };
    let width = sides(|size| size.width).unwrap_or(1);
    let height = sides(|size| size.height).unwrap_or(1);
    let divisor = |side: u32, least: u32| side / (least * KEPT).max(1);
    let divisor = divisor(width, least.width)
        .min(divisor(height, least.height))
        .max(1);
    Size {
        width: width.div_ceil(divisor),
        height: height.div_ceil(divisor),
    }
}
