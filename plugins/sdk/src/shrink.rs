mod boxes;
mod scattered;
mod sums;

use crate::request::MAX_REDUCTION;
use crate::{Failure, PixelFormat, Raster, Size};
use sums::{Samples, Sums};

pub use scattered::{Scatter, ScatteredShrink};

/// Shrinks a picture while it is decoded: takes it row by row and averages the area under each new pixel.
///
/// It holds one row of sums and the small raster, never the picture. Alpha weighs the colours, so that what
/// hides under transparent pixels does not bleed into visible ones.
#[derive(Debug)]
pub struct Shrink {
    source: Size,
    raster: Raster,
    samples: Samples,
    sums: Sums,
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
        let samples = match format {
            PixelFormat::Gray8 | PixelFormat::Rgb8 => Samples::Plain,
            PixelFormat::Rgba8 => Samples::WithAlpha,
        };
        Self::of_samples(source, raster, format, samples)
    }

    /// Prepares to take samples of 16 bits, the higher byte first. They are summed as they are, and rounded to 8
    /// bits only where the mean is taken.
    ///
    /// # Errors
    ///
    /// As [`Shrink::new`]; alpha of 16 bits is not supported.
    pub fn new_16_bit(source: Size, raster: Size, format: PixelFormat) -> Result<Self, Failure> {
        if format == PixelFormat::Rgba8 {
            let reason = "Alpha of 16 bits cannot be shrunk.";
            return Err(Failure::Unsupported(reason.into()));
        }
        Self::of_samples(source, raster, format, Samples::Wide)
    }

    fn of_samples(
        source: Size,
        raster: Size,
        format: PixelFormat,
        samples: Samples,
    ) -> Result<Self, Failure> {
        if source.pixels() == 0 {
            return Err(Failure::Malformed("The picture has no pixels.".into()));
        }
        let size = Size {
            width: raster_side(source.width, raster.width),
            height: raster_side(source.height, raster.height),
        };
        let pixels = reserved(Raster::byte_len(size, format)?, source)?;
        let row_bytes = source.width as usize * format.channels() * samples.bytes();
        let sum_count = if size == source { 0 } else { row_bytes };
        let raster = Raster {
            size,
            format,
            pixels,
        };
        Ok(Self {
            source,
            raster,
            samples,
            sums: Sums::new(sum_count, samples, source)?,
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
            self.keep(row);
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

    /// Gives the raster of a picture whose end is missing back: as RGBA, and transparent where no row came.
    #[must_use]
    pub fn finish_damaged(mut self) -> Raster {
        let end = u64::from(self.rows_taken) * PARTS;
        let top = edge(self.boxes_done, self.source.height, self.raster.size.height);
        if self.raster.size != self.source && end > top {
            self.close_box(end - top);
        }
        let mut raster = self.raster.into_rgba();
        let bytes = raster.row_len() * raster.size.height as usize;
        raster.pixels.resize(bytes, 0);
        raster
    }

    /// Takes a row of a picture that is small enough as it is.
    fn keep(&mut self, row: &[u8]) {
        let row_len = self.raster.row_len();
        let pixels = &mut self.raster.pixels;
        if self.samples == Samples::Wide {
            let samples = row.as_chunks().0.iter();
            pixels.extend(samples.map(|sample| narrowed(u16::from_be_bytes(*sample))));
        } else {
            pixels.extend_from_slice(&row[..row.len().min(row_len)]);
        }
    }

    /// Adds a row to the box that it lies in, or to two boxes by how much of it lies in each.
    fn spread(&mut self, row: &[u8]) {
        let mut top = u64::from(self.rows_taken) * PARTS;
        let bottom = top + PARTS;
        while top < bottom {
            let edge = self.edge_below();
            match edge.min(bottom) - top {
                PARTS => self.sums.add(row),
                part => self.sums.add_part(row, part as u32),
            }
            if edge <= bottom {
                let box_top = edge_of(self.boxes_done, self.source, self.raster.size);
                self.close_box(edge - box_top);
            }
            top = edge.min(bottom);
        }
    }

    /// Makes a row of new pixels of what was summed up over this height.
    fn close_box(&mut self, height: u64) {
        let (source, pixels) = (self.source.width, &mut self.raster.pixels);
        let columns = self.sums.columns();
        let area = height * self.samples.white();
        let width = self.raster.size.width;
        match self.raster.format {
            PixelFormat::Gray8 => boxes::average::<1>(columns, source, width, area, pixels),
            PixelFormat::Rgb8 => boxes::average::<3>(columns, source, width, area, pixels),
            PixelFormat::Rgba8 => boxes::average_of_colors(columns, source, width, area, pixels),
        }
        self.sums.clear();
        self.boxes_done += 1;
    }

    fn edge_below(&self) -> u64 {
        edge_of(self.boxes_done + 1, self.source, self.raster.size)
    }
}

/// Lengths are counted in parts of a pixel, so that boxes need not begin where a pixel does.
const PARTS: u64 = 256;

/// The sample of 8 bits that is nearest to one of 16.
fn narrowed(sample: u16) -> u8 {
    ((u32::from(sample) * 255 + 32_895) >> 16) as u8
}

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

/// Where row number `index` of boxes begins.
fn edge_of(index: u32, source: Size, raster: Size) -> u64 {
    edge(index, source.height, raster.height)
}

/// Where box number `index` begins, when `source` pixels are spread evenly over `count` boxes.
fn edge(index: u32, source: u32, count: u32) -> u64 {
    // In 128 bits, because a hostile header may give sides of 32 bits.
    (u128::from(index) * u128::from(source) * u128::from(PARTS) / u128::from(count)) as u64
}

#[cfg(test)]
mod tests;
