use super::{Scatter, reserved, stand_ins};
use crate::{Failure, PixelFormat, Raster, Size};

/// The pixels of a picture that is not shrunk.
#[derive(Debug)]
pub(super) struct Whole {
    raster: Raster,
    /// For each pixel whether it came.
    came: Vec<bool>,
}

impl Whole {
    pub(super) fn new(size: Size, format: PixelFormat) -> Result<Self, Failure> {
        let bytes = Raster::byte_len(size, format)?;
        let mut pixels = reserved(bytes, size)?;
        pixels.resize(bytes, 0);
        let count = bytes / format.channels();
        let mut came = reserved(count, size)?;
        came.resize(count, false);
        Ok(Self {
            raster: Raster {
                size,
                format,
                pixels,
            },
            came,
        })
    }

    pub(super) fn push(&mut self, place: Scatter, pixels: &[u8]) {
        match self.raster.format {
            PixelFormat::Gray8 => self.put::<1>(place, pixels),
            PixelFormat::Rgb8 => self.put::<3>(place, pixels),
            PixelFormat::Rgba8 => self.put::<4>(place, pixels),
        }
    }

    fn put<const CHANNELS: usize>(&mut self, place: Scatter, pixels: &[u8]) {
        let Size { width, height } = self.raster.size;
        if place.y >= height || place.x >= width {
            return;
        }
        let (width, row) = (width as usize, place.y as usize);
        let (from, to) = (row * width + place.x as usize, (row + 1) * width);
        let step = place.step.max(1) as usize;
        let targets = self.raster.pixels.as_chunks_mut::<CHANNELS>().0;
        let (Some(targets), Some(came)) = (targets.get_mut(from..to), self.came.get_mut(from..to))
        else {
            return;
        };
        let places = targets.iter_mut().zip(came).step_by(step);
        for ((target, came), pixel) in places.zip(pixels.as_chunks().0) {
            *target = *pixel;
            *came = true;
        }
    }

    pub(super) fn finish(mut self) -> Raster {
        if !self.came.iter().all(|came| *came) {
            self.fill_gaps();
        }
        self.raster
    }

    fn fill_gaps(&mut self) {
        let (width, channels) = (
            self.raster.size.width as usize,
            self.raster.format.channels(),
        );
        for index in 0..self.came.len() {
            if self.came[index] {
                continue;
            }
            let (x, y) = ((index % width) as u64, (index / width) as u64);
            let stand_in = stand_ins(x, y)
                .map(|(x, y)| y as usize * width + x as usize)
                .find(|index| self.came[*index]);
            if let Some(stand_in) = stand_in {
                let from = stand_in * channels;
                let pixels = &mut self.raster.pixels;
                pixels.copy_within(from..from + channels, index * channels);
            }
        }
    }
}
