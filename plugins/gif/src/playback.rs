use thumbnailify_sdk::{Failure, Frame, Level, Raster, Request, Size, Thinning, log};

use crate::blocks::{Blocks, Image};
use crate::broken::Broken;
use crate::canvas::Canvas;
use crate::rows::RowDecoder;
use crate::snapshots::Snapshots;

/// All frames that are given back together; where they would be larger, there are fewer of them.
const MAX_RASTERS_BYTES: usize = 64 << 20;

/// All images that are drawn together; the rest is not played.
const MAX_DRAWN_PIXELS: u64 = 1 << 29;

/// Plays a file from its start.
#[derive(Debug)]
pub(crate) struct Player<'a> {
    blocks: Blocks<'a>,
    canvas: Canvas,
    decoder: RowDecoder,
    first: Option<Image>,
    drawn_pixels: u64,
    drawn_images: u64,
    is_over: bool,
    is_first_cut_off: bool,
}

impl<'a> Player<'a> {
    /// Takes a file of which the first image, but not its data, is read.
    pub(crate) fn new(blocks: Blocks<'a>, first: Image, canvas: Size) -> Result<Self, Failure> {
        Ok(Self {
            blocks,
            canvas: Canvas::new(canvas)?,
            decoder: RowDecoder::new(),
            first: Some(first),
            drawn_pixels: 0,
            drawn_images: 0,
            is_over: false,
            is_first_cut_off: false,
        })
    }

    /// Plays up to what `is_reached` says of a frame's number and of when it ends, in milliseconds, or up to
    /// the last frame if that comes first.
    pub(crate) fn still(
        &mut self,
        is_reached: impl Fn(u64, u64) -> bool,
        request: &Request,
    ) -> Result<Raster, Failure> {
        let mut snapshots = self.snapshots(request)?;
        let mut elapsed_ms = 0;
        while let Some(delay_ms) = self.advance()? {
            elapsed_ms += u64::from(delay_ms);
            if is_reached(self.drawn_images - 1, elapsed_ms) {
                break;
            }
        }
        Ok(snapshots.take(&mut self.canvas))
    }

    /// Plays the whole file and keeps at most as many frames as the request allows.
    pub(crate) fn frames(&mut self, request: &Request) -> Result<Vec<Frame>, Failure> {
        let mut snapshots = self.snapshots(request)?;
        let affordable = MAX_RASTERS_BYTES / snapshots.raster_bytes().max(1);
        let mut thinning = Thinning::new(affordable.min(request.max_frames as usize));
        while let Some(delay_ms) = self.advance()? {
            thinning.push(delay_ms, || Ok(snapshots.take(&mut self.canvas)))?;
        }
        Ok(thinning.frames())
    }

    /// Whether there is a first image, but not the whole of it.
    pub(crate) fn is_first_cut_off(&self) -> bool {
        self.is_first_cut_off
    }

    /// How often the file says that it is played; known when it has been.
    pub(crate) fn loop_count(&self) -> u32 {
        self.blocks.loop_count()
    }

    fn snapshots(&self, request: &Request) -> Result<Snapshots, Failure> {
        Snapshots::new(&self.canvas, request.raster_size(self.canvas.size()))
    }

    /// Draws the next image and gives its delay, or nothing at the end.
    fn advance(&mut self) -> Result<Option<u32>, Failure> {
        if self.is_over {
            return Ok(None);
        }
        let next = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.blocks.next_image(),
        };
        match next {
            Ok(Some(image)) => self.draw(&image),
            Ok(None) => Ok(None),
            Err(broken) => Ok(self.end_at(broken)),
        }
    }

    fn draw(&mut self, image: &Image) -> Result<Option<u32>, Failure> {
        self.drawn_pixels += image.area(self.canvas.size()).pixels();
        if self.drawn_pixels > MAX_DRAWN_PIXELS && self.drawn_images > 0 {
            return Ok(self.end_at(Broken::Invalid("it is too long to be played to its end")));
        }
        self.canvas.begin(image);
        let canvas = &mut self.canvas;
        let ending = self
            .decoder
            .decode(self.blocks.bytes(), image, |row, indices| {
                canvas.draw_row(image, row, indices);
            });
        match ending.broken {
            Some(broken) if self.drawn_images > 0 => return Ok(self.end_at(broken)),
            Some(broken) if ending.rows == 0 => return Err(broken.into()),
            Some(_) => (self.is_over, self.is_first_cut_off) = (true, true),
            None => {}
        }
        self.drawn_images += 1;
        Ok(Some(image.delay_ms))
    }

    fn end_at(&mut self, broken: Broken) -> Option<u32> {
        let shown = self.drawn_images;
        log(
            Level::Warn,
            &format!("only {shown} frames are shown: {broken}"),
        );
        self.is_over = true;
        None
    }
}
