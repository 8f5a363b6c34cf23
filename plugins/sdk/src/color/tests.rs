use moxcms::{Layout, TransformOptions};

use super::*;
use crate::{PixelFormat, Size};

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

/// Each colour of a grid.
fn colors() -> Vec<u8> {
    let steps = || (0..=255_u8).step_by(15);
    let rows = steps().flat_map(|red| steps().map(move |green| [red, green]));
    rows.flat_map(|[red, green]| steps().flat_map(move |blue| [red, green, blue]))
        .collect()
}

/// Compares with what moxcms makes of the colours in 16 bits.
fn check(profile: ColorProfile) {
    let options = TransformOptions {
        prefer_fixed_point: false,
        ..TransformOptions::default()
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_16bit(Layout::Rgb, &srgb, Layout::Rgb, options);
    let wide: Vec<u16> = colors()
        .iter()
        .map(|sample| u16::from(*sample) * 257)
        .collect();
    let mut expected = wide.clone();
    transform.unwrap().transform(&wide, &mut expected).unwrap();
    let converter = Converter::of(profile, Curve::Srgb);
    assert!(!matches!(converter, Converter::Table(_)));
    let mut seen = raster(PixelFormat::Rgb8, &colors());
    converter.convert(&mut seen).unwrap();
    for (seen, expected) in seen.pixels.iter().zip(&expected) {
        let wide = u16::from(*seen) * 257;
        assert!(wide.abs_diff(*expected) < 257, "{seen} is not {expected}");
    }
}

#[test]
fn curves_and_a_matrix_are_as_of_a_whole_colour_management() {
    check(ColorProfile::new_display_p3());
    check(ColorProfile::new_adobe_rgb());
    check(ColorProfile::new_bt2020());
    check(ColorProfile::new_pro_photo_rgb());
    check(ColorProfile::new_srgb());
}

#[test]
fn each_channel_has_its_own_curve() {
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    profile.red_trc = Some(curve_from_gamma(1.0));
    let profile = profile.encode().unwrap();
    let seen = to_srgb(raster(PixelFormat::Rgb8, &[55, 55, 55]), &profile);
    assert!(seen.pixels[0].abs_diff(128) <= 2, "{:?}", seen.pixels);
    assert_eq!(seen.pixels[1..], [55, 55]);
}

#[test]
fn a_profile_that_says_srgb_changes_nothing() {
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    assert!(matches!(
        Converter::of(profile.clone(), Curve::Srgb),
        Converter::Same
    ));
    set_curves(&mut profile, &curve_from_gamma(2.2));
    assert!(matches!(
        Converter::of(profile, Curve::Srgb),
        Converter::Shaper(_)
    ));
}
