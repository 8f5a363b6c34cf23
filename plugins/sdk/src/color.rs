use std::sync::Arc;

use moxcms::{
    CmsError, ColorProfile, Layout, Transform8BitExecutor as Transform, TransformOptions,
};

use crate::{PixelFormat, Raster};

/// Brings a raster from the colours of an ICC profile to sRGB.
///
/// A profile that is broken, or of another kind than the pixels, is ignored: the picture is still worth
/// showing. Shrink first, there is less to convert then.
#[must_use]
pub fn to_srgb(raster: Raster, icc_profile: &[u8]) -> Raster {
    match converted(&raster, icc_profile) {
        Ok(pixels) => Raster { pixels, ..raster },
        Err(_) => raster,
    }
}

fn converted(raster: &Raster, icc_profile: &[u8]) -> Result<Vec<u8>, CmsError> {
    let (layout, srgb_layout) = match raster.format {
        PixelFormat::Gray8 => (Layout::Gray, Layout::Rgb),
        PixelFormat::Rgb8 => (Layout::Rgb, Layout::Rgb),
        PixelFormat::Rgba8 => (Layout::Rgba, Layout::Rgba),
    };
    let transform = to_srgb_transform(icc_profile, layout, srgb_layout)?;
    let pixel_count = raster.pixels.len() / layout.channels();
    let mut pixels = vec![0; pixel_count * srgb_layout.channels()];
    transform.transform(&raster.pixels, &mut pixels)?;
    if layout == Layout::Gray {
        pixels = pixels.into_iter().step_by(srgb_layout.channels()).collect();
    }
    Ok(pixels)
}

fn to_srgb_transform(
    icc_profile: &[u8],
    layout: Layout,
    srgb_layout: Layout,
) -> Result<Arc<Transform>, CmsError> {
    let profile = ColorProfile::new_from_slice(icc_profile)?;
    let srgb = ColorProfile::new_srgb();
    profile.create_transform_8bit(layout, &srgb, srgb_layout, TransformOptions::default())
}

/// Brings rows of CMYK (0 is no ink) to sRGB.
pub struct CmykToRgb {
    transform: Option<Arc<Transform>>,
    row: Vec<u8>,
}

impl CmykToRgb {
    /// Uses the ICC profile where there is a usable one, and plain subtraction of inks otherwise.
    #[must_use]
    pub fn new(icc_profile: Option<&[u8]>) -> Self {
        // Four inks have the layout of RGBA.
        let transform = icc_profile
            .and_then(|profile| to_srgb_transform(profile, Layout::Rgba, Layout::Rgb).ok());
        Self {
            transform,
            row: Vec::new(),
        }
    }

    /// Converts one row of pixels.
    pub fn convert(&mut self, cmyk: &[u8]) -> &[u8] {
        self.row.resize(cmyk.len() / 4 * 3, 0);
        let done = self
            .transform
            .as_ref()
            .map(|with| with.transform(cmyk, &mut self.row));
        if !matches!(done, Some(Ok(()))) {
            subtract_inks(cmyk, &mut self.row);
        }
        &self.row
    }
}

impl std::fmt::Debug for CmykToRgb {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut formatter = formatter.debug_struct("CmykToRgb");
        formatter
            .field("has_profile", &self.transform.is_some())
            .finish_non_exhaustive()
    }
}

fn subtract_inks(cmyk: &[u8], rgb: &mut [u8]) {
    for ([cyan, magenta, yellow, black], rgb) in cmyk
        .as_chunks::<4>()
        .0
        .iter()
        .zip(rgb.as_chunks_mut::<3>().0)
    {
        let light = |ink: u8| (u32::from(255 - ink) * u32::from(255 - black) + 127) / 255;
        *rgb = [cyan, magenta, yellow].map(|ink| light(*ink) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;

    fn raster(format: PixelFormat, pixels: &[u8]) -> Raster {
        Raster {
            size: Size {
                width: 1,
                height: 1,
            },
            format,
            pixels: pixels.to_vec(),
        }
    }

    #[test]
    fn a_wide_gamut_is_brought_to_srgb() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let rgb = to_srgb(raster(PixelFormat::Rgb8, &[128, 200, 128]), &profile).pixels;
        assert!(rgb[0] < 120 && rgb[1].abs_diff(201) < 4, "{rgb:?}");
        let rgba = to_srgb(raster(PixelFormat::Rgba8, &[128, 200, 128, 77]), &profile).pixels;
        assert_eq!(rgba, [rgb[0], rgb[1], rgb[2], 77]);
    }

    #[test]
    fn a_grey_profile_keeps_grey_grey() {
        let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let grey = to_srgb(raster(PixelFormat::Gray8, &[55]), &profile);
        assert_eq!(grey.pixels.len(), 1);
        assert!(grey.pixels[0].abs_diff(128) < 3, "{:?}", grey.pixels);
    }

    #[test]
    fn a_broken_or_foreign_profile_is_ignored() {
        let foreign = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        for profile in [b"".as_slice(), &[0; 4096], &foreign, &foreign[..150]] {
            let pixel = raster(PixelFormat::Rgb8, &[1, 2, 3]);
            assert_eq!(to_srgb(pixel.clone(), profile), pixel);
        }
    }

    #[test]
    fn inks_without_a_profile_are_subtracted() {
        let mut to_rgb = CmykToRgb::new(None);
        assert_eq!(to_rgb.convert(&[0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(
            to_rgb.convert(&[255, 0, 0, 0, 0, 0, 0, 255]),
            [0, 255, 255, 0, 0, 0]
        );
        assert_eq!(to_rgb.convert(&[0, 128, 0, 128]), [127, 63, 127]);
    }
}
