use thumbnailify_sdk::{Failure, PixelFormat, Raster, Size};

use crate::axis::PARTS;
use crate::boxes::{Boxes, SumTable};
use crate::colors::Rgba;
use crate::memory::blank;
use crate::opaque::packed;

/// Shrinks one image while it is decoded, from indices straight to sums: no canvas is held.
#[derive(Debug)]
pub(crate) struct Stream {
    boxes: Boxes,
    pixels: Vec<Rgba>,
    /// The row of boxes that is being filled.
    row: usize,
    is_row_empty: bool,
    is_visible: bool,
}

impl Stream {
    pub(crate) fn new(canvas: Size, raster: Size) -> Result<Self, Failure> {
        let boxes = Boxes::new(canvas, raster)?;
        let pixel_count = Raster::byte_len(boxes.size(), PixelFormat::Rgba8)? / 4;
        Ok(Self {
            boxes,
            pixels: blank(pixel_count, canvas)?,
            row: 0,
            is_row_empty: true,
            is_visible: false,
        })
    }

    /// Takes indices of a line of the canvas from column `left` on. Lines come from the top down.
    pub(crate) fn push(&mut self, line: u32, left: usize, indices: &[u8], table: &SumTable) {
        let (mut top, bottom) = (line * PARTS, (line + 1) * PARTS);
        while top < bottom && self.row < self.boxes.down.len() {
            let edge = self.boxes.down.parts(self.row).end;
            if edge > top {
                let parts = edge.min(bottom) - top;
                self.boxes.add_indices(left, indices, table, parts);
                self.is_row_empty = false;
                top += parts;
            }
            if edge <= top {
                self.end_row();
            }
        }
    }

    /// The raster, or nothing where every pixel is transparent. What never came is transparent.
    pub(crate) fn finish(mut self) -> (Raster, bool) {
        self.end_row();
        let raster = packed(self.boxes.size(), &self.pixels);
        (raster, self.is_visible)
    }

    fn end_row(&mut self) {
        let width = self.boxes.across.len();
        if !self.is_row_empty {
            let averages = &mut self.pixels[self.row * width..][..width];
            self.is_visible |= self.boxes.take(self.row, &(0..width), averages);
        }
        self.is_row_empty = true;
        self.row += 1;
    }
}
