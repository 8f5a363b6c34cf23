mod converter;
mod encoding;
mod hdr;
mod inks;
mod shaper;
mod table;

use moxcms::{
    Chromaticity, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, MatrixCoefficients,
    ToneReprCurve, TransferCharacteristics, XyY, curve_from_gamma,
};

use crate::Raster;
use converter::Converter;
use encoding::Curve;

pub use inks::CmykToRgb;

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
pub struct Colors(Converter);

/// The places of white, red, green and blue in the diagram of CIE 1931, as x and y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chromaticities {
    /// The white point.
    pub white: [f32; 2],
    /// Red, green and blue.
    pub primaries: [[f32; 2]; 3],
}

impl Colors {
    /// Those of an ICC profile; nothing if it is broken, or of other channels than grey or red, green and blue.
    #[must_use]
    pub fn of_icc(profile: &[u8]) -> Option<Self> {
        let source = ColorProfile::new_from_slice(profile).ok()?;
        // Three inks, or lightness and hue, would be taken for red, green and blue.
        let is_of_pixels = matches!(
            source.color_space,
            DataColorSpace::Gray | DataColorSpace::Rgb
        ) && matches!(source.pcs, DataColorSpace::Xyz | DataColorSpace::Lab);
        is_of_pixels.then_some(())?;
        Converter::of(&source, Curve::Srgb).map(Self)
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
        Converter::of(&source, Curve::Srgb).map(Self)
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
        let is_color_space = are_sane && exponent.is_finite() && exponent > 0.0;
        is_color_space.then_some(())?;
        Converter::of(&source, Curve::Gamma22).map(Self)
    }

    /// Brings a raster of these colours to sRGB.
    ///
    /// # Errors
    ///
    /// Gives the raster back as it was if the colours are of another kind than the pixels.
    pub fn to_srgb(&self, mut raster: Raster) -> Result<Raster, Raster> {
        match self.0.convert(&mut raster) {
            Ok(()) => Ok(raster),
            Err(_) => Err(raster),
        }
    }
}

impl std::fmt::Debug for Colors {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Colors").finish_non_exhaustive()
    }
}

fn set_curves(profile: &mut ColorProfile, curve: &ToneReprCurve) {
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve.clone());
}

#[cfg(test)]
mod tests;
