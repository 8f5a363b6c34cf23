use super::{PARTS, Scatter, boxes, edge, reserved, stand_ins};
use crate::{Failure, PixelFormat, Raster, Size};

/// The most memory that the sums may take.
const MAX_SUMS_BYTES: usize = 256 << 20;

/// For each pixel of a raster the sums of what came for it. A pixel that came twice counts twice.
#[derive(Debug)]
pub(super) struct Summed {
    source: Size,
    raster: Size,
    format: PixelFormat,
    /// Where columns and rows of boxes begin, in parts of a pixel, and where the last ones end.
    columns: Vec<u64>,
    rows: Vec<u64>,
    /// For each box the sums of its channels and the area that they come from.
    sums: Vec<[u64; 5]>,
}

impl Summed {
    pub(super) fn new(source: Size, raster: Size, format: PixelFormat) -> Result<Self, Failure> {
        let too_large = || Failure::too_large(source);
        let count = usize::try_from(raster.pixels()).map_err(|_| too_large())?;
        if count > MAX_SUMS_BYTES / size_of::<[u64; 5]>() {
            return Err(too_large());
        }
        let mut sums = reserved(count, source)?;
        sums.resize(count, [0; 5]);
        let edges = |source, count| {
            (0..=count)
                .map(|index| edge(index, source, count))
                .collect()
        };
        Ok(Self {
            source,
            raster,
            format,
            columns: edges(source.width, raster.width),
            rows: edges(source.height, raster.height),
            sums,
        })
    }

    pub(super) fn push(&mut self, place: Scatter, pixels: &[u8]) {
        if place.y >= self.source.height {
            return;
        }
        let top = u64::from(place.y) * PARTS;
        // The last row of boxes that does not begin below.
        let row = self.rows.partition_point(|edge| *edge <= top) - 1;
        let bottom = top + PARTS;
        let edge = self.rows[row + 1].min(bottom);
        self.push_part(row, edge - top, place, pixels);
        if edge < bottom {
            self.push_part(row + 1, bottom - edge, place, pixels);
        }
    }

    /// Adds pixels to one row of boxes, in which so many parts of them lie.
    fn push_part(&mut self, row: usize, height: u64, place: Scatter, pixels: &[u8]) {
        let width = self.raster.width as usize;
        let Some(sums) = self.sums.get_mut(row * width..(row + 1) * width) else {
            return;
        };
        let (columns, step) = (&self.columns, place.step.max(1) as usize);
        let mut column = 0;
        let lefts = (place.x as usize..self.source.width as usize).step_by(step);
        for (x, pixel) in lefts.zip(pixels.chunks_exact(self.format.channels())) {
            let left = x as u64 * PARTS;
            let right = left + PARTS;
            while columns[column + 1] <= left {
                column += 1;
            }
            let edge = columns[column + 1].min(right);
            add(&mut sums[column], pixel, height * (edge - left));
            if edge < right {
                add(&mut sums[column + 1], pixel, height * (right - edge));
            }
        }
    }

    pub(super) fn finish(self) -> Raster {
        let mut pixels = Vec::with_capacity(self.sums.len() * self.format.channels());
        for row in 0..self.raster.height {
            for column in 0..self.raster.width {
                let pixel = self.pixel(self.covered(column, row));
                match self.format {
                    PixelFormat::Gray8 => pixels.push(pixel[0]),
                    PixelFormat::Rgb8 => pixels.extend_from_slice(&pixel[..3]),
                    PixelFormat::Rgba8 => pixels.extend_from_slice(&pixel),
                }
            }
        }
        Raster {
            size: self.raster,
            format: self.format,
            pixels,
        }
    }

    fn pixel(&self, [first, second, third, alpha, area]: [u64; 5]) -> [u8; 4] {
        if self.format == PixelFormat::Rgba8 {
            return boxes::weighed_average([first, second, third, alpha], area.max(1));
        }
        let [first, second, third] =
            [first, second, third].map(|sum| boxes::rounded(sum, area.max(1)));
        [first, second, third, u8::MAX]
    }

    /// The sums of this box or of the one that stands for it.
    fn covered(&self, column: u32, row: u32) -> [u64; 5] {
        let own = self.sums_at(column, row);
        if own[4] > 0 {
            return own;
        }
        let x = first_pixel(&self.columns, column);
        let y = first_pixel(&self.rows, row);
        for (x, y) in stand_ins(x, y) {
            let column = box_at(&self.columns, x);
            let sums = self.sums_at(column, box_at(&self.rows, y));
            if sums[4] > 0 {
                return sums;
            }
        }
        own
    }

    fn sums_at(&self, column: u32, row: u32) -> [u64; 5] {
        let index = row as usize * self.raster.width as usize + column as usize;
        self.sums.get(index).copied().unwrap_or_default()
    }
}

fn add(sums: &mut [u64; 5], pixel: &[u8], area: u64) {
    match *pixel {
        [gray] => sums[0] += u64::from(gray) * area,
        [red, green, blue] => {
            for (sum, sample) in sums.iter_mut().zip([red, green, blue]) {
                *sum += u64::from(sample) * area;
            }
        }
        [red, green, blue, alpha] => {
            let weight = u64::from(alpha) * area;
            for (sum, sample) in sums.iter_mut().zip([red, green, blue]) {
                *sum += u64::from(sample) * weight;
            }
            sums[3] += weight;
        }
        _ => {}
    }
    sums[4] += area;
}

/// The pixel in which a box begins.
fn first_pixel(edges: &[u64], index: u32) -> u64 {
    edges.get(index as usize).map_or(0, |edge| edge / PARTS)
}

/// The box in which a pixel begins.
fn box_at(edges: &[u64], pixel: u64) -> u32 {
    let behind = edges.partition_point(|edge| *edge <= pixel * PARTS);
    behind.saturating_sub(1) as u32
}
