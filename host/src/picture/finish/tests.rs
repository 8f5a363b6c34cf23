use thumbnailify_core::{Color, Fit, Frames, OutputFormat};

use super::super::raster::{Frame, PixelFormat, Raster};
use super::*;
use crate::ThumbnailSpec;

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

/// Left half of one colour, right half of another.
fn halves(width: u32, height: u32, left: [u8; 4], right: [u8; 4]) -> Raster {
    let row = (0..width).flat_map(|x| if x < width / 2 { left } else { right });
    let row: Vec<u8> = row.collect();
    let rows = usize::try_from(height).unwrap();
    Raster::new(size(width, height), PixelFormat::Rgba8, row.repeat(rows)).unwrap()
}

const RED: [u8; 4] = [200, 0, 0, 255];
const BLUE: [u8; 4] = [0, 0, 200, 255];
const CLEAR: [u8; 4] = [0, 0, 0, 0];

fn wanted() -> Wanted {
    ThumbnailSpec::default().wanted(&Default::default())
}

fn made(picture: Picture, upload: &str, wanted: &Wanted) -> Encoded {
    let source = picture.size();
    finish(picture, source, &upload.parse().unwrap(), wanted, 1 << 20).unwrap()
}

/// Reads a PNG file as RGBA.
fn pixels(png: &[u8]) -> Vec<[u8; 4]> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    pixels.as_chunks().0.to_vec()
}

#[test]
fn a_cover_shows_the_middle() {
    let wanted = Wanted {
        bounds: size(10, 20),
        fit: Fit::Cover,
        ..wanted()
    };
    let picture = Picture::Still(halves(80, 40, RED, BLUE));
    let made = made(picture, "image/png", &wanted);
    assert_eq!(made.size, size(10, 20));
    let pixels = pixels(&made.bytes);
    assert_eq!((pixels[0], pixels[9]), (RED, BLUE));
}

#[test]
fn a_picture_is_enlarged_where_it_is_asked_for() {
    let picture = Picture::Still(halves(4, 2, RED, BLUE));
    let enlarged = Wanted {
        upscale: Upscale::ToTheBox,
        ..wanted()
    };
    let large = made(picture.clone(), "image/png", &enlarged);
    assert_eq!(large.size, size(100, 50));
    // The filter swings over at edges, as that of Pillow does.
    let pixels = pixels(&large.bytes);
    for (pixel, expected) in [(pixels[0], RED), (pixels[99], BLUE)] {
        let mut channels = pixel.iter().zip(expected);
        assert!(channels.all(|(channel, expected)| channel.abs_diff(expected) <= 12));
    }
    assert_eq!(made(picture, "image/png", &wanted()).size, size(4, 2));
}

#[test]
fn frames_that_would_be_too_much_are_not_enlarged() {
    let frame = Frame {
        raster: halves(4, 2, RED, BLUE),
        delay_ms: 50,
    };
    let animation = |count| Picture::Animation {
        frames: vec![frame.clone(); count],
        loop_count: 0,
    };
    let enlarged = Wanted {
        upscale: Upscale::ToTheBox,
        ..wanted()
    };
    // The budget of these tests holds 52 frames of 100 x 50 pixels.
    let sizes = [52, 53].map(|count| made(animation(count), "image/gif", &enlarged).size);
    assert_eq!(sizes, [size(100, 50), size(4, 2)]);
}

fn check_left(background: Option<&str>, format: OutputFormat, expected: [u8; 4]) {
    let wanted = Wanted {
        background: background.map(|text| text.parse().unwrap()),
        format,
        ..wanted()
    };
    let picture = Picture::Still(halves(64, 32, CLEAR, RED));
    let made = made(picture, "image/png", &wanted);
    assert_eq!(pixels(&made.bytes)[0], expected, "{background:?}");
}

#[test]
fn a_background_shines_through_for_good() {
    check_left(None, OutputFormat::Same, CLEAR);
    check_left(Some("#0a141e"), OutputFormat::Same, [10, 20, 30, 255]);
    check_left(Some("ffffff"), OutputFormat::Png, [255; 4]);
}

fn check_format(format: OutputFormat, upload: &str, background: Option<Color>, expected: Format) {
    let wanted = Wanted {
        format,
        background,
        ..wanted()
    };
    let picture = Picture::Still(halves(8, 8, CLEAR, RED));
    let made = made(picture, upload, &wanted);
    assert_eq!(made.format, expected, "{upload}");
    let start: &[u8] = match expected {
        Format::Gif => b"GIF89a",
        Format::Jpeg => &[0xff, 0xd8, 0xff],
        Format::Png => b"\x89PNG",
        Format::Webp => b"RIFF",
    };
    assert!(made.bytes.starts_with(start), "{expected:?}");
}

#[test]
fn the_format_is_the_one_asked_for_or_that_of_the_upload() {
    use OutputFormat::{Gif, Jpeg, Png, Same, Webp};
    check_format(Same, "image/png", None, Format::Png);
    check_format(Same, "image/jpeg", None, Format::Jpeg);
    check_format(Same, "image/gif", None, Format::Gif);
    check_format(Same, "image/webp", None, Format::Png);
    check_format(Same, "image/webp", Some(Color::WHITE), Format::Jpeg);
    for (asked, expected) in [
        (Jpeg, Format::Jpeg),
        (Png, Format::Png),
        (Gif, Format::Gif),
        (Webp, Format::Webp),
    ] {
        check_format(asked, "image/png", None, expected);
    }
}

#[test]
fn a_movement_that_is_not_wanted_stops_at_the_first_frame() {
    let frames = [RED, BLUE].map(|color| Frame {
        raster: halves(8, 8, color, color),
        delay_ms: 50,
    });
    let picture = Picture::Animation {
        frames: frames.to_vec(),
        loop_count: 0,
    };
    let still = Wanted {
        frames: Frames::First,
        format: OutputFormat::Png,
        ..wanted()
    };
    let file = made(picture.clone(), "image/gif", &still).bytes;
    assert_eq!(pixels(&file)[0], RED);
    assert!(!file.windows(4).any(|chunk| chunk == b"acTL"));
    let moving = Wanted {
        frames: Frames::All,
        ..still
    };
    let file = made(picture, "image/gif", &moving).bytes;
    assert!(file.windows(4).any(|chunk| chunk == b"acTL"));
}
