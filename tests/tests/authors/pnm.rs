//! The six kinds of portable pictures, some of which no library here writes.

use image::{DynamicImage, Luma};
use thumbnailify_tests::authors::example;
use thumbnailify_tests::pictures::{assert_near, assert_upright, upright};

use crate::Desk;

#[test]
fn plain_and_raw_pictures_are_decoded() {
    let Some(component) = example("pnm") else {
        return;
    };
    let desk = Desk::with(&component);
    let colours = DynamicImage::from(upright(600, 400));
    let grays = DynamicImage::from(colours.to_luma8());

    for maximum in [255, 1_023, 65_535] {
        desk.put("raw.ppm", &raw("P6", &colours, maximum));
        desk.put("plain.ppm", &plain("P3", &colours, maximum));
        assert_upright(&desk.run("raw.ppm").0);
        assert_upright(&desk.run("plain.ppm").0);
        desk.put("raw.pgm", &raw("P5", &grays, maximum));
        desk.put("plain.pgm", &plain("P2", &grays, maximum));
        let thumbnail = desk.run("raw.pgm").0;
        assert_eq!(thumbnail, desk.run("plain.pgm").0);
        let Luma([top_left]) = grays.to_luma8()[(0, 0)];
        let Luma([seen]) = thumbnail.to_luma8()[(10, 10)];
        assert_near([seen; 3], [top_left; 3], "top left");
    }
}

#[test]
fn bitmaps_are_black_on_white() {
    let Some(component) = example("pnm") else {
        return;
    };
    let desk = Desk::with(&component);
    // Ten pixels take two bytes, the last six bits of which mean nothing.
    desk.put("raw.pbm", b"P4\n# left half\n10 2\n\xf8\x3f\xf8\x3f");
    desk.put("plain.pbm", b"P1 10 2\n1111100000\n1 1 1 1 1 0 0 0 0 0");
    let thumbnail = desk.run("raw.pbm").0;
    assert_eq!(thumbnail, desk.run("plain.pbm").0);
    let thumbnail = thumbnail.to_luma8();
    assert!(thumbnail[(0, 0)][0] < 32 && thumbnail[(9, 1)][0] > 224);
}

#[test]
fn broken_pictures_are_refused() {
    let Some(component) = example("pnm") else {
        return;
    };
    let desk = Desk::with(&component);
    let whole = raw("P6", &upright(60, 40).into(), 255);
    for end in [0, 2, 9, whole.len() / 2, whole.len() - 1] {
        desk.put("cut-off.ppm", &whole[..end]);
        desk.refuses("cut-off.ppm");
    }
    for (name, file) in [
        ("word.pgm", "P2 3 1 255 1 two 3"),
        ("negative.pgm", "P2 3 1 255 1 -2 3"),
        ("too-bright.pgm", "P2 3 1 255 1 256 3"),
        ("no-maximum.pgm", "P5 3 1 0\n123"),
        ("two.pbm", "P1 3 1 0 1 2"),
        ("no-pixels.ppm", "P6 0 1 255\n"),
        ("too-large.ppm", "P6 999999999 999999999 255\n"),
        ("endless-comment.ppm", "P6 # and so on"),
    ] {
        desk.put(name, file.as_bytes());
        desk.refuses(name);
    }
    let endless = format!("P2 2 1 255 {}", "9".repeat(1 << 20));
    desk.put("endless-number.pgm", endless.as_bytes());
    desk.refuses("endless-number.pgm");
}

fn scaled(picture: &DynamicImage, maximum: u32) -> impl Iterator<Item = u32> {
    let samples = picture.as_bytes().iter();
    samples.map(move |sample| (u32::from(*sample) * maximum + 127) / 255)
}

fn header(kind: &str, picture: &DynamicImage, maximum: u32) -> String {
    let (width, height) = (picture.width(), picture.height());
    format!("{kind} # made for a test\n{width}\n{height} {maximum}\n")
}

fn raw(kind: &str, picture: &DynamicImage, maximum: u32) -> Vec<u8> {
    let mut file = header(kind, picture, maximum).into_bytes();
    for sample in scaled(picture, maximum) {
        let [.., high, low] = sample.to_be_bytes();
        file.extend((maximum > 255).then_some(high));
        file.push(low);
    }
    file
}

fn plain(kind: &str, picture: &DynamicImage, maximum: u32) -> Vec<u8> {
    let numbers = scaled(picture, maximum).map(|sample| format!("{sample} "));
    (header(kind, picture, maximum) + &numbers.collect::<String>()).into_bytes()
}
