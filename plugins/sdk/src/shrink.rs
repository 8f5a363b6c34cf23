use crate::request::MAX_REDUCTION;
use crate::{Failure, PixelFormat, Raster, Size};

/// Shrinks a picture while it is decoded: takes it row by row and averages the area under each new pixel.
///
/// It holds one row of sums and the small raster, never the picture. Alpha weighs the colours, so that what
/// hides under transparent pixels does not bleed into visible ones.
#[derive(Debug)]
pub struct Shrink {
    source: Size,
    raster: Raster,
    /// For each sample of a source row, the weighted sum over the rows of the box that is being filled.
    sums: Vec<u32>,
    rows_taken: u32,
    boxes_done: u32,
}

impl Shrink {
    /// Prepares to shrink a picture of size `source` to `raster`, as [`Request::raster_size`] gave it.
    ///
    /// A box has at most 64 x 64 pixels; where that is too little, the raster gets larger than asked for.
    ///
    /// # Errors
    ///
    /// A picture without pixels is malformed, and one without memory for it too large.
    ///
    /// [`Request::raster_size`]: crate::Request::raster_size
    pub fn new(source: Size, raster: Size, format: PixelFormat) -> Result<Self, Failure> {
        if source.pixels() == 0 {
            return Err(Failure::Malformed("The picture has no pixels.".into()));
        }
        let size = Size {
            width: raster_side(source.width, raster.width),
            height: raster_side(source.height, raster.height),
        };
        let pixels = reserved(Raster::byte_len(size, format)?, source)?;
        let sum_count = if size == source {
            0
        } else {
            source.width as usize * format.channels()
        };
        let mut sums = reserved(sum_count, source)?;
        sums.resize(sum_count, 0);
        let raster = Raster {
            size,
            format,
            pixels,
        };
        Ok(Self {
            source,
            raster,
            sums,
            rows_taken: 0,
            boxes_done: 0,
        })
    }

    /// Takes the next row from the top down; rows beyond the height are dropped.
    pub fn push_row(&mut self, row: &[u8]) {
        if self.rows_taken == self.source.height {
            return;
        }
        if self.raster.size == self.source {
            self.raster
                .pixels
                .extend_from_slice(&row[..row.len().min(self.raster.row_len())]);
        } else {
            self.spread(row);
        }
        self.rows_taken += 1;
    }

    /// Gives the raster back. Rows that never came are black, or transparent where there is alpha.
    #[must_use]
    pub fn finish(mut self) -> Raster {
        let bytes = self.raster.row_len() * self.raster.size.height as usize;
        self.raster.pixels.resize(bytes, 0);
        self.raster
    }

    /// Adds a row to the box that it lies in, or to two boxes by how much of it lies in each.
    fn spread(&mut self, row: &[u8]) {
        let mut top = u64::from(self.rows_taken) * PARTS;
        let bottom = top + PARTS;
        while top < bottom {
            let edge = self.edge_below(self.boxes_done);
            self.add(row, (edge.min(bottom) - top) as u32);
            if edge <= bottom {
                self.close_box();
            }
            top = edge.min(bottom);
        }
    }

    fn add(&mut self, row: &[u8], weight: u32) {
        if self.raster.format != PixelFormat::Rgba8 {
            for (sum, sample) in self.sums.iter_mut().zip(row) {
                *sum += u32::from(*sample) * weight;
            }
            return;
        }
        let sums = self.sums.as_chunks_mut::<4>().0;
        for (sums, pixel) in sums.iter_mut().zip(row.as_chunks::<4>().0) {
            let [red, green, blue, alpha] = pixel.map(u32::from);
            let alpha = alpha * weight;
            for (sum, sample) in
                sums.iter_mut()
                    .zip([red * alpha, green * alpha, blue * alpha, alpha])
            {
                *sum += sample;
            }
        }
    }

