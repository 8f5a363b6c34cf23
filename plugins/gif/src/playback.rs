use thumbnailify_sdk::{Failure, Frame, Level, Raster, Request, Size, Thinning, log};

use crate::blocks::{Blocks, Image};
use crate::broken::Broken;
use crate::canvas::Canvas;
use crate::effort::Effort;
use crate::room;
use crate::rows::RowDecoder;
use crate::snapshots::Snapshots;

/// All images that are drawn together; the rest is not played.
const MAX_DRAWN_PIXELS: u64 = 1 << 29;

/// All pixels that are shrunk together; the rest is not played.
///
/// What has changed from one frame that is kept to the next one may be far more than the images between them: it
/// is noted from the first to the last column, and two dots lie far apart. Whole frames cost up to half as much
/// again as they have pixels, because boxes share those at their edges.
const MAX_SHRUNK_PIXELS: u64 = 1 << 30;

/// Plays a file from its start.
#[derive(Debug)]
pub(crate) struct Player<'a> {
    blocks: Blocks<'a>,
    canvas: Canvas,
    decoder: RowDecoder,
    first: Option<Image>,
    drawing: Effort,
    shrinking: Effort,
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
            drawing: Effort::new(MAX_DRAWN_PIXELS),
            shrinking: Effort::new(MAX_SHRUNK_PIXELS),
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
        let raster = request.raster_size(self.canvas.size());
        let mut snapshots = Snapshots::new(&self.canvas, raster)?;
        let mut elapsed_ms = 0;
        while let Some(delay_ms) = self.advance()? {
            elapsed_ms += u64::from(delay_ms);
            if is_reached(self.drawn_images - 1, elapsed_ms) {
                break;
            }
        }
        Ok(self.shrunk(&mut snapshots))
    }

    /// Plays the whole file, and keeps at most as many frames of this size as the request and the room in the
    /// answer allow.
    pub(crate) fn frames(
        &mut self,
        raster: Size,
        request: &Request,
    ) -> Result<Vec<Frame>, Failure> {
        let mut snapshots = Snapshots::new(&self.canvas, raster)?;
        let affordable = room::max_bytes(request) / snapshots.raster_bytes().max(1);
        let max_frames = affordable.min(request.max_frames.into());
        let mut thinning = Thinning::new(max_frames as usize);
        while let Some(delay_ms) = self.advance()? {
            thinning.push(delay_ms, || Ok(self.shrunk(&mut snapshots)))?;
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

    /// What is to be seen now. The last frame that can be afforded may cost a whole canvas more.
    fn shrunk(&mut self, snapshots: &mut Snapshots) -> Raster {
        let (raster, pixels) = snapshots.take(&mut self.canvas);
        self.shrinking.afford(pixels);
        raster
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
        let is_affordable = self.drawing.afford(image.effort()) && !self.shrinking.is_spent();
        if !is_affordable && self.drawn_images > 0 {
            return Ok(self.end_at(Broken::Invalid("it is too long to be played to its end")));
        }
        self.canvas.begin(image)?;
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
