use thumbnailify_sdk::{Chromaticities, Colors, Level, PixelFormat, Raster, log};

use crate::metadata::Metadata;
use crate::profile;

/// The exponent of a picture that needs no correction, as `gAMA` writes it.
const SRGB_GAMMA: f32 = 1.0 / 2.2;

/// Below this nobody sees the difference.
const SAME_GAMMA: f32 = 0.05;

/// How far apart places in the diagram are that mean the same colour.
const SAME_CHROMATICITY: f32 = 0.002;

/// The white point and the primaries of sRGB.
const SRGB: Chromaticities = Chromaticities {
    white: [0.3127, 0.3290],
    primaries: [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]],
};

/// What the file says about its colours, by what counts (section 4.3): the first that can be used of `cICP`,
/// `iCCP`, `sRGB`, and `gAMA` with `cHRM`.
#[derive(Debug)]
pub(crate) enum ColorSpace {
    Srgb,
    Known { colors: Box<Colors>, range: Range },
    Gamma(f32),
}

/// Which samples are black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    Full,
    /// As in video: 16 to 235.
    Narrow,
}

impl ColorSpace {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let stated = metadata.cicp.as_deref().and_then(of_code_points);
        let stated = stated.or_else(|| {
            let profile = profile::unpacked(metadata.profile.as_deref()?)?;
            Some(Self::known(Colors::of_icc(&profile)?))
        });
        match stated {
            Some(stated) => stated,
            None if metadata.srgb.as_ref().is_some_and(|srgb| !srgb.is_empty()) => Self::Srgb,
            None => of_gamma(metadata),
        }
    }

    fn known(colors: Colors) -> Self {
        Self::Known {
            colors: Box::new(colors),
            range: Range::Full,
        }
    }

    /// Brings a raster to sRGB. One of another kind than the profile stays as it is.
    pub(crate) fn to_srgb(&self, raster: Raster) -> Raster {
        match self {
            Self::Srgb => raster,
            Self::Known { colors, range } => {
                let raster = match range {
                    Range::Full => raster,
                    Range::Narrow => with_curve(raster, widened),
                };
                colors.to_srgb(raster).unwrap_or_else(|raster| {
                    log(
                        Level::Info,
                        "the profile does not fit the pixels and is ignored",
                    );
                    raster
                })
            }
            Self::Gamma(exponent) => with_curve(raster, |sample| sample.powf(*exponent)),
        }
    }
}

/// `cICP` (section 11.3.2.6). Pixels of PNG are RGB; another matrix is not allowed.
fn of_code_points(data: &[u8]) -> Option<ColorSpace> {
    let [primaries, transfer, 0, full_range] = *data else {
        return None;
    };
    let range = if full_range == 0 {
        Range::Narrow
    } else {
        Range::Full
    };
    if (primaries, transfer, range) == (1, 13, Range::Full) {
        return Some(ColorSpace::Srgb);
    }
    let colors = Colors::of_code_points(primaries, transfer);
    if colors.is_none() {
        log(
            Level::Info,
            "the code points of the colours are not known and ignored",
        );
    }
    Some(ColorSpace::Known {
        colors: Box::new(colors?),
        range,
    })
}

/// `gAMA` and `cHRM` (sections 11.3.2.1 and 11.3.2.2), as seen on a display of gamma 2.2.
fn of_gamma(metadata: &Metadata) -> ColorSpace {
    let gamma = metadata.gamma.as_deref().and_then(|data| number(data, 0));
    let gamma = gamma.filter(|gamma| *gamma > 0.0).unwrap_or(SRGB_GAMMA);
    let exponent = SRGB_GAMMA / gamma;
    let exponent = if (exponent - 1.0).abs() < SAME_GAMMA {
        1.0
    } else {
        exponent
    };
    let primaries = metadata.chromaticities.as_deref().and_then(chromaticities);
    let colors = primaries
        .filter(|primaries| !is_srgb(primaries))
        .and_then(|primaries| Colors::of_primaries(primaries, exponent * 2.2));
    match colors {
        Some(colors) => ColorSpace::known(colors),
        None if exponent == 1.0 => ColorSpace::Srgb,
        None => ColorSpace::Gamma(exponent),
    }
}

fn chromaticities(data: &[u8]) -> Option<Chromaticities> {
    let place = |index| Some([number(data, index)?, number(data, index + 1)?]);
    Some(Chromaticities {
        white: place(0)?,
        primaries: [place(2)?, place(4)?, place(6)?],
    })
}

/// A number that the file holds times 100,000.
fn number(data: &[u8], index: usize) -> Option<f32> {
    let bytes = data.as_chunks().0.get(index)?;
    Some(u32::from_be_bytes(*bytes) as f32 / 100_000.0)
}

fn is_srgb(chromaticities: &Chromaticities) -> bool {
    let is_near = |one: [f32; 2], other: [f32; 2]| {
        let mut pairs = one.iter().zip(other);
        pairs.all(|(one, other)| (one - other).abs() < SAME_CHROMATICITY)
    };
    let mut primaries = chromaticities.primaries.into_iter().zip(SRGB.primaries);
    is_near(chromaticities.white, SRGB.white) && primaries.all(|(one, other)| is_near(one, other))
}

fn widened(sample: f32) -> f32 {
    (sample * 255.0 - 16.0) / 219.0
}

/// Changes all colours, but not alpha, by a curve from 0 to 1.
fn with_curve(mut raster: Raster, curve: impl Fn(f32) -> f32) -> Raster {
    let curve: [u8; 256] =
        std::array::from_fn(|sample| (curve(sample as f32 / 255.0) * 255.0).round() as u8);
    let channels = raster.format.channels();
    let colors = if raster.format == PixelFormat::Rgba8 {
        3
    } else {
        channels
    };
    for pixel in raster.pixels.chunks_exact_mut(channels) {
        pixel[..colors]
            .iter_mut()
            .for_each(|sample| *sample = curve[usize::from(*sample)]);
    }
    raster
}
