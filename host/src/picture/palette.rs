use std::collections::BTreeMap;

use super::raster::{PixelFormat, Raster};

/// The most colours that a byte tells apart.
const COLORS_MAX: usize = 256;

/// A picture of few colours, each pixel a place in a list of them.
#[derive(PartialEq, Debug)]
pub(super) struct Indexed {
    /// Bits of a pixel: 1, 2, 4 or 8.
    pub(super) bits: usize,
    /// Red, green and blue of each colour; those that are not opaque come first.
    pub(super) colors: Vec<u8>,
    /// The alpha of each colour that is not opaque.
    pub(super) alphas: Vec<u8>,
    /// Rows of packed pixels from the top down, each padded to whole bytes.
    pub(super) rows: Vec<u8>,
}

impl Indexed {
    /// Indexes a picture of colours. `None` where it has too many, and where it is grey with more than 16:
    /// then a place in a list is no shorter than the grey itself.
    pub(super) fn of(raster: &Raster) -> Option<Self> {
        let limit = match raster.format() {
            PixelFormat::Gray8 => 16,
            PixelFormat::Rgb8 | PixelFormat::Rgba8 => COLORS_MAX,
        };
        let channels = raster.format().channels();
        let pixels = raster.pixels().chunks_exact(channels).map(color);
        let places = places(pixels.clone(), limit)?;
        let bits = match places.len() {
            0..=2 => 1,
            3..=4 => 2,
            5..=16 => 4,
            _ => 8,
        };
        let indices: Vec<u8> = pixels
            .filter_map(|color| places.get(&color).copied())
            .collect();
        let width = usize::try_from(raster.size().width).ok()?;
        let rows = indices.chunks_exact(width);
        Some(Self {
            bits,
            colors: places.keys().flat_map(|color| color.channels).collect(),
            alphas: alphas(&places),
            rows: rows.flat_map(|row| packed(row, bits)).collect(),
        })
    }
}

/// A colour. What is not opaque sorts before what is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rgba {
    alpha: u8,
    channels: [u8; 3],
}

fn color(pixel: &[u8]) -> Rgba {
    match *pixel {
        [red, green, blue, alpha] => Rgba {
            alpha,
            channels: [red, green, blue],
        },
        [red, green, blue] => Rgba {
            alpha: u8::MAX,
            channels: [red, green, blue],
        },
        _ => Rgba {
            alpha: u8::MAX,
            channels: [pixel.first().copied().unwrap_or(0); 3],
        },
    }
}

/// Gives each colour its place, if there are no more than `limit`.
fn places(pixels: impl Iterator<Item = Rgba>, limit: usize) -> Option<BTreeMap<Rgba, u8>> {
    let mut places = BTreeMap::new();
    let mut last = None;
    for color in pixels {
        // Most pixels are like the one before.
        if last.replace(color) != Some(color) {
            places.insert(color, 0);
            if places.len() > limit {
                return None;
            }
        }
    }
    for (place, index) in places.values_mut().zip(0..=u8::MAX) {
        *place = index;
    }
    Some(places)
}

fn alphas(places: &BTreeMap<Rgba, u8>) -> Vec<u8> {
    let alphas = places.keys().map(|color| color.alpha);
    alphas.take_while(|alpha| *alpha < u8::MAX).collect()
}

/// Packs the pixels of a row, the leftmost into the highest bits (PNG specification, section 7.2).
fn packed(row: &[u8], bits: usize) -> impl Iterator<Item = u8> {
    row.chunks(8 / bits).map(move |pixels| {
        let places = pixels.iter().zip(1_usize..);
        places.fold(0, |byte, (index, place)| byte | index << (8 - bits * place))
    })
}

#[cfg(test)]
mod tests {
    use super::super::raster::Size;
    use super::*;

    fn indexed(width: u32, format: PixelFormat, pixels: &[u8]) -> Option<Indexed> {
        let height = u32::try_from(pixels.len() / format.channels()).unwrap() / width;
        Indexed::of(&Raster::new(Size { width, height }, format, pixels.to_vec()).unwrap())
    }

    #[test]
    fn what_is_transparent_comes_first_and_rows_are_padded() {
        let pixels = [[1, 2, 3, 255], [9, 9, 9, 0], [1, 2, 3, 255]].concat();
        let expected = Indexed {
            bits: 1,
            colors: vec![9, 9, 9, 1, 2, 3],
            alphas: vec![0],
            rows: vec![0b1010_0000],
        };
        assert_eq!(indexed(3, PixelFormat::Rgba8, &pixels), Some(expected));
    }

    #[test]
    fn pixels_take_as_few_bits_as_they_can() {
        let grays = |count: u8| (0..count).map(|gray| gray * 5).collect::<Vec<_>>();
        let bits = |count| indexed(1, PixelFormat::Gray8, &grays(count)).map(|found| found.bits);
        assert_eq!([1, 2, 3, 4, 5, 16].map(bits), [1, 1, 2, 2, 4, 4].map(Some));
        assert_eq!(bits(17), None);
        let found = indexed(5, PixelFormat::Gray8, &grays(5)).unwrap();
        assert_eq!(found.rows, [0x01, 0x23, 0x40]);
    }

    #[test]
    fn a_byte_tells_256_colours_apart() {
        let colors = |count: u16| {
            (0..count).flat_map(|color| {
                let [high, low] = color.to_be_bytes();
                [high, low, 7]
            })
        };
        let found = |count| indexed(1, PixelFormat::Rgb8, &colors(count).collect::<Vec<_>>());
        let full = found(256).unwrap();
        assert_eq!((full.bits, full.colors.len()), (8, 768));
        assert_eq!(full.rows, (0..=255).collect::<Vec<u8>>());
        assert_eq!(found(257), None);
    }
}
