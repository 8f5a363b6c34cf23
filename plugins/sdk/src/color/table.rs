use std::sync::Arc;

use moxcms::{
    CmsError, ColorProfile, DataColorSpace, Layout, Transform8BitExecutor as Transform,
    TransformOptions,
};

use crate::{PixelFormat, Raster};

/// Colours that only a whole colour management can tell, such as those of scanners.
///
/// To work a profile out takes many times as long as to convert a small picture, so this is done once for all
/// frames of an animation.
pub(super) struct Table {
    transform: Arc<Transform>,
    is_of_greys: bool,
}

impl Table {
    /// Nothing for a profile that cannot be used.
    pub(super) fn of(source: &ColorProfile) -> Option<Self> {
        let is_of_greys = source.color_space == DataColorSpace::Gray;
        let layout = if is_of_greys {
            Layout::Gray
        } else {
            Layout::Rgb
        };
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let transform = source.create_transform_8bit(layout, &srgb, Layout::Rgb, options);
        Some(Self {
            transform: transform.ok()?,
            is_of_greys,
        })
    }

    /// Brings a raster to sRGB; it stays as it is if the profile does not fit it.
    pub(super) fn convert(&self, raster: &mut Raster) -> Result<(), CmsError> {
        if self.is_of_greys && !is_grey(raster) {
            return Err(CmsError::InvalidLayout);
        }
        let row_len = raster.row_len().max(1);
        let (mut samples, mut colors) = (Vec::new(), Vec::new());
        for row in raster.pixels.chunks_exact_mut(row_len) {
            let pixels = row.chunks_exact(raster.format.channels());
            colors.resize(3 * pixels.len(), 0);
            samples.clear();
            if self.is_of_greys {
                samples.extend(pixels.map(|pixel| pixel[0]));
            } else {
                samples.extend(pixels.flat_map(color));
            }
            self.transform.transform(&samples, &mut colors)?;
            put(&colors, raster.format, row);
        }
        Ok(())
    }
}

/// Tells whether a raster may have been grey before it had alpha.
fn is_grey(raster: &Raster) -> bool {
    match raster.format {
        PixelFormat::Gray8 => true,
        PixelFormat::Rgb8 => false,
        PixelFormat::Rgba8 => super::converter::are_grey(raster.pixels.as_chunks().0),
    }
}

/// Red, green and blue of a pixel of any format.
fn color(pixel: &[u8]) -> [u8; 3] {
    match *pixel {
        [red, green, blue, ..] => [red, green, blue],
        _ => [pixel.first().copied().unwrap_or_default(); 3],
    }
}

/// Changes the colours of a row, but not its alpha. Greys stay grey.
fn put(colors: &[u8], format: PixelFormat, row: &mut [u8]) {
    let pixels = row.chunks_exact_mut(format.channels());
    for (pixel, color) in pixels.zip(colors.as_chunks::<3>().0) {
        match pixel {
            [gray] => *gray = color[1],
            _ => pixel[..3].copy_from_slice(color),
        }
    }
}
