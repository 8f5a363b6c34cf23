use std::ops::Range;

use thumbnailify_sdk::{Failure, Size};

use crate::area::Area;
use crate::blocks::{Disposal, Image};
use crate::changes::Changes;
use crate::colors::Rgba;
use crate::drawing::draw;
use crate::memory::{blank, reserved};

/// The canvas has four bytes a pixel, and what an image covers may have to be kept beside it.
const MAX_PIXELS: u64 = 32 << 20;

/// What the viewer sees: images drawn one over the other, each disposed of in its own way.
#[derive(Debug)]
pub(crate) struct Canvas {
    size: Size,
    pixels: Vec<Rgba>,
    last: Option<Drawn>,
    changes: Changes,
}

/// What must happen to the last image before the next one is drawn.
#[derive(Debug)]
struct Drawn {
    area: Area,
    disposal: Disposal,
    covered: Vec<Rgba>,
}

impl Canvas {
    /// Whether a canvas of this size fits into memory.
    pub(crate) fn is_possible(size: Size) -> bool {
        size.pixels() <= MAX_PIXELS
    }

    /// Starts with nothing but transparency, as browsers do; the background colour of the file is ignored.
    pub(crate) fn new(size: Size) -> Result<Self, Failure> {
        if !Self::is_possible(size) {
            return Err(Failure::too_large(size));
        }
        Ok(Self {
            size,
            pixels: blank(size.pixels() as usize, size)?,
            last: None,
            changes: Changes::new(size.height as usize),
        })
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    /// Disposes of the image before, and prepares for the rows of this one.
    ///
    /// # Errors
    ///
    /// Without memory for what the image covers the canvas is too large.
    pub(crate) fn begin(&mut self, image: &Image) -> Result<(), Failure> {
        self.dispose_of_last();
        let area = image.area(self.size);
        let covered = match image.disposal {
            Disposal::Restore => self.copy_of(&area)?,
            Disposal::Keep | Disposal::Clear => Vec::new(),
        };
        self.last = Some(Drawn {
            area,
            disposal: image.disposal,
            covered,
        });
        Ok(())
    }

    /// Draws a row of the image; what lies beyond the canvas is cut off.
    pub(crate) fn draw_row(&mut self, image: &Image, row: u32, indices: &[u8]) {
        let line = image.top + row;
        if line >= self.size.height || image.left >= self.size.width {
            return;
        }
        let (left, line) = (image.left as usize, line as usize);
        let changed = draw(&mut self.line_mut(line)[left..], indices, &image.colors);
        self.changes
            .add(line, left + changed.start..left + changed.end);
    }

    /// What has changed since [`Self::forget_changes`].
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    pub(crate) fn forget_changes(&mut self) {
        self.changes.clear();
    }

    pub(crate) fn pixels(&self, line: usize, columns: Range<usize>) -> &[Rgba] {
        let start = line * self.size.width as usize;
        &self.pixels[start..][columns]
    }

    fn line_mut(&mut self, line: usize) -> &mut [Rgba] {
        let width = self.size.width as usize;
        &mut self.pixels[line * width..][..width]
    }

    fn dispose_of_last(&mut self) {
        let Some(drawn) = self.last.take() else {
            return;
        };
        let Area { columns, lines } = drawn.area.clone();
        match drawn.disposal {
            Disposal::Keep => return,
            Disposal::Clear => {
                lines.for_each(|line| self.line_mut(line)[columns.clone()].fill(Rgba::default()))
            }
            Disposal::Restore => {
                let covered = drawn.covered.chunks_exact(columns.len().max(1));
                for (line, covered) in lines.zip(covered) {
                    self.line_mut(line)[columns.clone()].copy_from_slice(covered);
                }
            }
        }
        self.changes.add_area(&drawn.area);
    }

    fn copy_of(&self, area: &Area) -> Result<Vec<Rgba>, Failure> {
        let mut copy = reserved(area.pixels() as usize, self.size)?;
        for line in area.lines.clone() {
            copy.extend_from_slice(self.pixels(line, area.columns.clone()));
        }
        Ok(copy)
    }
}
