use std::ops::Range;

use crate::request::MAX_REDUCTION;
use crate::{Failure, PixelFormat, Raster, Size};

/// Shrinks a picture while it is decoded: takes it row by row and averages boxes of whole pixels.
///
/// It holds one row of sums and the small raster, never the picture. Alpha weighs the colours, so that what
/// hides under transparent pixels does not bleed into visible ones.
#[derive(Debug)]
pub struct Shrink {
    source: Size,
    raster: Raster,
    /// For each sample of a source row, the sum over the rows of the box that is being filled.
    sums: Vec<u32>,
    rows_taken: u32,
    rows_in_box: u32,
    rows_done: u32,
}

impl Shrink {
    /// Prepares to shrink a picture of size `source` to `raster`, as [`Request::raster_size`] gave it.
    ///
    /// A box has at most 256 x 256 pixels; where that is too little, the raster gets larger than asked for.
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
        let sums = if size == source {
            0
        } else {
            source.width as usize * format.channels()
        };
        let mut shrink = Self {
            source,
            raster: Raster {
                size,
                format,
                pixels,
            },
            sums: reserved(sums, source)?,
            rows_taken: 0,
            rows_in_box: 0,
            rows_done: 0,
        };
        shrink.sums.resize(sums, 0);
        Ok(shrink)
    }

    /// Takes the next row from the top down; rows beyond the height are dropped.
    pub fn push_row(&mut self, row: &[u8]) {
        if self.rows_taken == self.source.height {
            return;
        }
        self.rows_taken += 1;
        if self.raster.size == self.source {
            self.raster
                .pixels
                .extend_from_slice(&row[..row.len().min(self.raster.row_len())]);
            return;
        }
        self.add(row);
        self.rows_in_box += 1;
        if self.rows_taken
            == edge(
                self.rows_done + 1,
                self.source.height,
                self.raster.size.height,
            )
        {
            self.close_box();
        }
    }

    /// Gives the raster back. Rows that never came are black, or transparent where there is alpha.
    #[must_use]
    pub fn finish(mut self) -> Raster {
        let bytes = self.raster.row_len() * self.raster.size.height as usize;
        self.raster.pixels.resize(bytes, 0);
        self.raster
    }

    fn add(&mut self, row: &[u8]) {
        match self.raster.format {
            PixelFormat::Gray8 | PixelFormat::Rgb8 => {
                for (sum, sample) in self.sums.iter_mut().zip(row) {
                    *sum += u32::from(*sample);
                }
            }
            PixelFormat::Rgba8 => {
                let sums = self.sums.as_chunks_mut::<4>().0;
                for (sums, pixel) in sums.iter_mut().zip(row.as_chunks::<4>().0) {
                    let [red, green, blue, alpha] = pixel.map(u32::from);
                    let weighted = [red * alpha, green * alpha, blue * alpha, alpha];
                    for (sum, sample) in sums.iter_mut().zip(weighted) {
                        *sum += sample;
                    }
                }
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
        self.rows_in_box = 0;
        self.rows_done += 1;
    }

    fn emit<const CHANNELS: usize>(&mut self, average: fn([u32; CHANNELS], u32) -> [u8; CHANNELS]) {
        let columns = self.sums.as_chunks::<CHANNELS>().0;
        for boxed in boxes(self.source.width, self.raster.size.width) {
            let pixels = boxed.len() as u32 * self.rows_in_box;
            let mut total = [0; CHANNELS];
            for column in &columns[boxed] {
                for (total, sum) in total.iter_mut().zip(column) {
                    *total += sum;
                }
            }
            self.raster
                .pixels
                .extend_from_slice(&average(total, pixels));
        }
    }
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

/// Where box number `index` begins, when `source` pixels are spread evenly over `count` boxes.
fn edge(index: u32, source: u32, count: u32) -> u32 {
    (u64::from(index) * u64::from(source) / u64::from(count)) as u32
}

fn boxes(source: u32, count: u32) -> impl Iterator<Item = Range<usize>> {
    let edge = move |index| edge(index, source, count) as usize;
    (0..count).map(move |index| edge(index)..edge(index + 1))
}

fn average<const CHANNELS: usize>(total: [u32; CHANNELS], pixels: u32) -> [u8; CHANNELS] {
    total.map(|total| rounded(total, pixels))
}

fn weighted_average([red, green, blue, alpha]: [u32; 4], pixels: u32) -> [u8; 4] {
    if alpha == 0 {
        return [0; 4];
    }
    let [red, green, blue] = average([red, green, blue], alpha);
    [red, green, blue, rounded(alpha, pixels)]
}

fn rounded(total: u32, count: u32) -> u8 {
    ((total + count / 2) / count) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture in which every sample differs from its neighbours.
    fn picture(size: Size, channels: usize) -> Vec<u8> {
        let samples = size.pixels() as usize * channels;
        (0..samples).map(|n| (n * 7919 % 256) as u8).collect()
    }

    fn shrunk(source: Size, raster: Size, format: PixelFormat, pixels: &[u8]) -> Raster {
        let mut shrink = Shrink::new(source, raster, format).unwrap();
        for row in pixels.chunks(source.width as usize * format.channels()) {
            shrink.push_row(row);
        }
        shrink.finish()
    }

    /// The same by floating point, pixel by pixel.
    fn reference(source: Size, raster: Size, channels: usize, pixels: &[u8]) -> Vec<u8> {
        let mut expected = Vec::new();
        for down in boxes(source.height, raster.height) {
            for across in boxes(source.width, raster.width) {
                expected.extend(mean(
                    &down,
                    &across,
                    source.width as usize,
                    channels,
                    pixels,
                ));
            }
        }
        expected
    }

    fn mean(
        down: &Range<usize>,
        across: &Range<usize>,
        width: usize,
        channels: usize,
        pixels: &[u8],
    ) -> Vec<u8> {
        let mut sums = [0.0; 4];
        let mut weight = 0.0;
        for at in down
            .clone()
            .flat_map(|y| across.clone().map(move |x| y * width + x))
        {
            let pixel = &pixels[at * channels..][..channels];
            let alpha = if channels == 4 {
                f64::from(pixel[3])
            } else {
                1.0
            };
            weight += alpha;
            for (sum, sample) in sums.iter_mut().zip(&pixel[..channels.min(3)]) {
                *sum += f64::from(*sample) * alpha;
            }
        }
        let mut mean: Vec<u8> = sums[..channels.min(3)]
            .iter()
            .map(|sum| (sum / weight).round() as u8)
            .collect();
        if channels == 4 {
            mean.push((weight / (down.len() * across.len()) as f64).round() as u8);
        }
        mean
    }

    fn check(source: (u32, u32), raster: (u32, u32)) {
        let source = Size {
            width: source.0,
            height: source.1,
        };
        let raster = Size {
            width: raster.0,
            height: raster.1,
        };
        for format in [PixelFormat::Gray8, PixelFormat::Rgb8, PixelFormat::Rgba8] {
            let pixels = picture(source, format.channels());
            let shrunk = shrunk(source, raster, format, &pixels);
            let expected = reference(source, raster, format.channels(), &pixels);
            assert_eq!(shrunk.size, raster);
            assert!(
                shrunk.pixels == expected,
                "{source:?} {raster:?} {format:?}"
            );
        }
    }

    #[test]
    fn boxes_are_averaged() {
        check((8, 6), (4, 3));
        check((600, 400), (200, 134));
        check((1001, 7), (201, 7));
        check((2500, 2), (209, 2));
        check((3, 700), (1, 3));
    }

    #[test]
    fn what_is_small_enough_is_kept_to_the_byte() {
        let size = Size {
            width: 5,
            height: 3,
        };
        let pixels = picture(size, 4);
        assert_eq!(
            shrunk(size, size, PixelFormat::Rgba8, &pixels).pixels,
            pixels
        );
        let larger = Size {
            width: 50,
            height: 30,
        };
        assert_eq!(shrunk(size, larger, PixelFormat::Rgba8, &pixels).size, size);
    }

    #[test]
    fn the_largest_box_does_not_overflow() {
        let source = Size {
            width: 256,
            height: 512,
        };
        let white = vec![255; source.pixels() as usize * 4];
        let tiny = Size {
            width: 1,
            height: 1,
        };
        let raster = shrunk(source, tiny, PixelFormat::Rgba8, &white);
        assert_eq!(
            raster.size,
            Size {
                width: 1,
                height: 2
            }
        );
        assert_eq!(raster.pixels, [255; 8]);
    }

    #[test]
    fn rows_that_never_came_are_transparent() {
        let size = Size {
            width: 1,
            height: 4,
        };
        let mut shrink = Shrink::new(
            size,
            Size {
                width: 1,
                height: 2,
            },
            PixelFormat::Rgba8,
        )
        .unwrap();
        shrink.push_row(&[9, 9, 9, 255]);
        shrink.push_row(&[9, 9, 9, 255]);
        shrink.push_row(&[9, 9, 9, 255]);
        assert_eq!(shrink.finish().pixels, [9, 9, 9, 255, 0, 0, 0, 0]);
    }

    #[test]
    fn a_picture_without_pixels_is_refused() {
        let nothing = Size {
            width: 0,
            height: 4,
        };
        assert!(Shrink::new(nothing, nothing, PixelFormat::Gray8).is_err());
    }
}
