//! What the components of a picture mean, and how they become colours.

use thumbnailify_sdk::{CmykToRgb, PixelFormat};

use crate::header::Header;

/// What the components stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ColorSpace {
    Gray,
    /// Light and two differences of colours (T.871, 7).
    YCbCr,
    Rgb,
    /// Inks, as Adobe stores them: 255 is no ink.
    Cmyk,
    /// The same, with the coloured inks as light and differences of colours.
    Ycck,
}

impl ColorSpace {
    /// Decides by what everyone looks at: the number of components, the segments of JFIF and Adobe, and
    /// last the names of the components.
    pub(crate) fn of(header: &Header, ids: &[u8]) -> Self {
        match (ids, header.adobe_transform) {
            ([_], _) => Self::Gray,
            ([_, _, _, _], Some(2)) => Self::Ycck,
            ([_, _, _, _], _) => Self::Cmyk,
            _ if header.has_jfif => Self::YCbCr,
            (_, Some(0)) => Self::Rgb,
            (_, None) if ids == b"RGB" => Self::Rgb,
            _ => Self::YCbCr,
        }
    }

    pub(crate) fn is_inks(self) -> bool {
        matches!(self, Self::Cmyk | Self::Ycck)
    }

    pub(crate) fn pixel_format(self) -> PixelFormat {
        if self == Self::Gray {
            PixelFormat::Gray8
        } else {
            PixelFormat::Rgb8
        }
    }
}

/// Turns rows of samples, as [`Planes`](crate::planes::Planes) has them, into rows of pixels.
pub(crate) struct Colors {
    space: ColorSpace,
    inks_to_rgb: Option<CmykToRgb>,
    inks: Vec<u8>,
}

impl Colors {
    /// The profile matters for inks alone; other colours are brought to sRGB once they are pixels.
    pub(crate) fn new(space: ColorSpace, profile: Option<&[u8]>) -> Self {
        Self {
            space,
            inks_to_rgb: space.is_inks().then(|| CmykToRgb::new(profile)),
            inks: Vec::new(),
        }
    }

    /// Appends a row of pixels.
    pub(crate) fn convert(&mut self, rows: &[&[i16]], pixels: &mut Vec<u8>) {
        match (rows, self.space) {
            ([light, blue, red], ColorSpace::YCbCr) => {
                append_rgb(light, blue, red, pixels);
            }
            ([red, green, blue], _) => {
                pixels.extend(triples(red, green, blue).flat_map(|pixel| pixel.map(byte)));
            }
            ([first, second, third, black], space) => {
                let inks = triples(first, second, third).zip(*black);
                let inks = inks.flat_map(|(colored, black)| {
                    let [cyan, magenta, yellow] = if space == ColorSpace::Ycck {
                        rgb(colored)
                    } else {
                        colored.map(|ink| 255 - byte(ink))
                    };
                    [cyan, magenta, yellow, 255 - byte(*black)]
                });
                self.inks.clear();
                self.inks.extend(inks);
                if let Some(inks_to_rgb) = &mut self.inks_to_rgb {
                    pixels.extend_from_slice(inks_to_rgb.convert(&self.inks));
                }
            }
            _ => pixels.extend(rows[0].iter().map(|sample| byte(*sample))),
        }
    }
}

/// Appends a row of pixels of light and two differences of colours, several at a time.
fn append_rgb(light: &[i16], blue: &[i16], red: &[i16], pixels: &mut Vec<u8>) {
    let start = pixels.len();
    pixels.resize(start + 3 * light.len(), 0);
    let (eights, rest) = pixels[start..].as_chunks_mut::<24>();
    let rows = [light, blue, red].map(|row| row.as_chunks::<8>());
    let [light, blue, red] = rows.map(|(eights, _)| eights);
    let inputs = light.iter().zip(blue).zip(red);
    for (pixels, ((light, blue), red)) in eights.iter_mut().zip(inputs) {
        *pixels = interleaved(eight_rgb(light, blue, red));
    }
    let [light, blue, red] = rows.map(|(_, rest)| rest);
    let (pixels, _) = rest.as_chunks_mut::<3>();
    for (pixel, samples) in pixels.iter_mut().zip(triples(light, blue, red)) {
        *pixel = rgb(samples);
    }
}

