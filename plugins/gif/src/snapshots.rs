use std::ops::Range;

use thumbnailify_sdk::{Failure, PixelFormat, Raster, Size};

use crate::axis::overlap;
use crate::boxes::Boxes;
use crate::canvas::Canvas;
use crate::colors::Rgba;
use crate::memory::blank;
use crate::opaque::packed;

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
            pixels: blank(pixel_count, canvas.size())?,
        })
    }

    /// The most that a raster takes.
    pub(crate) fn raster_bytes(&self) -> u64 {
        (self.pixels.len() * size_of::<Rgba>()) as u64
    }

    /// What is to be seen now, and how many pixels of the canvas were looked at for it.
    pub(crate) fn take(&mut self, canvas: &mut Canvas) -> (Raster, u64) {
        let changes = canvas.changes();
        let mut pixels = 0;
        for row in self.boxes.down.boxes(&changes.lines()) {
            let lines = self.boxes.down.pixels(&(row..row + 1));
            let columns = changes.columns(lines);
            if !columns.is_empty() {
                pixels += self.shrink(canvas, row, &self.boxes.across.boxes(&columns));
            }
        }
        canvas.forget_changes();
        (packed(self.boxes.size(), &self.pixels), pixels)
    }

    /// Shrinks some boxes of a row anew, and gives the number of pixels that they touch.
    fn shrink(&mut self, canvas: &Canvas, row: usize, across: &Range<usize>) -> u64 {
        let columns = self.boxes.across.pixels(across);
        let lines = self.boxes.down.pixels(&(row..row + 1));
        let parts = self.boxes.down.parts(row);
        for line in lines.clone() {
            let pixels = canvas.pixels(line, columns.clone());
            self.boxes
                .add_pixels(columns.start, pixels, overlap(line, &parts));
        }
        let width = self.boxes.across.len();
        let averages = &mut self.pixels[row * width..][across.clone()];
        self.boxes.take(row, across, averages);
        columns.len() as u64 * lines.len() as u64
    }
}
