use std::ops::Range;

use gif::{DisposalMethod, Frame};
use thumbnailify_sdk::{Failure, PixelFormat, Raster, Shrink, Size};

const CHANNELS: usize = 4;

/// The canvas has four bytes a pixel, and what a frame covered may have to be kept beside it.
const MAX_PIXELS: u64 = 32 << 20;

/// What the viewer sees: frames drawn one over the other, each disposed of in its own way.
#[derive(Debug)]
pub(crate) struct Canvas {
    size: Size,
    pixels: Vec<u8>,
    last: Option<Drawn>,
}

/// What must happen to the last frame before the next one is drawn.
#[derive(Debug)]
struct Drawn {
    area: Area,
    disposal: Disposal,
}

#[derive(Debug)]
enum Disposal {
    Keep,
    Clear,
    Restore(Vec<u8>),
}

impl Canvas {
    /// Starts with nothing but transparency, as browsers do; the background colour of the file is ignored.
    pub(crate) fn new(size: Size) -> Result<Self, Failure> {
        if size.pixels() > MAX_PIXELS {
            return Err(Failure::too_large(size));
        }
        let pixels = vec![0; Raster::byte_len(size, PixelFormat::Rgba8)?];
        Ok(Self {
            size,
            pixels,
            last: None,
        })
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    /// Disposes of the frame before and draws this one; what lies beyond the canvas is cut off.
    pub(crate) fn draw(&mut self, frame: &Frame<'_>, palette: &[u8]) {
        self.dispose_of_last();
        let area = Area::of(frame, self.size);
        let disposal = match frame.dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
            DisposalMethod::Background => Disposal::Clear,
            DisposalMethod::Previous => Disposal::Restore(self.copy_of(&area)),
        };
        let colors = colors(palette, frame.transparent);
        let indices = frame.buffer.chunks_exact(usize::from(frame.width).max(1));
        for (row, indices) in area.rows().zip(indices) {
            let pixels = self.pixels[row].as_chunks_mut::<CHANNELS>().0;
            for (pixel, index) in pixels.iter_mut().zip(indices) {
                if let Some(color) = colors[usize::from(*index)] {
                    *pixel = color;
                }
            }
        }
        self.last = Some(Drawn { area, disposal });
    }

    /// What is to be seen now, at the given size.
    pub(crate) fn shrunk(&self, raster_size: Size) -> Result<Raster, Failure> {
        let mut shrink = Shrink::new(self.size, raster_size, PixelFormat::Rgba8)?;
        let row_len = self.size.width as usize * CHANNELS;
        self.pixels
            .chunks_exact(row_len)
            .for_each(|row| shrink.push_row(row));
        Ok(shrink.finish())
    }

    fn dispose_of_last(&mut self) {
        let Some(Drawn { area, disposal }) = self.last.take() else {
            return;
        };
        match disposal {
            Disposal::Keep => {}
            Disposal::Clear => area.rows().for_each(|row| self.pixels[row].fill(0)),
            Disposal::Restore(before) => {
                let before = before.chunks_exact(area.row_len().max(1));
                for (row, before) in area.rows().zip(before) {
                    self.pixels[row].copy_from_slice(before);
                }
            }
        }
    }

    fn copy_of(&self, area: &Area) -> Vec<u8> {
        let mut copy = Vec::with_capacity(area.row_len() * area.lines.len());
        area.rows()
            .for_each(|row| copy.extend_from_slice(&self.pixels[row]));
        copy
    }
}

/// The part of the canvas that a frame covers.
#[derive(Clone, Debug)]
struct Area {
    columns: Range<usize>,
    lines: Range<usize>,
    canvas_width: usize,
}

impl Area {
    fn of(frame: &Frame<'_>, canvas: Size) -> Self {
        Self {
            columns: clipped(frame.left, frame.width, canvas.width),
            lines: clipped(frame.top, frame.height, canvas.height),
            canvas_width: canvas.width as usize,
        }
    }

    /// The bytes of each of its rows in the canvas.
    fn rows(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let Self {
            columns,
            lines,
            canvas_width,
        } = self.clone();
        lines.map(move |line| {
            let start = line * canvas_width;
            (start + columns.start) * CHANNELS..(start + columns.end) * CHANNELS
        })
    }

    fn row_len(&self) -> usize {
        self.columns.len() * CHANNELS
    }
}

fn clipped(offset: u16, length: u16, limit: u32) -> Range<usize> {
    let start = u32::from(offset).min(limit);
    let end = (u32::from(offset) + u32::from(length)).min(limit);
    start as usize..end as usize
}

/// The colour of each index; none where the canvas shows through.
fn colors(palette: &[u8], transparent: Option<u8>) -> [Option<[u8; CHANNELS]>; 256] {
    let mut colors = [None; 256];
    for (color, [red, green, blue]) in colors.iter_mut().zip(palette.as_chunks().0) {
        *color = Some([*red, *green, *blue, u8::MAX]);
    }
    if let Some(index) = transparent {
        colors[usize::from(index)] = None;
    }
    colors
}
