//! Pictures made on the spot: smooth colours that survive lossy coding, with a mark in each corner that
//! tells which way is up.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::png::PngEncoder;
use image::{Delay, DynamicImage, Frame, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};

/// The colours of the corners of an upright picture: top left, top right, bottom left, bottom right.
pub const CORNERS: [[u8; 3]; 4] = [[220, 40, 40], [40, 180, 60], [50, 70, 210], [230, 210, 60]];

/// An upright picture: its corner quarters have the colours of [`CORNERS`], shaded a little.
#[must_use]
pub fn upright(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let corner = usize::from(x >= width.div_ceil(2)) + 2 * usize::from(y >= height.div_ceil(2));
        let shade = u8::try_from((x * 8 / width) ^ (y * 8 / height)).unwrap();
        Rgb(CORNERS[corner].map(|channel| channel - shade))
    })
}

/// A PNG file.
#[must_use]
pub fn png(width: u32, height: u32) -> Vec<u8> {
    encode_png(&upright(width, height).into())
}

/// A PNG file without two pixels alike, so that nothing makes it small: neither its file nor its thumbnail.
#[must_use]
pub fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let picture = RgbImage::from_fn(width, height, |_, _| {
        Rgb([(); 3].map(|()| {
            // Numerical Recipes' generator, of which the highest bits are the best.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        }))
    });
    encode_png(&picture.into())
}

/// A PNG file whose left half is transparent over a hidden colour.
#[must_use]
pub fn png_with_alpha(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbaImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgba([0, 0, 255, 0])
        } else {
            Rgba([250, 200, 20, 255])
        }
    });
    encode_png(&picture.into())
}

fn encode_png(picture: &DynamicImage) -> Vec<u8> {
    let mut file = Vec::new();
    let (width, height) = (picture.width(), picture.height());
    PngEncoder::new(&mut file)
        .write_image(picture.as_bytes(), width, height, picture.color().into())
        .unwrap();
    file
}

/// A baseline JPEG file.
#[must_use]
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encode_jpeg(&upright(width, height), None)
}

/// A JPEG file whose EXIF orientation (1 to 8) turns the stored pixels into an upright picture.
#[must_use]
pub fn jpeg_oriented(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let upright = DynamicImage::from(upright(width, height));
    // What a camera stores is what a viewer has to undo.
    let stored = match orientation {
        2 => upright.fliph(),
        3 => upright.rotate180(),
        4 => upright.flipv(),
        5 => upright.rotate90().fliph(),
        6 => upright.rotate270(),
        7 => upright.rotate90().flipv(),
        8 => upright.rotate90(),
        _ => upright,
    };
    encode_jpeg(&stored.into_rgb8(), Some(orientation))
}

fn encode_jpeg(picture: &RgbImage, orientation: Option<u8>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 92);
    if let Some(orientation) = orientation {
        encoder.add_exif_metadata(&exif(orientation)).unwrap();
    }
    let side = |pixels: u32| u16::try_from(pixels).unwrap();
    let (width, height) = (side(picture.width()), side(picture.height()));
    encoder
        .encode(
            picture.as_raw(),
            width,
            height,
            jpeg_encoder::ColorType::Rgb,
        )
        .unwrap();
    file
}

/// A TIFF structure with one entry, the orientation (EXIF 2.32, sections 4.5 and 4.6.4).
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

/// An animated GIF file whose frames have the colours of [`CORNERS`], each shown for its delay.
#[must_use]
pub fn animated_gif(width: u32, height: u32, delays_ms: &[u32]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for (place, &delay_ms) in delays_ms.iter().enumerate() {
        let [red, green, blue] = CORNERS[place % CORNERS.len()];
        let canvas = RgbaImage::from_pixel(width, height, Rgba([red, green, blue, 255]));
        let delay = Delay::from_numer_denom_ms(delay_ms, 1);
        encoder
            .encode_frame(Frame::from_parts(canvas, 0, 0, delay))
            .unwrap();
    }
    drop(encoder);
    file
}

/// Checks that frames are those of [`animated_gif`], made small, each with its delay.
pub fn assert_animated(frames: &[Frame], delays_ms: &[u32]) {
    assert_eq!(frames.len(), delays_ms.len());
    for (place, frame) in frames.iter().enumerate() {
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        assert_eq!(numerator / denominator, delays_ms[place]);
        let (x, y) = (frame.buffer().width() / 2, frame.buffer().height() / 2);
        let [red, green, blue, _] = frame.buffer().get_pixel(x, y).0;
        let color = CORNERS[place % CORNERS.len()];
        assert_near([red, green, blue], color, &format!("frame {place}"));
    }
}

/// Opens a file as any viewer would.
///
/// # Panics
/// It is no picture.
#[must_use]
pub fn open(file: &[u8]) -> DynamicImage {
    image::ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .unwrap()
        .decode()
        .unwrap()
}

/// Checks that the corners are where they are in an upright picture.
///
/// # Panics
/// A corner has another colour; the message says which.
pub fn assert_upright(picture: &DynamicImage) {
    let picture = picture.to_rgb8();
    let (right, bottom) = (picture.width() * 3 / 4, picture.height() * 3 / 4);
    let (left, top) = (picture.width() / 4, picture.height() / 4);
    for (place, (x, y)) in [(left, top), (right, top), (left, bottom), (right, bottom)]
        .into_iter()
        .enumerate()
    {
        assert_near(
            picture.get_pixel(x, y).0,
            CORNERS[place],
            &format!("corner {place}"),
        );
    }
}

/// Checks that two colours are about the same: shading and lossy coding change each channel a little.
///
/// # Panics
/// They are not.
pub fn assert_near(color: [u8; 3], expected: [u8; 3], what: &str) {
    const TOLERANCE: u8 = 24;
    let near = color
        .iter()
        .zip(expected)
        .all(|(channel, expected)| channel.abs_diff(expected) <= TOLERANCE);
    assert!(near, "{what}: {color:?} instead of about {expected:?}");
}
