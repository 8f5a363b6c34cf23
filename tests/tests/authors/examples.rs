//! The examples decode files that another implementation has written.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use thumbnailify_tests::authors::example;
use thumbnailify_tests::pictures::{assert_near, assert_upright, upright};

use crate::{Desk, assert_inspected};

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Checks a picture, and what is left of it when it is cut off anywhere.
fn assert_decodes(component: &Path, extension: &str, file: &[u8]) {
    let desk = Desk::with(component);
    for end in [0, 3, 13, 14, 20, file.len() / 2] {
        let name = format!("cut-{end}.{extension}");
        desk.put(&name, &file[..end]);
        desk.refuses(&name);
    }
    let name = format!("picture.{extension}");
    desk.put(&name, file);
    let (thumbnail, _) = desk.run(&name);
    assert_eq!((thumbnail.width(), thumbnail.height()), (100, 67));
    assert_upright(&thumbnail);
}

/// Checks that what is transparent stays so, and that a colour hidden under it does not bleed.
fn assert_keeps_alpha(
    component: &Path,
    extension: &str,
    encode: impl Fn(&DynamicImage) -> Vec<u8>,
) {
    let picture = RgbaImage::from_fn(601, 399, |x, _| match x {
        0..300 => Rgba([0, 0, 255, 0]),
        _ => Rgba([250, 200, 20, 255]),
    });
    let desk = Desk::with(component);
    let name = format!("alpha.{extension}");
    desk.put(&name, &encode(&picture.into()));
    let thumbnail = desk.run(&name).0.to_rgba8();
    for y in 0..thumbnail.height() {
        for x in 0..thumbnail.width() {
            let Rgba([red, green, blue, alpha]) = *thumbnail.get_pixel(x, y);
            assert!(x > 40 || alpha == 0, "{x},{y} has an alpha of {alpha}");
            assert!(x < 60 || alpha == 255, "{x},{y} has an alpha of {alpha}");
            // What is nearly transparent has hardly a colour.
            if alpha > 64 {
                assert_near([red, green, blue], [250, 200, 20], &format!("{x},{y}"));
            }
        }
    }
}

#[test]
fn qoi() {
    let Some(component) = example("qoi") else {
        return;
    };
    assert_inspected(&component, "qoi", "image/x-qoi (qoi), \"qoif\" at 0", &[]);
    let encode = |picture: &DynamicImage| encoded(picture, ImageFormat::Qoi);
    assert_decodes(&component, "qoi", &encode(&upright(600, 400).into()));
    assert_keeps_alpha(&component, "qoi", encode);
}

#[test]
fn farbfeld() {
    let Some(component) = example("farbfeld") else {
        return;
    };
    let takes = "image/x-farbfeld (ff), \"farbfeld\" at 0";
    assert_inspected(&component, "farbfeld", takes, &[]);
    let encode = |picture: &DynamicImage| {
        let picture = DynamicImage::from(picture.to_rgba16());
        encoded(&picture, ImageFormat::Farbfeld)
    };
    assert_decodes(&component, "ff", &encode(&upright(600, 400).into()));
    assert_keeps_alpha(&component, "ff", encode);
}

#[test]
fn pictures_far_larger_than_their_thumbnails_take_little_memory() {
    let picture = DynamicImage::from(upright(2_400, 1_600));
    for (name, extension, file) in [
        ("qoi", "qoi", encoded(&picture, ImageFormat::Qoi)),
        (
            "farbfeld",
            "ff",
            encoded(&picture.to_rgba16().into(), ImageFormat::Farbfeld),
        ),
    ] {
        let Some(component) = example(name) else {
            continue;
        };
        let desk = Desk::with(&component);
        let file_name = format!("large.{extension}");
        desk.put(&file_name, &file);
        let (thumbnail, said) = desk.run(&file_name);
        assert_upright(&thumbnail);
        let (_, memory) = said.out.split_once("of CPU and ").unwrap();
        let mebibytes: f64 = memory.split_once(" MiB").unwrap().0.parse().unwrap();
        assert!(mebibytes < 4.0, "{}", said.out);
    }
}
