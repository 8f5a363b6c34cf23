use moxcms::{Layout, LutDataType, LutStore, LutType, LutWarehouse, Matrix3d, TransformOptions};

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

#[test]
fn a_profile_of_other_channels_than_pixels_have_is_ignored() {
    let mut device_link = ColorProfile::new_display_p3();
    device_link.pcs = DataColorSpace::Rgb;
    let mut light = ColorProfile::new_display_p3();
    light.color_space = DataColorSpace::Xyz;
    let profiles = [
        tables(DataColorSpace::Cmyk, 4),
        tables(DataColorSpace::Lab, 3),
        tables(DataColorSpace::Xyz, 3),
        tables(DataColorSpace::Hsv, 3),
        device_link.encode().unwrap(),
        light.encode().unwrap(),
    ];
    for profile in profiles {
        for (format, pixel) in [
            (PixelFormat::Rgb8, [10, 20, 30].as_slice()),
            (PixelFormat::Rgba8, &[10, 20, 30, 40]),
            (PixelFormat::Rgba8, &[10, 10, 10, 40]),
            (PixelFormat::Gray8, &[10]),
        ] {
            let pixel = raster(format, pixel);
            assert_eq!(to_srgb(pixel.clone(), &profile), pixel);
        }
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
fn check(profile: &ColorProfile) {
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
    let converter = Converter::of(profile, Curve::Srgb).unwrap();
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
    check(&ColorProfile::new_display_p3());
    check(&ColorProfile::new_adobe_rgb());
    check(&ColorProfile::new_bt2020());
    check(&ColorProfile::new_pro_photo_rgb());
    check(&ColorProfile::new_srgb());
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
        Converter::of(&profile, Curve::Srgb),
        Some(Converter::Same)
    ));
    set_curves(&mut profile, &curve_from_gamma(2.2));
    assert!(matches!(
        Converter::of(&profile, Curve::Srgb),
        Some(Converter::Shaper(_))
    ));
}

/// A profile of tables in which the first channel alone is the lightness, and nothing has a hue.
fn tables(color_space: DataColorSpace, channels: u8) -> Vec<u8> {
    const NO_HUE: u16 = 0x8000;
    let line = |channels: u8| LutStore::Store16([0, u16::MAX].repeat(channels.into()));
    let corners = 1_usize << (channels - 1);
    let half = |lightness| [lightness, NO_HUE, NO_HUE].repeat(corners);
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    profile.color_space = color_space;
    profile.pcs = DataColorSpace::Lab;
    profile.lut_a_to_b_perceptual = Some(LutWarehouse::Lut(LutDataType {
        num_input_channels: channels,
        num_output_channels: 3,
        num_clut_grid_points: 2,
        matrix: Matrix3d::IDENTITY,
        num_input_table_entries: 2,
        num_output_table_entries: 2,
        input_table: line(channels),
        clut_table: LutStore::Store16([half(0), half(0xff00)].concat()),
        output_table: line(3),
        lut_type: LutType::Lut16,
    }));
    profile.encode().unwrap()
}

#[test]
fn a_profile_of_tables_is_used_for_every_format() {
    let colors = Colors::of_icc(&tables(DataColorSpace::Rgb, 3)).unwrap();
    let check = |format, pixels: &[u8], expected: &[u8]| {
        let seen = colors.to_srgb(raster(format, pixels)).unwrap().pixels;
        let mut pairs = seen.iter().zip(expected);
        let is_near = pairs.all(|(one, other)| one.abs_diff(*other) <= 2);
        assert!(is_near && seen.len() == expected.len(), "{seen:?}");
    };
    check(PixelFormat::Rgb8, &[255, 0, 0], &[255; 3]);
    check(PixelFormat::Rgb8, &[0, 255, 255], &[0; 3]);
    check(PixelFormat::Rgba8, &[255, 9, 0, 77], &[255, 255, 255, 77]);
    check(PixelFormat::Gray8, &[128], &[119]);
}
