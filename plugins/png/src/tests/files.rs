//! Files of every kind, made chunk by chunk.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use thumbnailify_sdk::Size;

use crate::chunk::SIGNATURE;
use crate::crc::Crc;
use crate::interlace;

/// What `IHDR` is to say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) size: (u32, u32),
    pub(crate) color: u8,
    pub(crate) depth: u8,
    pub(crate) is_interlaced: bool,
}

/// Every colour type with every depth (table 8).
pub(crate) const COLORS_AND_DEPTHS: [(u8, u8); 15] = [
    (0, 1),
    (0, 2),
    (0, 4),
    (0, 8),
    (0, 16),
    (2, 8),
    (2, 16),
    (3, 1),
    (3, 2),
    (3, 4),
    (3, 8),
    (4, 8),
    (4, 16),
    (6, 8),
    (6, 16),
];

impl Kind {
    pub(crate) fn gray(width: u32, height: u32) -> Self {
        Self {
            size: (width, height),
            color: 0,
            depth: 8,
            is_interlaced: false,
        }
    }

    pub(crate) fn rgba(width: u32, height: u32) -> Self {
        Self {
            color: 6,
            ..Self::gray(width, height)
        }
    }

    pub(crate) fn pixel_bits(self) -> usize {
        let channels = match self.color {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        channels * usize::from(self.depth)
    }

    fn row_bytes(self, width: u32) -> usize {
        (width as usize * self.pixel_bits()).div_ceil(8)
    }

    pub(crate) fn header(self) -> Vec<u8> {
        let (width, height) = self.size;
        let mut data = [width.to_be_bytes(), height.to_be_bytes()].concat();
        data.extend([self.depth, self.color, 0, 0, self.is_interlaced.into()]);
        chunk(b"IHDR", &data)
    }

    /// Unpacked rows of all passes with all filters, of any bytes.
    pub(crate) fn rows(self, mut byte: impl FnMut() -> u8) -> Vec<u8> {
        let size = Size {
            width: self.size.0,
            height: self.size.1,
        };
        let passes: Vec<Size> = if self.is_interlaced {
            interlace::passes(size).map(|pass| pass.size).collect()
        } else {
            vec![size]
        };
        let mut rows = Vec::new();
        for pass in passes {
            for y in 0..pass.height {
                // Mostly the last one, as encoders choose for photos.
                rows.push([4, 4, 4, 4, 4, 4, 0, 1, 2, 3, 4, 4, 3][y as usize % 13]);
                rows.extend((0..self.row_bytes(pass.width)).map(|_| byte()));
            }
        }
        rows
    }

    /// A file with these unpacked rows, and these chunks between the header and them.
    pub(crate) fn file(self, chunks: &[Vec<u8>], rows: &[u8]) -> Vec<u8> {
        let pixels = chunk(b"IDAT", &packed(rows));
        file(&[&[self.header()], chunks, &[pixels]].concat())
    }
}

/// The signature, chunks, and the end.
pub(crate) fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    [SIGNATURE.to_vec(), chunks.concat(), chunk(b"IEND", b"")].concat()
}

pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let crc = Crc::of(kind).with(data).value().to_be_bytes();
    let length = (data.len() as u32).to_be_bytes();
    [&length, kind.as_slice(), data, &crc].concat()
}

pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    packed_with(bytes, Compression::default())
}

pub(crate) fn packed_with(bytes: &[u8], compression: Compression) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), compression);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that look random, and are the same in each run.
pub(crate) fn noise(mut state: u64) -> impl FnMut() -> u8 {
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    }
}

/// Bytes as filtered photos have them: mostly near zero.
pub(crate) fn residues(seed: u64) -> impl FnMut() -> u8 {
    let mut noise = noise(seed);
    move || {
        let (byte, size) = (noise(), noise());
        byte % (1 << (size % 6)) / 2
    }
}
