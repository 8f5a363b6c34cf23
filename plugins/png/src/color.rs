use png::Info;
use thumbnailify_sdk::{PixelFormat, Raster};

/// The exponent of a picture that needs no correction, as `gAMA` writes it.
const SRGB_GAMMA: f32 = 1.0 / 2.2;

/// Below this nobody sees the difference.
const SAME_GAMMA: f32 = 0.05;

/// Brings the raster to sRGB by the strongest statement that the file makes about its colours.
pub(crate) fn to_srgb(raster: Raster, info: &Info<'_>) -> Raster {
    if let Some(profile) = &info.icc_profile {
        return thumbnailify_sdk::to_srgb(raster, profile);
    }
    match info.gama_chunk {
        Some(gamma) if info.srgb.is_none() => with_gamma(raster, gamma.into_value()),
        _ => raster,
    }
}

fn with_gamma(mut raster: Raster, gamma: f32) -> Raster {
    let exponent = SRGB_GAMMA / gamma;
    if !exponent.is_normal() || (exponent - 1.0).abs() < SAME_GAMMA {
        return raster;
    }
    let curve: [u8; 256] = std::array::from_fn(|sample| {
        ((sample as f32 / 255.0).powf(exponent) * 255.0).round() as u8
    });
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
