//! Writes GIF files by hand, proper ones and others.

use std::collections::HashMap;

/// A file in the making.
pub(super) struct Writer(pub(super) Vec<u8>);

/// An image; see the fields of `crate::blocks::Image`.
#[derive(Clone)]
pub(super) struct TestImage {
    pub(super) left: u16,
    pub(super) top: u16,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) disposal: u8,
    pub(super) delay: u16,
    pub(super) transparent: Option<u8>,
    pub(super) palette: Option<Vec<u8>>,
    pub(super) is_interlaced: bool,
    pub(super) indices: Vec<u8>,
}

impl TestImage {
    pub(super) fn new(width: u16, indices: &[u8]) -> Self {
        Self {
            left: 0,
            top: 0,
            width,
            height: indices.len() as u16 / width.max(1),
            disposal: 1,
            delay: 5,
            transparent: None,
            palette: None,
            is_interlaced: false,
            indices: indices.to_vec(),
        }
    }
}

impl Writer {
    /// `palette` is empty, or has as many colours as a power of two.
    pub(super) fn new(width: u16, height: u16, palette: &[u8]) -> Self {
        let mut file = b"GIF89a".to_vec();
        file.extend_from_slice(&width.to_le_bytes());
        file.extend_from_slice(&height.to_le_bytes());
        file.extend_from_slice(&[palette_flags(palette), 0, 0]);
        file.extend_from_slice(palette);
        Self(file)
    }

    pub(super) fn bytes(mut self, more: &[u8]) -> Self {
        self.0.extend_from_slice(more);
        self
    }

    pub(super) fn control(self, image: &TestImage) -> Self {
        let flags = image.disposal << 2 | u8::from(image.transparent.is_some());
        let [low, high] = image.delay.to_le_bytes();
        let index = image.transparent.unwrap_or(0);
        self.bytes(&[0x21, 0xF9, 4, flags, low, high, index, 0])
    }

    pub(super) fn descriptor(self, image: &TestImage) -> Self {
        let palette = image.palette.clone().unwrap_or_default();
        let flags = palette_flags(&palette) | u8::from(image.is_interlaced) << 6;
        let numbers = [image.left, image.top, image.width, image.height];
        self.bytes(&[0x2C])
            .bytes(&numbers.map(u16::to_le_bytes).concat())
            .bytes(&[flags])
            .bytes(&palette)
    }

    pub(super) fn image(self, image: &TestImage) -> Self {
        self.image_with(image, 8, &Lzw::default())
    }

    pub(super) fn image_with(self, image: &TestImage, min_code_size: u8, lzw: &Lzw) -> Self {
        self.control(image)
            .descriptor(image)
            .bytes(&[min_code_size])
            .sub_blocks(&lzw.encoded(min_code_size, &image.indices))
    }

    pub(super) fn sub_blocks(mut self, data: &[u8]) -> Self {
        for block in data.chunks(255) {
            self = self.bytes(&[block.len() as u8]).bytes(block);
        }
        self.bytes(&[0])
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.bytes(&[0x3B]).0
    }
}

fn palette_flags(palette: &[u8]) -> u8 {
    match palette.len() / 3 {
        0 => 0,
        colors => 0x80 | (colors.ilog2() as u8).saturating_sub(1),
    }
}

/// How data is compressed.
pub(super) struct Lzw {
    pub(super) has_first_clear: bool,
    pub(super) has_end: bool,
    /// A table that is full may be kept for as long as one likes.
    pub(super) clears_when_full: bool,
}

impl Default for Lzw {
    fn default() -> Self {
        Self {
            has_first_clear: true,
            has_end: true,
            clears_when_full: true,
        }
    }
}

impl Lzw {
    pub(super) fn encoded(&self, min_code_size: u8, indices: &[u8]) -> Vec<u8> {
        let clear = 1_u16 << min_code_size;
        let mut bits = BitWriter::default();
        let mut table: HashMap<(u16, u8), u16> = HashMap::new();
        let (mut next, mut width) = (clear + 2, u32::from(min_code_size) + 1);
        if self.has_first_clear {
            bits.put(clear, width);
        }
        let mut string: Option<u16> = None;
        for index in indices {
            let Some(code) = string else {
                string = Some((*index).into());
                continue;
            };
            if let Some(longer) = table.get(&(code, *index)) {
                string = Some(*longer);
                continue;
            }
            bits.put(code, width);
            string = Some((*index).into());
            // The decoder is one code behind, so the width follows the code before this one.
            if next < 4096 {
                if u32::from(next) == 1 << width && width < 12 {
                    width += 1;
                }
                table.insert((code, *index), next);
                next += 1;
            } else if self.clears_when_full {
                bits.put(clear, width);
                table.clear();
                (next, width) = (clear + 2, u32::from(min_code_size) + 1);
            }
        }
        if let Some(code) = string {
            bits.put(code, width);
            if u32::from(next) == 1 << width && width < 12 {
                width += 1;
            }
        }
        if self.has_end {
            bits.put(clear + 1, width);
        }
        bits.finish()
    }
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    waiting: u32,
    count: u32,
}

impl BitWriter {
    fn put(&mut self, code: u16, width: u32) {
        self.waiting |= u32::from(code) << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.waiting as u8);
            self.waiting >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.waiting as u8);
        }
        self.bytes
    }
}
