mod colors;
mod damage;
mod oracle;
mod quality;
mod spliced;
mod variants;

use super::*;
use jpeg_encoder::{ColorType, Encoder};
use moxcms::ColorProfile;
use thumbnailify_sdk::{Fit, Output, PixelFormat, Raster, Size};

/// A JPEG of two halves, the left and the right, each of one colour.
struct Halves<'a> {
    left: &'a [u8],
    right: &'a [u8],
    color: ColorType,
    set_up: fn(&mut Encoder<&mut Vec<u8>>),
}

const WIDTH: u16 = 64;
const HEIGHT: u16 = 32;

impl Halves<'_> {
    fn encoded(&self) -> Vec<u8> {
        let half = |color: &[u8]| color.repeat(usize::from(WIDTH / 2));
        let row = [half(self.left), half(self.right)].concat();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 95);
        (self.set_up)(&mut encoder);
        encoder
            .encode(&row.repeat(HEIGHT.into()), WIDTH, HEIGHT, self.color)
            .unwrap();
        bytes
    }

    fn check(&self, left: &[u8], right: &[u8]) {
        let raster = rendered(&self.encoded());
        assert_eq!(
            raster.size,
            Size {
                width: WIDTH.into(),
                height: HEIGHT.into()
            }
        );
        assert_close(pixel(&raster, 8, 16), left);
        assert_close(pixel(&raster, 56, 16), right);
    }
}

fn red_and_blue(set_up: fn(&mut Encoder<&mut Vec<u8>>)) -> Halves<'static> {
    Halves {
        left: &[250, 5, 5],
        right: &[5, 5, 250],
        color: ColorType::Rgb,
        set_up,
    }
}

fn render_at(bytes: &[u8], side: u32) -> Result<Picture, Failure> {
    let target = Size {
        width: side,
        height: side,
    };
    Jpeg::render(&bytes, &Request::still("image/jpeg", target))
}

fn rendered_at(bytes: &[u8], side: u32) -> Raster {
    match render_at(bytes, side).unwrap().output {
        Output::Still(raster) => raster,
        other => panic!("a JPEG is a still picture, not {other:?}"),
    }
}

fn render(bytes: &[u8]) -> Result<Picture, Failure> {
    render_at(bytes, 100)
}

fn rendered(bytes: &[u8]) -> Raster {
    rendered_at(bytes, 100)
}

fn pixel(raster: &Raster, x: usize, y: usize) -> &[u8] {
    let channels = raster.format.channels();
    &raster.pixels[(y * raster.size.width as usize + x) * channels..][..channels]
}

fn assert_close(pixel: &[u8], expected: &[u8]) {
    assert_eq!(pixel.len(), expected.len());
    let close = pixel
        .iter()
        .zip(expected)
        .all(|(sample, wanted)| sample.abs_diff(*wanted) < 8);
    assert!(close, "{pixel:?} is not {expected:?}");
}

#[test]
fn color_is_decoded() {
    red_and_blue(|_| {}).check(&[250, 5, 5], &[5, 5, 250]);
    red_and_blue(|encoder| encoder.set_progressive(true)).check(&[250, 5, 5], &[5, 5, 250]);
    red_and_blue(|encoder| encoder.set_restart_interval(1)).check(&[250, 5, 5], &[5, 5, 250]);
}

#[test]
fn gray_stays_gray() {
    let halves = Halves {
        left: &[30],
        right: &[220],
        color: ColorType::Luma,
        set_up: |_| {},
    };
    halves.check(&[30], &[220]);
    assert_eq!(rendered(&halves.encoded()).format, PixelFormat::Gray8);
}

#[test]
fn inks_become_colors() {
    for color in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let left = &[0, 255, 255, 0];
        let right = &[0, 0, 0, 128];
        Halves {
            left,
            right,
            color,
            set_up: |_| {},
        }
        .check(&[255, 0, 0], &[127, 127, 127]);
    }
}

#[test]
fn a_turned_picture_becomes_upright() {
    const ORIENTATION_6: &[u8] =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let bytes = Halves {
        set_up: |encoder| encoder.add_app_segment(1, ORIENTATION_6.to_vec()).unwrap(),
        ..red_and_blue(|_| {})
    }
    .encoded();
    let picture = render(&bytes).unwrap();
    assert_eq!(
        picture.source_size,
        Size {
            width: HEIGHT.into(),
            height: WIDTH.into()
        }
    );
    let raster = rendered(&bytes);
    assert_eq!(raster.size, picture.source_size);
    assert_close(pixel(&raster, 16, 8), &[250, 5, 5]);
    assert_close(pixel(&raster, 16, 56), &[5, 5, 250]);
}

#[test]
fn colors_of_a_profile_become_srgb() {
    let halves = Halves {
        left: &[120, 180, 120],
        right: &[128, 128, 128],
        color: ColorType::Rgb,
        set_up: |encoder| {
            let profile = ColorProfile::new_display_p3().encode().unwrap();
            encoder.add_icc_profile(&profile).unwrap();
        },
    };
    halves.check(&[101, 181, 115], &[128, 128, 128]);
}

#[test]
fn a_broken_profile_is_ignored() {
    red_and_blue(|encoder| encoder.add_icc_profile(&[7; 500]).unwrap())
        .check(&[250, 5, 5], &[5, 5, 250]);
}

fn budgeted(bytes: &[u8], target: (u32, u32), fit: Fit, max_bytes: u64) -> Raster {
    let (width, height) = target;
    let request = Request {
        fit,
        params: vec![("max-answer-bytes".into(), max_bytes.to_string())],
        ..Request::still("image/jpeg", Size { width, height })
    };
    match Jpeg::render(&bytes, &request).unwrap().output {
        Output::Still(raster) => raster,
        other => panic!("a JPEG is a still picture, not {other:?}"),
    }
}

#[test]
fn what_the_answer_may_take_is_kept_to() {
    let size = Size {
        width: 600,
        height: 400,
    };
    for (color, channels) in [(ColorType::Rgb, 3), (ColorType::Luma, 1)] {
        let bytes = oracle::encoded(&oracle::noise(size, channels), size, color, |_| {});
        let full = budgeted(&bytes, (192, 48), Fit::Cover, u64::MAX);
        for (target, fit) in [
            ((192, 48), Fit::Cover),
            ((30, 120), Fit::Cover),
            ((204, 204), Fit::Contain),
            ((290, 290), Fit::Fill),
        ] {
            let raster = budgeted(&bytes, target, fit, 400_000);
            let bytes = raster.pixels.len();
            assert!((40_000..=400_000).contains(&bytes), "{target:?}: {bytes}");
            let [small, large] =
                [&raster, &full].map(|raster| oracle::thumbnail(raster, size, 100));
            assert!(oracle::psnr(&small, &large) > 38.0, "{target:?}");
        }
    }
}
