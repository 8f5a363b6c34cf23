mod unpack;

use thumbnailify_sdk::PixelFormat;

use crate::header::{ColorType, Header};
use crate::metadata::Metadata;
use unpack::Unpack;

/// Makes rows of a raster's layout of rows as the file has them (sections 7.2, 11.2.2 and 11.3.1.1).
#[derive(Debug)]
pub(crate) struct Expand {
    kind: Kind,
    row: Vec<u8>,
    /// Indices of less than 8 bits, one a byte.
    indices: Vec<u8>,
}

#[derive(Debug)]
enum Kind {
    /// The file's layout is that of a raster, or that with two bytes a sample.
    AsIs {
        format: PixelFormat,
        depth: u8,
    },
    /// Samples or indices of up to 8 bits, looked up.
    Gray {
        levels: Unpack,
    },
    Opaque {
        unpack: Option<Unpack>,
        colors: Box<[u32; 256]>,
    },
    Colors {
        unpack: Option<Unpack>,
        colors: Box<[u32; 256]>,
    },
    GrayAlpha {
        depth: u8,
    },
    Rgba16,
    /// One colour of 8 or 16 bits a sample is transparent.
    GrayKey {
        key: [u8; 2],
    },
    RgbKey {
        key: [u8; 3],
    },
    Rgb16Key {
        key: [u8; 6],
    },
}

impl Expand {
    /// Chooses how, by what the file says.
    pub(crate) fn new(header: Header, metadata: &Metadata) -> Self {
        Self {
            kind: Kind::of(header, metadata),
            row: Vec::new(),
            indices: Vec::new(),
        }
    }

    /// The layout of the rows that come out.
    pub(crate) fn format(&self) -> PixelFormat {
        match self.kind {
            Kind::AsIs { format, .. } => format,
            Kind::Gray { .. } => PixelFormat::Gray8,
            Kind::Opaque { .. } => PixelFormat::Rgb8,
            _ => PixelFormat::Rgba8,
        }
    }

    /// Whether the rows of [`Expand::row`] have two bytes a sample.
    pub(crate) fn is_wide(&self) -> bool {
        matches!(self.kind, Kind::AsIs { depth: 16, .. })
    }

    /// Expands a row of so many pixels. Wide samples stay wide where they need no other change.
    pub(crate) fn row<'a>(&'a mut self, stored: &'a [u8], width: usize) -> &'a [u8] {
        if let Kind::AsIs { .. } = self.kind {
            return stored;
        }
        self.make_row(stored, width);
        &self.row
    }

    /// Expands a row to samples of 8 bits.
    pub(crate) fn narrow_row<'a>(&'a mut self, stored: &'a [u8], width: usize) -> &'a [u8] {
        if !self.is_wide() {
            return self.row(stored, width);
        }
        narrow(stored, &mut self.row);
        &self.row
    }

    fn make_row(&mut self, stored: &[u8], width: usize) {
        let Self { kind, row, indices } = self;
        row.clear();
        match kind {
            Kind::AsIs { .. } => row.extend_from_slice(stored),
            Kind::Gray { levels } => levels.unpack(stored, width, row),
            Kind::Opaque { unpack, colors } => {
                let indices = unpacked(unpack.as_ref(), stored, width, indices);
                look_up_opaque(indices, colors, row);
            }
            Kind::Colors { unpack, colors } => {
                let indices = unpacked(unpack.as_ref(), stored, width, indices);
                each(indices, row, |[index]: &[u8; 1]| {
                    colors[usize::from(*index)].to_le_bytes()
                });
            }
            Kind::GrayAlpha { depth: 8 } => {
                each(stored, row, |[gray, alpha]: &[u8; 2]| {
                    [*gray, *gray, *gray, *alpha]
                });
            }
            Kind::GrayAlpha { .. } => each(stored, row, |[a, b, c, d]: &[u8; 4]| {
                let (gray, alpha) = (narrowed(&[*a, *b]), narrowed(&[*c, *d]));
                [gray, gray, gray, alpha]
            }),
            Kind::Rgba16 => narrow(stored, row),
            Kind::GrayKey { key } => each(stored, row, |sample: &[u8; 2]| {
                let gray = narrowed(sample);
                [gray, gray, gray, opaque_unless(sample == key)]
            }),
            Kind::RgbKey { key } => each(stored, row, |pixel: &[u8; 3]| {
                let [red, green, blue] = *pixel;
                [red, green, blue, opaque_unless(pixel == key)]
            }),
            Kind::Rgb16Key { key } => each(stored, row, |pixel: &[u8; 6]| {
                let [a, b, c, d, e, f] = *pixel;
                let [red, green, blue] = [[a, b], [c, d], [e, f]].map(|sample| narrowed(&sample));
                [red, green, blue, opaque_unless(pixel == key)]
            }),
        }
    }
}

