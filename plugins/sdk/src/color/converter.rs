use moxcms::{CmsError, ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::encoding::{Curve, LEVELS};
use super::shaper::{Shaper, has_table};
use crate::{PixelFormat, Raster};

/// The quickest way from the colours of a profile to sRGB.
pub(super) enum Converter {
    /// The colours are those of sRGB, and pixels stay as they are.
    Same,
    /// What becomes of each grey.
    Greys(Box<[u8; 256]>),
    Shaper(Shaper),
    /// Anything else.
    Table(Box<ColorProfile>),
}

impl Converter {
    pub(super) fn of(source: ColorProfile, target: Curve) -> Self {
        if let Some(greys) = greys(&source, target) {
            return Self::Greys(Box::new(greys));
        }
        match Shaper::of(&source, target) {
            Some(shaper) if shaper.changes_nothing() => Self::Same,
            Some(shaper) => Self::Shaper(shaper),
            None => Self::Table(Box::new(source)),
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
            (Self::Table(source), _) => raster.pixels = by_table(source, raster)?,
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

fn are_grey(pixels: &[[u8; 4]]) -> bool {
    let mut pixels = pixels.iter();
    pixels.all(|[red, green, blue, _]| red == green && green == blue)
}

/// Has a table made of the whole profile.
fn by_table(source: &ColorProfile, raster: &Raster) -> Result<Vec<u8>, CmsError> {
    let of_gray = source.color_space == DataColorSpace::Gray;
    match raster.format {
        PixelFormat::Gray8 if of_gray => {
            let rgb = transformed(source, &raster.pixels, Layout::Gray, Layout::Rgb)?;
            Ok(rgb.into_iter().step_by(3).collect())
        }
        PixelFormat::Gray8 => {
            let gray = raster.pixels.iter();
            let rgb: Vec<u8> = gray.flat_map(|gray| [*gray; 3]).collect();
            let rgb = transformed(source, &rgb, Layout::Rgb, Layout::Rgb)?;
            Ok(rgb.into_iter().skip(1).step_by(3).collect())
        }
        PixelFormat::Rgb8 => transformed(source, &raster.pixels, Layout::Rgb, Layout::Rgb),
        PixelFormat::Rgba8 if of_gray => {
            let pixels = raster.pixels.as_chunks().0;
            are_grey(pixels)
                .then_some(())
                .ok_or(CmsError::InvalidLayout)?;
            let gray = pixels
                .iter()
                .flat_map(|[gray, _, _, alpha]| [*gray, *alpha]);
            let gray: Vec<u8> = gray.collect();
            transformed(source, &gray, Layout::GrayAlpha, Layout::Rgba)
        }
        PixelFormat::Rgba8 => transformed(source, &raster.pixels, Layout::Rgba, Layout::Rgba),
    }
}

fn transformed(
    source: &ColorProfile,
    pixels: &[u8],
    layout: Layout,
    target_layout: Layout,
) -> Result<Vec<u8>, CmsError> {
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let transform = source.create_transform_8bit(layout, &srgb, target_layout, options)?;
    let pixel_count = pixels.len() / layout.channels();
    let mut converted = vec![0; pixel_count * target_layout.channels()];
    transform.transform(pixels, &mut converted)?;
    Ok(converted)
}
