use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout, Transform8BitExecutor as Transform, TransformOptions,
};

/// Brings rows of CMYK (0 is no ink) to sRGB.
pub struct CmykToRgb {
    transform: Option<Arc<Transform>>,
    row: Vec<u8>,
}

impl CmykToRgb {
    /// Uses the ICC profile where there is a usable one, and plain subtraction of inks otherwise.
    #[must_use]
    pub fn new(icc_profile: Option<&[u8]>) -> Self {
        Self {
            transform: icc_profile.and_then(transform),
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

/// The layout of inks is that of RGBA, so a profile of another kind of colours would be taken for one of inks.
fn transform(icc_profile: &[u8]) -> Option<Arc<Transform>> {
    let profile = ColorProfile::new_from_slice(icc_profile).ok()?;
    if profile.color_space != DataColorSpace::Cmyk {
        return None;
    }
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, options);
    transform.ok()
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

    #[test]
    fn a_profile_that_is_not_of_inks_is_ignored() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let mut to_rgb = CmykToRgb::new(Some(&profile));
        assert_eq!(to_rgb.convert(&[0, 0, 0, 0]), [255, 255, 255]);
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
