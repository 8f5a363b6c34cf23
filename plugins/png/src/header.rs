use thumbnailify_sdk::{Failure, Size};

use crate::chunk::Chunks;

/// What `IHDR` says (section 11.2.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) size: Size,
    pub(crate) color: ColorType,
    /// Bits of a sample, or of an index into the palette.
    pub(crate) depth: u8,
    pub(crate) is_interlaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColorType {
    Gray,
    Rgb,
    Indexed,
    GrayAlpha,
    Rgba,
}

/// Sides have 31 bits (section 7.1).
pub(crate) const MAX_SIDE: u32 = i32::MAX as u32;

/// Images wider than this are not unpacked: each pixel of a row has sums of its own, whatever its depth.
const MAX_WIDTH: u32 = 1 << 20;

/// Rows longer than this are not unpacked: several of them are held at once.
const MAX_ROW_BYTES: u64 = 8 << 20;

impl Header {
    /// Reads the first chunk, which must be the header and undamaged, of an image whose rows can be held.
    pub(crate) fn read(chunks: &mut Chunks<'_>) -> Result<Self, Failure> {
        let malformed = || Failure::Malformed("The header of the PNG file is broken.".into());
        let is_header = chunks.next().is_some_and(|chunk| chunk.kind == *b"IHDR");
        let data = is_header.then(|| chunks.data(13)).flatten();
        let header = data
            .and_then(|data| Self::parsed(&data))
            .ok_or_else(malformed)?;
        header.row_bytes(header.size.width)?;
        Ok(header)
    }

    fn parsed(data: &[u8]) -> Option<Self> {
        let [
            w0,
            w1,
            w2,
            w3,
            h0,
            h1,
            h2,
            h3,
            depth,
            color,
            0,
            0,
            interlace,
        ] = *data
        else {
            return None;
        };
        let size = Size {
            width: u32::from_be_bytes([w0, w1, w2, w3]),
            height: u32::from_be_bytes([h0, h1, h2, h3]),
        };
        let are_sides_valid = [size.width, size.height]
            .iter()
            .all(|side| (1..=MAX_SIDE).contains(side));
        let color = ColorType::from_bytes(color, depth)?;
        (are_sides_valid && interlace <= 1).then_some(Self {
            size,
            color,
            depth,
            is_interlaced: interlace == 1,
        })
    }

    /// How many bits a pixel has.
    fn pixel_bits(self) -> u64 {
        self.color.channels() * u64::from(self.depth)
    }

    /// How many bytes a pixel has, as filters count it (section 9.2).
    pub(crate) fn pixel_bytes(self) -> usize {
        self.pixel_bits().div_ceil(8) as usize
    }

    /// How many bytes a row of so many pixels has.
    ///
    /// # Errors
    ///
    /// Too large is what would need too much memory.
    pub(crate) fn row_bytes(self, width: u32) -> Result<usize, Failure> {
        let bytes = (u64::from(width) * self.pixel_bits()).div_ceil(8);
        if bytes > MAX_ROW_BYTES || width > MAX_WIDTH {
            return Err(Failure::too_large(self.size));
        }
        Ok(bytes as usize)
    }
}

impl ColorType {
    /// The combinations of colour type and depth that are allowed (table 8).
    fn from_bytes(color: u8, depth: u8) -> Option<Self> {
        let (color, depths): (_, &[u8]) = match color {
            0 => (Self::Gray, &[1, 2, 4, 8, 16]),
            2 => (Self::Rgb, &[8, 16]),
            3 => (Self::Indexed, &[1, 2, 4, 8]),
            4 => (Self::GrayAlpha, &[8, 16]),
            6 => (Self::Rgba, &[8, 16]),
            _ => return None,
        };
        depths.contains(&depth).then_some(color)
    }

    fn channels(self) -> u64 {
        match self {
            Self::Gray | Self::Indexed => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}
