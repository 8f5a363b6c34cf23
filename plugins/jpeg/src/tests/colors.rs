//! What the components mean.

use jpeg_encoder::ColorType;
use thumbnailify_sdk::Size;

use super::oracle::encoded;
use super::{rendered_at, spliced};

const SIDE: u32 = 64;

/// A picture of one colour, of which the components are stored as they are given.
fn raw(components: &[u8]) -> Vec<u8> {
    let size = Size {
        width: SIDE,
        height: SIDE,
    };
    let color = if components.len() == 4 {
        ColorType::Ycck
    } else {
        ColorType::Ycbcr
    };
    encoded(
        &components.repeat((SIDE * SIDE) as usize),
        size,
        color,
        |_| {},
    )
}

/// Compares the picture, in full and at an eighth of its size.
fn check(name: &str, bytes: &[u8], expected: [u8; 3]) {
    for target in [4, 100] {
        let raster = rendered_at(bytes, target);
        for pixel in raster.pixels.as_chunks::<3>().0 {
            let is_close = pixel.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3);
            assert!(is_close, "{name} at {target}: {pixel:?}");
        }
    }
}

#[test]
fn jfif_means_light_and_colors() {
    check("JFIF", &raw(&[76, 85, 255]), [254, 0, 0]);
    let adobe = spliced::with_segment(&raw(&[76, 85, 255]), 0xee, b"Adobe\0d\0\0\0\0\0");
    check("JFIF before Adobe", &adobe, [254, 0, 0]);
}

#[test]
fn adobe_says_what_is_meant() {
    let bytes = spliced::without_jfif(&raw(&[76, 85, 255]));
    check("nothing", &bytes, [254, 0, 0]);
    for (transform, expected) in [(0, [76, 85, 255]), (1, [254, 0, 0])] {
        let segment = [b"Adobe\0d\0\0\0\0".as_slice(), &[transform]].concat();
        let bytes = spliced::with_segment(&bytes, 0xee, &segment);
        check("Adobe", &bytes, expected);
    }
}

#[test]
fn components_named_rgb_are_that() {
    let mut bytes = spliced::without_jfif(&raw(&[10, 120, 230]));
    spliced::rename_components(&mut bytes, *b"RGB");
    check("RGB", &bytes, [10, 120, 230]);
}

#[test]
fn inks_are_stored_inverted() {
    // Of the file's values, 255 is no ink.
    let bytes = raw(&[150, 128, 128, 255]);
    check("YCCK", &bytes, [105, 105, 105]);
    let adobe = spliced::position(&bytes, 0xee);
    let mut cmyk = bytes.clone();
    cmyk[adobe + 4 + 11] = 0;
    check("CMYK", &cmyk, [150, 128, 128]);
    cmyk[adobe + 4] = b'a';
    check("CMYK without a word of Adobe", &cmyk, [150, 128, 128]);
}
