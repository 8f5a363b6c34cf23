use crate::picture::raster::{PixelFormat, Raster};

/// Red, green and blue.
pub(super) type Rgb = [u8; 3];

/// What GIF can show: a colour, or nothing.
pub(super) type Pixel = Option<Rgb>;

/// GIF knows on and off only; from here on a pixel is on.
const OPAQUE_FROM_ALPHA: u8 = 128;

/// The pixels of a frame, with alpha on or off.
pub(super) fn pixels(raster: &Raster) -> Vec<Pixel> {
    let pixels = raster.pixels().chunks_exact(raster.format().channels());
    match raster.format() {
        PixelFormat::Gray8 => pixels.map(|gray| Some([gray[0]; 3])).collect(),
        PixelFormat::Rgb8 => pixels.map(|rgb| Some([rgb[0], rgb[1], rgb[2]])).collect(),
        PixelFormat::Rgba8 => pixels
            .map(|rgba| (rgba[3] >= OPAQUE_FROM_ALPHA).then_some([rgba[0], rgba[1], rgba[2]]))
            .collect(),
    }
}

/// How far two colours are from each other: the sum of squares.
pub(super) fn distance(one: Rgb, other: Rgb) -> u32 {
    let square = |lane: usize| u32::from(one[lane].abs_diff(other[lane])).pow(2);
    square(0) + square(1) + square(2)
}
