//! The picture at the smallest scale from which the thumbnail can still be made well.

use thumbnailify_sdk::{Failure, PixelFormat, Raster, Size};

use crate::color::{ColorSpace, Colors};
use crate::frame::{Component, Frame};
use crate::planes::{Planes, Scale};
use crate::resample::Resampler;

/// How large the raster has to be, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// What the thumbnail needs, at least, of a picture that has as much.
    pub(crate) least: Size,
    /// What the pixels may take, if that is enough for `least`.
    pub(crate) max_bytes: u64,
}

/// All scales but that of the whole picture.
const REDUCED: [Scale; 4] = [
    Scale::Eighth,
    Scale::Quarter,
    Scale::ThreeEighths,
    Scale::Half,
];

/// Chooses the scale of each component, such that at least `least` is left of it where it has as much.
///
/// Components that are stored coarser have the same scale as the others if that leaves seven tenths, since eyes
/// see less of colours and they only need to be doubled; and else a finer one, which costs no more than
/// enlarging them would. But they are not decoded in full if three fifths are left, 1.2 times the thumbnail.
pub(crate) fn scales(frame: &Frame, least: Size) -> Vec<Scale> {
    let most = (frame.max_across(), frame.max_down());
    let fine = coarsest_scale(frame.size, least, 10);
    let scale_of = |component: &Component| {
        if (component.across, component.down) == most {
            return fine.unwrap_or(Scale::Whole);
        }
        let full = Size {
            width: (frame.size.width * component.across).div_ceil(most.0),
            height: (frame.size.height * component.down).div_ceil(most.1),
        };
        fine.filter(|scale| leaves(*scale, full, least, 7))
            .or_else(|| coarsest_scale(full, least, 10))
            .or_else(|| coarsest_scale(full, least, 6))
            .unwrap_or(Scale::Whole)
    };
    frame.components.iter().map(scale_of).collect()
}

/// The coarsest scale, but for the whole, that leaves so many tenths of `least` of a component.
fn coarsest_scale(full: Size, least: Size, tenths: u64) -> Option<Scale> {
    let mut scales = REDUCED.into_iter();
    scales.find(|scale| leaves(*scale, full, least, tenths))
}

fn leaves(scale: Scale, full: Size, least: Size, tenths: u64) -> bool {
    let has = |full: u32, least: u32| u64::from(scale.of(full)) * 10 >= u64::from(least) * tenths;
    has(full.width, least.width) && has(full.height, least.height)
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
    budget: Budget,
    profile: Option<&[u8]>,
) -> Result<Raster, Failure> {
    let format = space.pixel_format();
    let size = raster_size(planes, picture, budget, format);
    let mut pixels = Vec::new();
    pixels
        .try_reserve_exact(Raster::byte_len(size, format)?)
        .map_err(|_| Failure::too_large(picture))?;
    let sides = (size.width as usize, size.height as usize);
    let picture = (picture.width.into(), picture.height.into());
    let mut resamplers = Resampler::all(planes, sides, picture);
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

/// The size of the picture at its coarsest scale, divided by as much as leaves enough, or just enough if that is
/// more than the raster may take.
///
/// It is not taken from a plane, since none may have all samples both across and down. Each scale leaves
/// enough of the picture, because it leaves enough of a component that has no more samples.
fn raster_size(planes: &Planes, picture: Size, budget: Budget, format: PixelFormat) -> Size {
    let Budget { least, max_bytes } = budget;
    let scales = planes.planes.iter().map(|plane| plane.scale);
    let scale = scales.min().unwrap_or(Scale::Whole);
    let decoded = Size {
        width: scale.of(picture.width),
        height: scale.of(picture.height),
    };
    let divisor = |side: u32, least: u32| side / least.max(1);
    let divisor = divisor(decoded.width, least.width)
        .min(divisor(decoded.height, least.height))
        .max(1);
    let size = Size {
        width: decoded.width.div_ceil(divisor),
        height: decoded.height.div_ceil(divisor),
    };
    if size.pixels() * format.channels() as u64 <= max_bytes {
        return size;
    }
    Size {
        width: size.width.min(least.width),
        height: size.height.min(least.height),
    }
}