/// Eight pixels, color by color.
#[inline(always)]
fn eight_rgb(light: &[i16; 8], blue: &[i16; 8], red: &[i16; 8]) -> [[u8; 8]; 3] {
    let mut colors = [[0; 8]; 3];
    for x in 0..8 {
        let [r, g, b] = rgb([light[x], blue[x], red[x]]);
        (colors[0][x], colors[1][x], colors[2][x]) = (r, g, b);
    }
    colors
}

/// Eight pixels, one after the other.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn interleaved(colors: [[u8; 8]; 3]) -> [u8; 24] {
    use core::arch::wasm32::{i8x16_shuffle, u64x2, u64x2_extract_lane};
    let [red, green, blue] = colors.map(u64::from_le_bytes);
    let (reds_greens, blues) = (u64x2(red, green), u64x2(blue, 0));
    let first =
        i8x16_shuffle::<0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5>(reds_greens, blues);
    let last =
        i8x16_shuffle::<13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0>(reds_greens, blues);
    let words = [
        u64x2_extract_lane::<0>(first),
        u64x2_extract_lane::<1>(first),
        u64x2_extract_lane::<0>(last),
    ];
    let mut pixels = [0; 24];
    for (bytes, word) in pixels.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    pixels
}

/// Eight pixels, one after the other.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
fn interleaved(colors: [[u8; 8]; 3]) -> [u8; 24] {
    std::array::from_fn(|index| colors[index % 3][index / 3])
}

fn triples<'r>(
    first: &'r [i16],
    second: &'r [i16],
    third: &'r [i16],
) -> impl Iterator<Item = [i16; 3]> + 'r {
    let others = second.iter().zip(third);
    first
        .iter()
        .zip(others)
        .map(|(first, (second, third))| [*first, *second, *third])
}

/// Samples have three bits of fraction and their middle is 0.
#[inline(always)]
fn byte(sample: i16) -> u8 {
    ((i32::from(sample) + (128 << 3) + 4) >> 3).clamp(0, 255) as u8
}

/// The inverse transform of JFIF (T.871, 7), with 14 bits of fraction.
#[inline(always)]
fn rgb([light, blue, red]: [i16; 3]) -> [u8; 3] {
    let [light, blue, red] = [light, blue, red].map(i32::from);
    let light = (light << 14) + (128 << 17) + (1 << 16);
    [
        light + 22_970 * red,
        light - 5_638 * blue - 11_700 * red,
        light + 29_032 * blue,
    ]
    .map(|color| (color >> 17).clamp(0, 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_those_of_jfif() {
        let sample = |value: i16| (value - 128) * 8;
        for [light, blue, red] in [
            [76, 85, 255],
            [150, 44, 21],
            [29, 255, 107],
            [128, 128, 128],
        ] {
            let [y, b, r] = [light, blue, red].map(f64::from);
            let expected = [
                y + 1.402 * (r - 128.0),
                y - 0.344_136 * (b - 128.0) - 0.714_136 * (r - 128.0),
                y + 1.772 * (b - 128.0),
            ];
            assert_eq!(
                rgb([light, blue, red].map(sample)),
                expected.map(|color| color.round() as u8)
            );
        }
    }

    #[test]
    fn samples_out_of_range_are_clamped() {
        for sample in [i16::MIN, i16::MAX] {
            let end = if sample < 0 { 0 } else { 255 };
            assert_eq!(byte(sample), end);
            assert_eq!(rgb([sample, 0, 0]), [end; 3]);
            let _ = rgb([sample; 3]);
        }
    }
}
