use std::io::Cursor;

use png::{Decoder, Transformations};

use super::super::raster::Size;
use super::*;

fn raster(format: PixelFormat, pixel: impl Fn(u32, u32) -> Vec<u8>) -> Raster {
    let size = Size {
        width: 40,
        height: 30,
    };
    let places = (0..30).flat_map(|y| (0..40).map(move |x| (x, y)));
    let pixels = places.flat_map(|(x, y)| pixel(x, y)).collect();
    Raster::new(size, format, pixels).unwrap()
}

fn byte(number: u32) -> u8 {
    u8::try_from(number % 256).unwrap()
}

/// Reads the file back as 8 bits a channel.
fn decoded(file: &[u8]) -> (ColorType, Vec<u8>) {
    let mut decoder = Decoder::new(Cursor::new(file));
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let stored = reader.info().color_type;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    (stored, pixels)
}

fn check(raster: &Raster, stored: ColorType, pixels: &[u8]) {
    let file = encode(&Picture::Still(raster.clone())).unwrap();
    let found = decoded(&file);
    assert_eq!(found.0, stored);
    assert!(found.1 == pixels, "the pixels of {stored:?} changed");
}

#[test]
fn a_colourful_picture_keeps_its_channels() {
    let rgb = raster(PixelFormat::Rgb8, |x, y| {
        vec![byte(x * 6), byte(y * 8), byte(x + y)]
    });
    check(&rgb, ColorType::Rgb, rgb.pixels());
    let rgba = raster(PixelFormat::Rgba8, |x, y| {
        vec![byte(x * 6), byte(y * 8), 7, byte(x + y)]
    });
    check(&rgba, ColorType::Rgba, rgba.pixels());
}

#[test]
fn a_grey_picture_in_colour_becomes_grey() {
    let gray = raster(PixelFormat::Gray8, |x, y| vec![byte(x * 6 + y)]);
    let rgb = raster(PixelFormat::Rgb8, |x, y| vec![byte(x * 6 + y); 3]);
    check(&rgb, ColorType::Grayscale, gray.pixels());
}

#[test]
fn few_colours_become_a_palette_of_the_same_colours() {
    for count in [2, 3, 16, 200] {
        let rgba = raster(PixelFormat::Rgba8, |x, y| {
            let index = (x + 40 * y) % count;
            vec![byte(index), 9, 9, byte(255 - index)]
        });
        check(&rgba, ColorType::Indexed, rgba.pixels());
    }
}

#[test]
fn an_animation_keeps_its_frames_delays_and_loops() {
    let [first, second] = [0, 90].map(|shade| {
        raster(PixelFormat::Rgb8, |x, y| {
            let moved = if x > 30 && y == 7 { shade } else { 0 };
            vec![byte(x * 5), byte(y * 5), byte(moved)]
        })
    });
    let frames =
        [(&first, 70), (&second, 120), (&second, 90_000)].map(|(raster, delay_ms)| Frame {
            raster: raster.clone(),
            delay_ms,
        });
    let picture = Picture::Animation {
        frames: frames.to_vec(),
        loop_count: 3,
    };
    let file = encode(&picture).unwrap();
    let mut reader = Decoder::new(Cursor::new(&file)).read_info().unwrap();
    let control = reader.info().animation_control().copied().unwrap();
    assert_eq!((control.num_frames, control.num_plays), (3, 3));

    let mut canvas = vec![0; reader.output_buffer_size().unwrap()];
    let mut shown = Vec::new();
    for _ in 0..3 {
        reader.next_frame(&mut canvas).unwrap();
        let frame = *reader.info().frame_control().unwrap();
        let part = (frame.x_offset, frame.y_offset, frame.width, frame.height);
        shown.push((part, frame.delay_num, frame.delay_den));
    }
    let expected = [
        ((0, 0, 40, 30), 70, 1_000),
        ((31, 7, 9, 1), 120, 1_000),
        ((0, 0, 1, 1), 90, 1),
    ];
    assert_eq!(shown, expected);
}
