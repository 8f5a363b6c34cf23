use std::ops::Range;

use thumbnailify_sdk::{Failure, PixelFormat, Raster, Scatter, Shrink, Size};

use super::control::{Blend, Disposal, FrameControl};

const CHANNELS: usize = 4;

/// The canvas has four bytes a pixel, and what a frame covers may have to be kept beside it.
const MAX_PIXELS: u64 = 32 << 20;

/// What the viewer sees: frames drawn one over the other, each disposed of in its own way.
#[derive(Debug)]
pub(super) struct Canvas {
    size: Size,
    pixels: Vec<u8>,
    current: Option<FrameControl>,
    /// What the current frame covers, if it must come back.
    covered: Vec<u8>,
}

impl Canvas {
    /// Starts with nothing but transparency (section 12.12).
    pub(super) fn new(size: Size) -> Result<Self, Failure> {
        if size.pixels() > MAX_PIXELS {
            return Err(Failure::too_large(size));
        }
        let bytes = Raster::byte_len(size, PixelFormat::Rgba8)?;
        let mut pixels = Vec::new();
        reserve(&mut pixels, bytes, size)?;
        pixels.resize(bytes, 0);
        Ok(Self {
            size,
            pixels,
            current: None,
            covered: Vec::new(),
        })
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Disposes of the frame before and prepares for this one, which must lie in the canvas.
    ///
    /// # Errors
    ///
    /// Too large is a canvas without memory for what the frame covers.
    pub(super) fn begin(&mut self, frame: FrameControl) -> Result<(), Failure> {
        self.dispose();
        if frame.disposal == Disposal::Restore {
            self.covered.clear();
            // Enough for every frame at once: growing would need room for the old and the new.
            reserve(&mut self.covered, self.pixels.len(), self.size)?;
            for row in rows(&frame, self.size) {
                self.covered.extend_from_slice(&self.pixels[row]);
            }
        }
        self.current = Some(frame);
        Ok(())
    }

    fn dispose(&mut self) {
        let Some(frame) = self.current.take() else {
            return;
        };
        let row_bytes = frame.size.width as usize * CHANNELS;
        match frame.disposal {
            Disposal::Keep => {}
            Disposal::Clear => rows(&frame, self.size).for_each(|row| self.pixels[row].fill(0)),
            Disposal::Restore => {
                let covered = self.covered.chunks_exact(row_bytes.max(1));
                for (row, covered) in rows(&frame, self.size).zip(covered) {
                    self.pixels[row].copy_from_slice(covered);
                }
            }
        }
    }

    /// Draws pixels of the current frame; the place is one in the frame.
    pub(super) fn put(&mut self, place: Scatter, pixels: &[u8], format: PixelFormat) {
        let Some(frame) = self.current else {
            return;
        };
        let Some(row) = rows(&frame, self.size).nth(place.y as usize) else {
            return;
        };
        let canvas = self.pixels[row].as_chunks_mut::<CHANNELS>().0.iter_mut();
        let canvas = canvas
            .skip(place.x as usize)
            .step_by(place.step.max(1) as usize);
        let pixels = pixels.chunks_exact(format.channels()).map(with_alpha);
        match frame.blend {
            Blend::Source => canvas.zip(pixels).for_each(|(under, pixel)| *under = pixel),
            Blend::Over => canvas
                .zip(pixels)
                .for_each(|(under, pixel)| *under = over(pixel, *under)),
        }
    }

    /// What is to be seen now, at the given size.
    pub(super) fn shrunk(&self, raster_size: Size) -> Result<Raster, Failure> {
        let mut shrink = Shrink::new(self.size, raster_size, PixelFormat::Rgba8)?;
        let row_bytes = self.size.width as usize * CHANNELS;
        let rows = self.pixels.chunks_exact(row_bytes);
        rows.for_each(|row| shrink.push_row(row));
        Ok(shrink.finish())
    }
}

fn reserve(pixels: &mut Vec<u8>, bytes: usize, size: Size) -> Result<(), Failure> {
    let reserved = pixels.try_reserve_exact(bytes);
    reserved.map_err(|_| Failure::too_large(size))
}

/// The bytes in the canvas of each row of a frame.
fn rows(frame: &FrameControl, canvas: Size) -> impl Iterator<Item = Range<usize>> + use<> {
    let (x, width) = (frame.x as usize, frame.size.width as usize);
    let canvas_width = canvas.width as usize;
    let lines = frame.y as usize..frame.y as usize + frame.size.height as usize;
    lines.map(move |line| {
        let start = line * canvas_width + x;
        start * CHANNELS..(start + width) * CHANNELS
    })
}

fn with_alpha(pixel: &[u8]) -> [u8; CHANNELS] {
    match *pixel {
        [red, green, blue, alpha] => [red, green, blue, alpha],
        [red, green, blue] => [red, green, blue, u8::MAX],
        _ => {
            let gray = pixel.first().copied().unwrap_or_default();
            [gray, gray, gray, u8::MAX]
        }
    }
}

/// One colour over another, both with straight alpha (section 13.16).
fn over(pixel: [u8; CHANNELS], under: [u8; CHANNELS]) -> [u8; CHANNELS] {
    match (pixel[3], under[3]) {
        (0, _) => under,
        (u8::MAX, _) | (_, 0) => pixel,
        (alpha, under_alpha) => {
            let weight = u32::from(alpha) * 255;
            let under_weight = u32::from(under_alpha) * (255 - u32::from(alpha));
            let total = weight + under_weight;
            let mixed = |channel: usize| {
                let sum =
                    u32::from(pixel[channel]) * weight + u32::from(under[channel]) * under_weight;
                ((sum + total / 2) / total) as u8
            };
            [mixed(0), mixed(1), mixed(2), ((total + 127) / 255) as u8]
        }
    }
}
