use std::ops::Range;

use thumbnailify_sdk::{Failure, Size};

use crate::axis::{Axis, PARTS};
use crate::colors::{Colors, Rgba};
use crate::memory::blank;

/// The sum of some pixels: red, green and blue where they are opaque, and alpha.
type Sum = [u32; 4];

/// Averages the pixels of one row of boxes.
///
/// A pixel of a GIF is opaque or nothing, and nothing is all zeros, so plain sums are already weighted by alpha.
#[derive(Debug)]
pub(crate) struct Boxes {
    pub(crate) across: Axis,
    pub(crate) down: Axis,
    /// For each column, the sum over the rows of the boxes, each times the parts of it that lie in them; and one
    /// more, which is nothing.
    columns: Vec<Sum>,
}

impl Boxes {
    /// Prepares for a canvas that is shrunk to a raster.
    pub(crate) fn new(canvas: Size, raster: Size) -> Result<Self, Failure> {
        Ok(Self {
            across: Axis::new(canvas.width, raster.width),
            down: Axis::new(canvas.height, raster.height),
            columns: blank(canvas.width as usize + 1, canvas)?,
        })
    }

    /// How many boxes there are across and down.
    pub(crate) fn size(&self) -> Size {
        Size {
            width: self.across.len() as u32,
            height: self.down.len() as u32,
        }
    }

    /// Adds indices of a row from column `left` on, of which `parts` lie in the boxes.
    pub(crate) fn add_indices(
        &mut self,
        left: usize,
        indices: &[u8],
        table: &SumTable,
        parts: u32,
    ) {
        let columns = self.columns.iter_mut().skip(left).zip(indices);
        if parts == PARTS {
            columns.for_each(|(sum, index)| add(sum, table.whole[usize::from(*index)]));
        } else {
            columns.for_each(|(sum, index)| {
                add(sum, weighted(table.colors[usize::from(*index)], parts))
            });
        }
    }

    /// Adds pixels of a row from column `left` on, of which `parts` lie in the boxes.
    pub(crate) fn add_pixels(&mut self, left: usize, pixels: &[Rgba], parts: u32) {
        let columns = self.columns.iter_mut().skip(left).zip(pixels);
        if parts == PARTS {
            columns.for_each(|(sum, pixel)| add(sum, weighted(*pixel, PARTS)));
        } else {
            columns.for_each(|(sum, pixel)| add(sum, weighted(*pixel, parts)));
        }
    }

    /// Gives the averages of these boxes of the row, and makes their columns ready for the next one. Tells
    /// whether there is anything to be seen.
    pub(crate) fn take(&mut self, row: usize, boxes: &Range<usize>, averages: &mut [Rgba]) -> bool {
        let height = self.down.parts(row).len() as u32;
        let columns = self.across.pixels(boxes);
        let total = self.sum_up(&columns);
        let mut before = self.sum_before(self.across.parts(boxes.start).start);
        let mut area = Area::default();
        for (index, average) in boxes.clone().zip(averages) {
            let parts = self.across.parts(index);
            let sum = self.sum_before(parts.end);
            let inside = std::array::from_fn(|lane| sum[lane].wrapping_sub(before[lane]));
            area.set(height * (parts.end - parts.start));
            *average = area.average(inside);
            before = sum;
        }
        self.columns[columns.start..=columns.end].fill(Sum::default());
        total[3] > 0
    }

    /// Replaces each of these columns by the sum of those before it, and gives the sum of all.
    fn sum_up(&mut self, columns: &Range<usize>) -> Sum {
        let mut total = Sum::default();
        for column in &mut self.columns[columns.clone()] {
            let sum = *column;
            *column = total;
            add(&mut total, sum);
        }
        self.columns[columns.end] = total;
        total
    }

    /// The sum over the columns before a place, which may lie within one.
    #[inline]
    fn sum_before(&self, parts: u32) -> Sum {
        let (column, inside) = ((parts / PARTS) as usize, parts % PARTS);
        let before = self.columns[column];
        let after = if inside == 0 {
            before
        } else {
            self.columns[column + 1]
        };
        std::array::from_fn(|lane| {
            let whole = before[lane].wrapping_mul(PARTS);
            let part = after[lane].wrapping_sub(before[lane]) * inside;
            whole.wrapping_add(part)
        })
    }
}

/// The colours of an image as they are added up.
#[derive(Debug)]
pub(crate) struct SumTable {
    colors: [Rgba; 256],
    whole: Box<[Sum; 256]>,
}

impl SumTable {
    pub(crate) fn new(colors: &Colors) -> Self {
        let colors = *colors.all();
        Self {
            whole: Box::new(colors.map(|color| weighted(color, PARTS))),
            colors,
        }
    }
}

#[inline]
fn add(sum: &mut Sum, other: Sum) {
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum = sum.wrapping_add(other);
    }
}

#[inline]
fn weighted(color: Rgba, parts: u32) -> Sum {
    color.map(|sample| u32::from(sample) * parts)
}

/// The area of a box in parts. Most boxes of a row have that of the one before.
#[derive(Default, Debug)]
struct Area {
    parts: u32,
    /// One divided by it.
    scale: f32,
}

impl Area {
    #[inline]
    fn set(&mut self, parts: u32) {
        if parts != self.parts {
            *self = Self {
                parts,
                scale: 1.0 / parts as i32 as f32,
            };
        }
    }

    /// Divides alpha by the area, and the colours by alpha. Where there is nothing, that is 0 / 0, which becomes 0 as it
    /// should.
    #[inline]
    fn average(&self, sum: Sum) -> Rgba {
        if sum[3] == self.parts * u32::from(u8::MAX) {
            return scaled(sum, [self.scale; 4]);
        }
        let of_color = f32::from(u8::MAX) / sum[3] as i32 as f32;
        scaled(sum, [of_color, of_color, of_color, self.scale])
    }
}

/// The sums fit into 31 bits, and signed numbers are converted more quickly.
#[inline]
fn scaled(sum: Sum, scales: [f32; 4]) -> Rgba {
    std::array::from_fn(|lane| rounded(sum[lane] as i32 as f32 * scales[lane]))
}

/// Rounds a number from 0 to 255; what is not a number becomes 0.
///
/// Numbers from 32,768 on have eight bits for the fraction, so the whole number stands above them. To convert them would
/// take a look at each, for those that no integer can hold.
#[inline]
fn rounded(number: f32) -> u8 {
    (((1 << 15) as f32 + 0.5 + number).to_bits() >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_nearest() {
        for whole in 0..=u8::MAX {
            for part in [-0.5, -0.49, -0.01, 0.0, 0.01, 0.49] {
                let number = f32::from(whole) + part;
                assert_eq!(rounded(number.max(0.0)), whole, "{number}");
            }
        }
        assert_eq!(rounded(f32::NAN), 0);
    }
}