impl Kind {
    fn of(header: Header, metadata: &Metadata) -> Self {
        let depth = header.depth;
        let key = metadata.transparency.as_slice();
        match (header.color, depth) {
            (ColorType::Gray, 16) => match key {
                [high, low] => Self::GrayKey { key: [*high, *low] },
                _ => Self::AsIs {
                    format: PixelFormat::Gray8,
                    depth,
                },
            },
            (ColorType::Gray, _) => Self::of_gray(depth, key),
            (ColorType::Indexed, _) => Self::of_palette(depth, &metadata.palette, key),
            (ColorType::Rgb, 8) => match key {
                // Only the lower bits of the two bytes count (section 11.3.1.1).
                [_, red, _, green, _, blue] => Self::RgbKey {
                    key: [*red, *green, *blue],
                },
                _ => Self::AsIs {
                    format: PixelFormat::Rgb8,
                    depth,
                },
            },
            (ColorType::Rgb, _) => match key.try_into() {
                Ok(key) => Self::Rgb16Key { key },
                Err(_) => Self::AsIs {
                    format: PixelFormat::Rgb8,
                    depth,
                },
            },
            (ColorType::GrayAlpha, _) => Self::GrayAlpha { depth },
            (ColorType::Rgba, 8) => Self::AsIs {
                format: PixelFormat::Rgba8,
                depth,
            },
            (ColorType::Rgba, _) => Self::Rgba16,
        }
    }

    fn of_gray(depth: u8, key: &[u8]) -> Self {
        let max = u8::MAX >> (8 - depth);
        let level = |sample: u8| (u32::from(sample.min(max)) * 255 / u32::from(max)) as u8;
        let [_, key] = *key else {
            return match depth {
                8 => Self::AsIs {
                    format: PixelFormat::Gray8,
                    depth,
                },
                _ => Self::Gray {
                    levels: Unpack::new(depth, level),
                },
            };
        };
        let color = |sample: usize| {
            let gray = level(sample as u8);
            u32::from_le_bytes([
                gray,
                gray,
                gray,
                opaque_unless(sample == usize::from(key & max)),
            ])
        };
        Self::Colors {
            unpack: Unpack::of_indices(depth),
            colors: Box::new(std::array::from_fn(color)),
        }
    }

    /// An index without a colour is opaque black, as libpng has it.
    fn of_palette(depth: u8, palette: &[[u8; 3]], alpha: &[u8]) -> Self {
        let color = |index: usize| {
            let [red, green, blue] = palette.get(index).copied().unwrap_or_default();
            u32::from_le_bytes([
                red,
                green,
                blue,
                alpha.get(index).copied().unwrap_or(u8::MAX),
            ])
        };
        let colors = Box::new(std::array::from_fn(color));
        let unpack = Unpack::of_indices(depth);
        if alpha.iter().all(|alpha| *alpha == u8::MAX) {
            Self::Opaque { unpack, colors }
        } else {
            Self::Colors { unpack, colors }
        }
    }
}

fn opaque_unless(is_key: bool) -> u8 {
    if is_key { 0 } else { u8::MAX }
}

/// The sample of 8 bits that is nearest to one of 16 (section 13.12).
fn narrowed(sample: &[u8; 2]) -> u8 {
    ((u32::from(u16::from_be_bytes(*sample)) * 255 + 32_895) >> 16) as u8
}

/// Samples of 16 bits as such of 8.
fn narrow(stored: &[u8], row: &mut Vec<u8>) {
    let samples = stored.as_chunks().0;
    row.resize(samples.len(), 0);
    for (narrow, sample) in row.iter_mut().zip(samples) {
        *narrow = narrowed(sample);
    }
}

fn unpacked<'a>(
    unpack: Option<&Unpack>,
    stored: &'a [u8],
    width: usize,
    indices: &'a mut Vec<u8>,
) -> &'a [u8] {
    match unpack {
        Some(unpack) => {
            unpack.unpack(stored, width, indices);
            indices
        }
        None => stored,
    }
}

/// One pixel of four bytes for each one of so many that is stored.
fn each<const BYTES: usize>(
    stored: &[u8],
    row: &mut Vec<u8>,
    pixel: impl Fn(&[u8; BYTES]) -> [u8; 4],
) {
    let pixels = stored.as_chunks::<BYTES>().0;
    row.resize(4 * pixels.len(), 0);
    for (out, stored) in row.as_chunks_mut().0.iter_mut().zip(pixels) {
        *out = pixel(stored);
    }
}

/// Looks indices of 8 bits up, four at a time, which are three words of four bytes then.
fn look_up_opaque(stored: &[u8], colors: &[u32; 256], row: &mut Vec<u8>) {
    row.resize(3 * stored.len(), 0);
    let color = |index: u8| colors[usize::from(index)] & 0xff_ffff;
    let (indices, last_indices) = stored.as_chunks::<4>();
    let (pixels, last_pixels) = row.as_chunks_mut::<12>();
    for (pixels, [a, b, c, d]) in pixels.iter_mut().zip(indices) {
        let [a, b, c, d] = [color(*a), color(*b), color(*c), color(*d)];
        let words = [a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8];
        for (bytes, word) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
    }
    for (pixel, index) in last_pixels
        .as_chunks_mut::<3>()
        .0
        .iter_mut()
        .zip(last_indices)
    {
        let [red, green, blue, _] = color(*index).to_le_bytes();
        *pixel = [red, green, blue];
    }
}
