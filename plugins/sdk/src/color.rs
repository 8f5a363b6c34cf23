mod hdr;

use std::sync::Arc;

use moxcms::{
    Chromaticity, CicpProfile, CmsError, ColorPrimaries, ColorProfile, DataColorSpace, Layout,
    MatrixCoefficients, ToneReprCurve, TransferCharacteristics, Transform8BitExecutor as Transform,
    TransformOptions, XyY, curve_from_gamma,
};

use crate::{PixelFormat, Raster};

/// Brings a raster from the colours of an ICC profile to sRGB.
///
/// A profile that is broken, or of another kind than the pixels, is ignored: the picture is still worth
/// showing. Shrink first, there is less to convert then.
#[must_use]
pub fn to_srgb(raster: Raster, icc_profile: &[u8]) -> Raster {
    match Colors::of_icc(icc_profile) {
        Some(colors) => colors.to_srgb(raster).unwrap_or_else(|raster| raster),
        None => raster,
    }
}

/// What the numbers of pixels mean.
pub struct Colors {
    source: ColorProfile,
    target: ColorProfile,
}

/// The places of white, red, green and blue in the diagram of CIE 1931, as x and y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chromaticities {
    /// The white point.
    pub white: [f32; 2],
    /// Red, green and blue.
    pub primaries: [[f32; 2]; 3],
}

impl Colors {
    /// Those of an ICC profile; nothing if it is broken.
    #[must_use]
    pub fn of_icc(profile: &[u8]) -> Option<Self> {
        Some(Self {
            source: ColorProfile::new_from_slice(profile).ok()?,
            target: ColorProfile::new_srgb(),
        })
    }

    /// Those of the code points of ITU-T H.273 for RGB of full range; nothing for those without a meaning.
    ///
    /// PQ and HLG are brought to the range of sRGB: what is as bright as paper (203 cd/m2, as ITU-R BT.2408 has
    /// it) becomes nearly white, and what is brighter is pressed together above.
    #[must_use]
    pub fn of_code_points(primaries: u8, transfer: u8) -> Option<Self> {
        let code_points = CicpProfile {
            color_primaries: primaries.try_into().ok()?,
            transfer_characteristics: transfer.try_into().ok()?,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let mut source = ColorProfile::new_from_cicp(code_points);
        source.red_trc.as_ref()?;
        let hdr = match code_points.transfer_characteristics {
            TransferCharacteristics::Smpte2084 => Some(hdr::curve(hdr::pq)),
            TransferCharacteristics::Hlg => Some(hdr::curve(hdr::hlg)),
            _ => None,
        };
        if let Some(curve) = hdr {
            source.cicp = None;
            set_curves(&mut source, &ToneReprCurve::Lut(curve));
        }
        Some(Self {
            source,
            target: ColorProfile::new_srgb(),
        })
    }

    /// Those of these primaries, where light is the sample to the power of `exponent`, as seen on a display whose
    /// exponent is 2.2; nothing if there are no such colours.
    #[must_use]
    pub fn of_primaries(chromaticities: Chromaticities, exponent: f32) -> Option<Self> {
        let [white_x, white_y] = chromaticities.white;
        let [red, green, blue] = chromaticities.primaries.map(|[x, y]| Chromaticity { x, y });
        let white = XyY {
            x: white_x.into(),
            y: white_y.into(),
            yb: 1.0,
        };
        let mut source = ColorProfile::new_srgb();
        source.update_rgb_colorimetry(white, ColorPrimaries { red, green, blue });
        set_curves(&mut source, &curve_from_gamma(exponent));
        let colorants = [
            source.red_colorant,
            source.green_colorant,
            source.blue_colorant,
        ];
        let is_sane = |value: f64| value.is_finite() && value.abs() < 16.0;
        let are_sane = colorants
            .iter()
            .all(|color| is_sane(color.x) && is_sane(color.y) && is_sane(color.z));
        let mut target = ColorProfile::new_srgb();
        target.cicp = None;
        set_curves(&mut target, &curve_from_gamma(2.2));
        (are_sane && exponent.is_finite() && exponent > 0.0).then_some(Self { source, target })
    }

    /// Brings a raster of these colours to sRGB.
    ///
    /// # Errors
    ///
    /// Gives the raster back as it was if the colours are of another kind than the pixels.
    pub fn to_srgb(&self, raster: Raster) -> Result<Raster, Raster> {
        match self.converted(&raster) {
            Ok(pixels) => Ok(Raster { pixels, ..raster }),
            Err(_) => Err(raster),
        }
    }

    fn converted(&self, raster: &Raster) -> Result<Vec<u8>, CmsError> {
        let of_gray = self.source.color_space == DataColorSpace::Gray;
        match raster.format {
            PixelFormat::Gray8 if of_gray => {
                let rgb = self.transformed(&raster.pixels, Layout::Gray, Layout::Rgb)?;
                Ok(rgb.into_iter().step_by(3).collect())
            }
            // What has only greys is told by its primaries as well, whose white is that of sRGB.
            PixelFormat::Gray8 => {
                let gray = raster.pixels.iter();
                let rgb: Vec<u8> = gray.flat_map(|gray| [*gray; 3]).collect();
                let rgb = self.transformed(&rgb, Layout::Rgb, Layout::Rgb)?;
                Ok(rgb.into_iter().skip(1).step_by(3).collect())
            }
            PixelFormat::Rgb8 => self.transformed(&raster.pixels, Layout::Rgb, Layout::Rgb),
            PixelFormat::Rgba8 if of_gray => {
                let pixels = raster.pixels.as_chunks().0.iter();
                if pixels
                    .clone()
                    .any(|[red, green, blue, _]| red != green || green != blue)
                {
                    return Err(CmsError::InvalidLayout);
                }
                let gray: Vec<u8> = pixels
                    .flat_map(|[gray, _, _, alpha]| [*gray, *alpha])
                    .collect();
                self.transformed(&gray, Layout::GrayAlpha, Layout::Rgba)
            }
            PixelFormat::Rgba8 => self.transformed(&raster.pixels, Layout::Rgba, Layout::Rgba),
        }
    }

    fn transformed(
        &self,
        pixels: &[u8],
        layout: Layout,
        target_layout: Layout,
    ) -> Result<Vec<u8>, CmsError> {
        let options = TransformOptions::default();
        let transform =
            self.source
                .create_transform_8bit(layout, &self.target, target_layout, options)?;
        let pixel_count = pixels.len() / layout.channels();
        let mut converted = vec![0; pixel_count * target_layout.channels()];
        transform.transform(pixels, &mut converted)?;
        Ok(converted)
    }
}

impl std::fmt::Debug for Colors {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Colors")
            .field("color_space", &self.source.color_space)
            .finish_non_exhaustive()
    }
}

fn set_curves(profile: &mut ColorProfile, curve: &ToneReprCurve) {
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve.clone());
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

/// The layout of inks is that of RGBA, so a profile of another kind of colours would be taken for one of inks.
fn inks_to_srgb_transform(icc_profile: &[u8]) -> Option<Arc<Transform>> {
    let profile = ColorProfile::new_from_slice(icc_profile).ok()?;
    let is_of_inks = profile.color_space == DataColorSpace::Cmyk;
    is_of_inks
        .then(|| to_srgb_transform(icc_profile, Layout::Rgba, Layout::Rgb).ok())
        .flatten()
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
        Self {
            transform: icc_profile.and_then(inks_to_srgb_transform),
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
