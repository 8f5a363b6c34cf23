use thumbnailify_sdk::{Failure, PixelFormat, Raster, Size};

use crate::axis::overlap;
use crate::boxes::Boxes;
use crate::canvas::Canvas;
use crate::colors::Rgba;
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
            pixels: vec![Rgba::default(); pixel_count],
        })
    }

    /// The most that a raster takes.
    pub(crate) fn raster_bytes(&self) -> usize {
        self.pixels.len() * size_of::<Rgba>()
    }

    /// What is to be seen now.
    pub(crate) fn take(&mut self, canvas: &mut Canvas) -> Raster {
        let changes = canvas.changes();
        for row in self.boxes.down.boxes(&changes.lines()) {
            let lines = self.boxes.down.pixels(&(row..row + 1));
            let columns = changes.columns(lines);
            if !columns.is_empty() {
                self.shrink(canvas, row, &self.boxes.across.boxes(&columns));
            }
        }
        canvas.forget_changes();
        packed(self.boxes.size(), &self.pixels)
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
