use moxcms::{CmsError, ColorProfile, DataColorSpace};

use super::encoding::{Curve, LEVELS};
use super::shaper::{Shaper, has_table};
use super::table::Table;
use crate::{PixelFormat, Raster};

/// The quickest way from the colours of a profile to sRGB.
pub(super) enum Converter {
    /// The colours are those of sRGB, and pixels stay as they are.
    Same,
    /// What becomes of each grey.
    Greys(Box<[u8; 256]>),
    Shaper(Shaper),
    /// Anything else.
    Table(Table),
}

impl Converter {
    /// Nothing for a profile that cannot be used.
    pub(super) fn of(source: &ColorProfile, target: Curve) -> Option<Self> {
        if let Some(greys) = greys(source, target) {
            return Some(Self::Greys(Box::new(greys)));
        }
        match Shaper::of(source, target) {
            Some(shaper) if shaper.changes_nothing() => Some(Self::Same),
            Some(shaper) => Some(Self::Shaper(shaper)),
            None => Table::of(source).map(Self::Table),
        }
    }

    /// Brings a raster to sRGB; it stays as it is if the profile does not fit it.
    pub(super) fn convert(&self, raster: &mut Raster) -> Result<(), CmsError> {
        match (self, raster.format) {
            (Self::Same, _) => {}
            (Self::Greys(greys), PixelFormat::Gray8) => look_up(&mut raster.pixels, greys),
            (Self::Greys(greys), PixelFormat::Rgba8) => {
                let pixels = raster.pixels.as_chunks_mut::<4>().0;
                are_grey(pixels)
                    .then_some(())
                    .ok_or(CmsError::InvalidLayout)?;
                for [colors @ .., _] in pixels {
                    look_up(colors, greys);
                }
            }
            (Self::Greys(_), PixelFormat::Rgb8) => return Err(CmsError::InvalidLayout),
            // What has only greys is told by its primaries as well, whose white is that of sRGB.
            (Self::Shaper(shaper), PixelFormat::Gray8) => {
                look_up(&mut raster.pixels, &shaper.greys());
            }
            (Self::Shaper(shaper), PixelFormat::Rgb8) => {
                for color in raster.pixels.as_chunks_mut::<3>().0 {
                    *color = shaper.color(*color);
                }
            }
            (Self::Shaper(shaper), PixelFormat::Rgba8) => {
                for [red, green, blue, _] in raster.pixels.as_chunks_mut::<4>().0 {
                    [*red, *green, *blue] = shaper.color([*red, *green, *blue]);
                }
            }
            (Self::Table(table), _) => table.convert(raster)?,
        }
        Ok(())
    }
}

/// What a profile of greys makes of each; nothing if it is of another kind.
fn greys(source: &ColorProfile, target: Curve) -> Option<[u8; 256]> {
    let is_curve = source.color_space == DataColorSpace::Gray
        && source.pcs == DataColorSpace::Xyz
        && !has_table(source);
    is_curve.then_some(())?;
    let lights = source.build_gray_linearize_table::<u8, 256, 8>().ok()?;
    let samples = target.samples();
    Some(lights.map(|light| {
        // A float that is too large becomes the largest number, one below zero or none at all becomes 0.
        let level = (light * LEVELS as f32) as usize;
        samples[level.min(LEVELS - 1)]
    }))
}

fn look_up(samples: &mut [u8], table: &[u8; 256]) {
    for sample in samples {
        *sample = table[usize::from(*sample)];
    }
}

pub(super) fn are_grey(pixels: &[[u8; 4]]) -> bool {
    let mut pixels = pixels.iter();
    pixels.all(|[red, green, blue, _]| red == green && green == blue)
}
