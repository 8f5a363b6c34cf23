use std::borrow::Cow;

use png::{BitDepth, ColorType, Encoder, Filter, Info};
use thumbnailify_sdk::{Output, PixelFormat, Size};

use super::{render, rendered};

/// The header of a picture of one pixel.
fn info(color_type: ColorType, bit_depth: BitDepth) -> Info<'static> {
    sized(1, 1, color_type, bit_depth)
}

fn sized(width: u32, height: u32, color_type: ColorType, bit_depth: BitDepth) -> Info<'static> {
    let mut info = Info::with_size(width, height);
    info.color_type = color_type;
    info.bit_depth = bit_depth;
    info
}

fn gray(width: u32, height: u32) -> Info<'static> {
    sized(width, height, ColorType::Grayscale, BitDepth::Eight)
}

fn encoded(info: Info<'_>, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::with_info(&mut bytes, info).unwrap();
    encoder.set_filter(Filter::NoFilter);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

fn check(info: Info<'_>, pixels: &[u8], format: PixelFormat, expected: &[u8]) {
    let raster = rendered(&encoded(info, pixels));
    assert_eq!(
        (raster.format, raster.pixels.as_slice()),
        (format, expected)
    );
}

#[test]
fn gray_of_every_depth_is_read() {
    use PixelFormat::{Gray8, Rgba8};
    let gray = |depth| info(ColorType::Grayscale, depth);
    check(gray(BitDepth::One), &[0x80], Gray8, &[255]);
    check(gray(BitDepth::Two), &[0x80], Gray8, &[170]);
    check(gray(BitDepth::Four), &[0x80], Gray8, &[136]);
    check(gray(BitDepth::Eight), &[0x80], Gray8, &[128]);
    check(gray(BitDepth::Sixteen), &[0x80, 0x01], Gray8, &[128]);
    let with_alpha = |depth| info(ColorType::GrayscaleAlpha, depth);
    check(with_alpha(BitDepth::Eight), &[9, 7], Rgba8, &[9, 9, 9, 7]);
    check(
        with_alpha(BitDepth::Sixteen),
        &[9, 0, 7, 0],
        Rgba8,
        &[9, 9, 9, 7],
    );
}

#[test]
fn color_of_every_depth_is_read() {
    use PixelFormat::{Rgb8, Rgba8};
    check(
        info(ColorType::Rgb, BitDepth::Eight),
        &[1, 2, 3],
        Rgb8,
        &[1, 2, 3],
    );
    check(
        info(ColorType::Rgb, BitDepth::Sixteen),
        &[1, 0, 2, 0, 3, 0],
        Rgb8,
        &[1, 2, 3],
    );
    check(
        info(ColorType::Rgba, BitDepth::Eight),
        &[1, 2, 3, 4],
        Rgba8,
        &[1, 2, 3, 4],
    );
    let wide = [1, 0, 2, 0, 3, 0, 4, 0];
    check(
        info(ColorType::Rgba, BitDepth::Sixteen),
        &wide,
        Rgba8,
        &[1, 2, 3, 4],
    );
}

#[test]
fn palettes_are_looked_up() {
    for (depth, index) in [
        (BitDepth::One, 0x80),
        (BitDepth::Two, 0x40),
        (BitDepth::Four, 0x10),
        (BitDepth::Eight, 1),
    ] {
        let mut indexed = info(ColorType::Indexed, depth);
        indexed.palette = Some(Cow::Borrowed(&[9, 9, 9, 1, 2, 3]));
        check(indexed.clone(), &[index], PixelFormat::Rgb8, &[1, 2, 3]);
        indexed.trns = Some(Cow::Borrowed(&[0, 77]));
        check(indexed, &[index], PixelFormat::Rgba8, &[1, 2, 3, 77]);
    }
}

#[test]
fn a_transparent_color_becomes_alpha() {
    let mut rgb = info(ColorType::Rgb, BitDepth::Eight);
    rgb.trns = Some(Cow::Borrowed(&[0, 1, 0, 2, 0, 3]));
    check(rgb.clone(), &[1, 2, 4], PixelFormat::Rgba8, &[1, 2, 4, 255]);
    assert_eq!(rendered(&encoded(rgb, &[1, 2, 3])).pixels[3], 0);
    let mut gray = gray(1, 1);
    gray.trns = Some(Cow::Borrowed(&[0, 5]));
    check(gray.clone(), &[6], PixelFormat::Rgba8, &[6, 6, 6, 255]);
    assert_eq!(rendered(&encoded(gray, &[5])).pixels[3], 0);
}

#[test]
fn a_large_picture_is_shrunk_while_it_is_read() {
    let stripes = [0, 100].repeat(600 * 800);
    let picture = render(&encoded(gray(1200, 800), &stripes)).unwrap();
    assert_eq!(
        picture.source_size,
        Size {
            width: 1200,
            height: 800
        }
    );
    let Output::Still(raster) = picture.output else {
        panic!("a still picture")
    };
    assert_eq!(
        raster.size,
        Size {
            width: 200,
            height: 134
        }
    );
    assert!(raster.pixels.iter().all(|gray| *gray == 50));
}

const ORIENTATION_6: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";

fn check_turned(bytes: &[u8]) {
    let picture = render(bytes).unwrap();
    assert_eq!(
        picture.source_size,
        Size {
            width: 1,
            height: 2
        }
    );
    let Output::Still(raster) = picture.output else {
        panic!("a still picture")
    };
    assert_eq!(
        (raster.size, raster.pixels),
        (picture.source_size, vec![1, 2])
    );
}

#[test]
fn a_turned_picture_becomes_upright() {
    let mut turned = gray(2, 1);
    turned.exif_metadata = Some(Cow::Borrowed(ORIENTATION_6));
    check_turned(&encoded(turned, &[1, 2]));
}

#[test]
fn exif_may_stand_behind_the_pixels() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 2, 1);
    encoder.set_color(ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[1, 2]).unwrap();
    writer.write_chunk(png::chunk::eXIf, ORIENTATION_6).unwrap();
    writer.finish().unwrap();
    check_turned(&bytes);
}
