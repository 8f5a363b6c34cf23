use thumbnailify_sdk::{Failure, PixelFormat, Raster, Size};

use crate::axis::overlap;
use crate::boxes::Boxes;
use crate::canvas::Canvas;
use crate::colors::Rgba;

/// Shrinks the canvas again and again, each time only where it has changed.
#[derive(Debug)]
pub(crate) struct Snapshots {
    boxes: Boxes,
    pixels: Vec<Rgba>,
}

impl Snapshots {
    /// Prepares for an untouched canvas.
    pub(crate) fn new(canvas: &Canvas, raster: Size) -> Result<Self, Failure> {
        let boxes = Boxes::new(canvas.size(), raster)?;
        let pixel_count = Raster::byte_len(boxes.size(), PixelFormat::Rgba8)? / 4;
        Ok(Self {
            boxes,
            pixels: vec![Rgba::default(); pixel_count],
        })
    }

    pub(crate) fn raster_bytes(&self) -> usize {
        self.pixels.len() * size_of::<Rgba>()
    }

    /// What is to be seen now.
    pub(crate) fn take(&mut self, canvas: &mut Canvas) -> Raster {
        let changed = canvas.take_changed();
        if !changed.is_empty() {
            let across = self.boxes.across.boxes(&changed.columns);
            for row in self.boxes.down.boxes(&changed.lines) {
                self.shrink(canvas, row, &across);
            }
        }
        Raster {
            size: self.boxes.size(),
            format: PixelFormat::Rgba8,
            pixels: self.pixels.as_flattened().to_vec(),
        }
    }

    fn shrink(&mut self, canvas: &Canvas, row: usize, across: &std::ops::Range<usize>) {
        let columns = self.boxes.across.pixels(across);
        let parts = self.boxes.down.parts(row);
        for line in self.boxes.down.pixels(&(row..row + 1)) {
            let pixels = canvas.pixels(line, columns.clone());
            self.boxes
                .add_pixels(columns.start, pixels, overlap(line, &parts));
        }
        let width = self.boxes.across.len();
        let averages = &mut self.pixels[row * width..][across.clone()];
        self.boxes.take(row, across, averages);
    }
}
