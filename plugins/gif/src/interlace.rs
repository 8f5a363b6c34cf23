use thumbnailify_sdk::Failure;

use crate::area::Area;
use crate::blocks::Image;
use crate::memory::blank;

/// The largest interlaced image, at one byte a pixel; any other is held row by row.
const MAX_BYTES: u64 = 64 << 20;

/// Where each row is, in the order in which rows come (`GIF89a`, appendix E, for those that are interlaced).
pub(crate) fn row_numbers(image: &Image) -> impl Iterator<Item = u32> + use<> {
    const ONE_PASS: &[(u32, usize)] = &[(0, 1)];
    const INTERLACED: &[(u32, usize)] = &[(0, 8), (4, 8), (2, 4), (1, 2)];
    let passes = if image.is_interlaced {
        INTERLACED
    } else {
        ONE_PASS
    };
    let height = image.height;
    passes
        .iter()
        .flat_map(move |(first, step)| (*first..height).step_by(*step))
}

/// Puts the rows of an interlaced image in order.
#[derive(Debug)]
pub(crate) struct Interlaced {
    width: usize,
    indices: Vec<u8>,
    is_there: Vec<bool>,
}

impl Interlaced {
    /// Prepares for the part of the image that lies on the canvas.
    pub(crate) fn new(image: &Image, area: &Area) -> Result<Self, Failure> {
        if area.pixels() > MAX_BYTES {
            return Err(Failure::TooLarge(format!(
                "An interlaced GIF of {} x {} pixels is too large.",
                image.width, image.height
            )));
        }
        Ok(Self {
            width: area.columns.len(),
            indices: blank(area.pixels() as usize, image.size())?,
            is_there: vec![false; area.lines.len()],
        })
    }

    /// Takes a row, unless it is not a whole one.
    pub(crate) fn put(&mut self, row: u32, indices: &[u8]) {
        let row = row as usize;
        if row < self.is_there.len() && indices.len() >= self.width {
            self.is_there[row] = true;
            self.indices[row * self.width..][..self.width].copy_from_slice(&indices[..self.width]);
        }
    }

    /// The rows from the top down. A row that never came is as the one above it, as browsers show it while a
    /// file arrives.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let mut source = None;
        (0..)
            .zip(&self.is_there)
            .filter_map(move |(row, is_there)| {
                if *is_there {
                    source = Some(row as usize);
                }
                Some((row, &self.indices[source? * self.width..][..self.width]))
            })
    }
}
