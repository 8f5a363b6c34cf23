//! The examples decode files that another implementation has written.

use std::io::Cursor;

use image::codecs::pnm::{PnmEncoder, PnmSubtype, SampleEncoding};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgba, RgbaImage};
use thumbnailify_tests::authors::example;
use thumbnailify_tests::pictures::{assert_near, assert_upright, upright};

use crate::{Desk, assert_inspected};

/// What is expected of an example, which has the name of its folder.
struct Example {
    name: &'static str,
    /// As `handler inspect` shows its media types.
    takes: &'static [&'static str],
    extension: &'static str,
    /// What it imports beside our interface.
    other_imports: &'static [&'static str],
    /// Writes a file of its format.
    encode: fn(&DynamicImage) -> Vec<u8>,
}

const QOI: Example = Example {
    name: "qoi",
    takes: &["image/x-qoi (qoi), \"qoif\" at 0"],
    extension: "qoi",
    other_imports: &[],
    encode: |picture| encoded(picture, ImageFormat::Qoi),
};

const FARBFELD: Example = Example {
    name: "farbfeld",
    takes: &["image/x-farbfeld (ff), \"farbfeld\" at 0"],
    extension: "ff",
    other_imports: &[],
    encode: |picture| encoded(&picture.to_rgba16().into(), ImageFormat::Farbfeld),
};

const PNM: Example = Example {
    name: "pnm",
    takes: &[
        "image/x-portable-bitmap (pbm), \"P1\" at 0, \"P4\" at 0",
        "image/x-portable-graymap (pgm), \"P2\" at 0, \"P5\" at 0",
        "image/x-portable-pixmap (ppm), \"P3\" at 0, \"P6\" at 0",
        "image/x-portable-anymap (pnm)",
    ],
    extension: "ppm",
    other_imports: &["wasi:"],
    encode: ppm,
};

const XPM: Example = Example {
    name: "xpm",
    takes: &["image/x-xpixmap (xpm), \"/* XPM */\" at 0"],
    extension: "xpm",
    other_imports: &[],
    encode: |picture| crate::xpm::encoded(&picture.to_rgba8()),
};

/// Makes a test of a behaviour for each of the examples that have it.
macro_rules! each_of {
    ($behaviour:ident: $($example:ident = $expected:ident),+) => {
        mod $behaviour {
            $(#[test]
            fn $example() {
                super::$behaviour(&super::$expected);
            })+
        }
    };
}

each_of!(decodes: qoi = QOI, farbfeld = FARBFELD, pnm = PNM, xpm = XPM);
each_of!(keeps_alpha: qoi = QOI, farbfeld = FARBFELD, xpm = XPM);
each_of!(takes_little_memory: qoi = QOI, farbfeld = FARBFELD);

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn ppm(picture: &DynamicImage) -> Vec<u8> {
    let picture = picture.to_rgb8();
    let mut file = Vec::new();
    PnmEncoder::new(&mut file)
        .with_subtype(PnmSubtype::Pixmap(SampleEncoding::Binary))
        .write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .unwrap();
    file
}

/// A desk with the example on it. Without its toolchain there is none.
fn desk(expected: &Example) -> Option<Desk> {
    example(expected.name).map(|component| Desk::with(&component))
}

/// What it is and takes is as expected, a picture comes out right, and what is left of it when it is cut off
/// is refused.
fn decodes(expected: &Example) {
    let Some(desk) = desk(expected) else {
        return;
    };
    let Example {
        name,
        takes,
        extension,
        other_imports,
        encode,
    } = expected;
    assert_inspected(
        &desk.path("handlers/handler.wasm"),
        name,
        takes,
        other_imports,
    );
    let file = encode(&upright(600, 400).into());
    for end in [0, 3, 13, 14, 20, file.len() / 2] {
        let cut_off = format!("cut-off-at-{end}.{extension}");
        desk.put(&cut_off, &file[..end]);
        desk.refuses(&cut_off);
    }
    let whole = format!("whole.{extension}");
    desk.put(&whole, &file);
    let (thumbnail, _) = desk.run(&whole);
    assert_eq!((thumbnail.width(), thumbnail.height()), (100, 67));
    assert_upright(&thumbnail);
}

/// What is transparent stays so, and a colour that is hidden under it does not bleed.
fn keeps_alpha(expected: &Example) {
    let Some(desk) = desk(expected) else {
        return;
    };
    let picture = RgbaImage::from_fn(601, 399, |x, _| match x {
        0..300 => Rgba([0, 0, 255, 0]),
        _ => Rgba([250, 200, 20, 255]),
    });
    let file = format!("alpha.{}", expected.extension);
    desk.put(&file, &(expected.encode)(&picture.into()));
    let thumbnail = desk.run(&file).0.to_rgba8();
    for (x, y, Rgba([red, green, blue, alpha])) in thumbnail.enumerate_pixels() {
        assert!(x > 40 || *alpha == 0, "{x},{y} has an alpha of {alpha}");
        assert!(x < 60 || *alpha == 255, "{x},{y} has an alpha of {alpha}");
        // What is nearly transparent has hardly a colour.
        if *alpha > 64 {
            assert_near([*red, *green, *blue], [250, 200, 20], &format!("{x},{y}"));
        }
    }
}

/// A picture far larger than its thumbnail never lies in memory whole: it has 11 MiB in three channels.
fn takes_little_memory(expected: &Example) {
    let Some(desk) = desk(expected) else {
        return;
    };
    let file = format!("large.{}", expected.extension);
    desk.put(&file, &(expected.encode)(&upright(2_400, 1_600).into()));
    let (thumbnail, said) = desk.run(&file);
    assert_upright(&thumbnail);
    let (_, memory) = said.out.split_once("of CPU and ").unwrap();
    let mebibytes: f64 = memory.split_once(" MiB").unwrap().0.parse().unwrap();
    assert!(mebibytes < 4.0, "{}", said.out);
}