    fn close_box(&mut self) {
        match self.raster.format {
            PixelFormat::Gray8 => self.emit(average::<1>),
            PixelFormat::Rgb8 => self.emit(average::<3>),
            PixelFormat::Rgba8 => self.emit(weighted_average),
        }
        self.sums.fill(0);
        self.boxes_done += 1;
    }

    fn emit<const CHANNELS: usize>(&mut self, average: fn([u64; CHANNELS], u64) -> [u8; CHANNELS]) {
        let top = edge(self.boxes_done, self.source.height, self.raster.size.height);
        let height = self.edge_below(self.boxes_done) - top;
        let columns = self.sums.as_chunks::<CHANNELS>().0;
        let mut left = 0;
        for index in 1..=self.raster.size.width {
            let right = edge(index, self.source.width, self.raster.size.width);
            let pixel = average(total(columns, left, right), height * (right - left));
            self.raster.pixels.extend_from_slice(&pixel);
            left = right;
        }
    }

    fn edge_below(&self, index: u32) -> u64 {
        edge(index + 1, self.source.height, self.raster.size.height)
    }
}

/// Lengths are counted in parts of a pixel, so that boxes need not begin where a pixel does.
const PARTS: u64 = 256;

/// The wanted side, but never larger than the source and never so small that sums overflow.
fn raster_side(source: u32, wanted: u32) -> u32 {
    wanted.clamp(source.div_ceil(MAX_REDUCTION), source)
}

fn reserved<T>(count: usize, source: Size) -> Result<Vec<T>, Failure> {
    let mut items = Vec::new();
    items
        .try_reserve_exact(count)
        .map_err(|_| Failure::too_large(source))?;
    Ok(items)
}

/// Where box number `index` begins, when `source` pixels are spread evenly over `count` boxes.
fn edge(index: u32, source: u32, count: u32) -> u64 {
    // In 128 bits, because a hostile header may give sides of 32 bits.
    (u128::from(index) * u128::from(source) * u128::from(PARTS) / u128::from(count)) as u64
}

/// The sum over the columns from `left` to `right`, both in parts of a pixel.
fn total<const CHANNELS: usize>(
    columns: &[[u32; CHANNELS]],
    left: u64,
    right: u64,
) -> [u64; CHANNELS] {
    let (first, end) = ((left / PARTS) as usize, right.div_ceil(PARTS) as usize);
    let mut total = [0; CHANNELS];
    let columns = &columns[first..end];
    for column in columns {
        add(&mut total, column, PARTS);
    }
    // What the first and the last column have outside of the box is taken away again.
    subtract(&mut total, &columns[0], left % PARTS);
    subtract(
        &mut total,
        &columns[columns.len() - 1],
        right.next_multiple_of(PARTS) - right,
    );
    total
}

fn add<const CHANNELS: usize>(total: &mut [u64; CHANNELS], column: &[u32; CHANNELS], weight: u64) {
    total
        .iter_mut()
        .zip(column)
        .for_each(|(total, sum)| *total += u64::from(*sum) * weight);
}

fn subtract<const CHANNELS: usize>(
    total: &mut [u64; CHANNELS],
    column: &[u32; CHANNELS],
    weight: u64,
) {
    total
        .iter_mut()
        .zip(column)
        .for_each(|(total, sum)| *total -= u64::from(*sum) * weight);
}

fn average<const CHANNELS: usize>(total: [u64; CHANNELS], area: u64) -> [u8; CHANNELS] {
    total.map(|total| rounded(total, area))
}

fn weighted_average([red, green, blue, alpha]: [u64; 4], area: u64) -> [u8; 4] {
    if alpha == 0 {
        return [0; 4];
    }
    let [red, green, blue] = average([red, green, blue], alpha);
    [red, green, blue, rounded(alpha, area)]
}

fn rounded(total: u64, count: u64) -> u8 {
    ((total + count / 2) / count) as u8
}

#[cfg(test)]
mod tests;
