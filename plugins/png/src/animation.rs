//! Animated PNG (sections 4.8, 11.3.6 and 12.12).

mod canvas;
mod control;

use thumbnailify_sdk::{
    Failure, Frame, Level, Orientation, PixelFormat, Raster, Request, Size, Thinning, log,
};

use crate::chunk::{Chunks, StreamKind};
use crate::expand::Expand;
use crate::header::Header;
use crate::image::{self, Extent};
use crate::interlace::Pass;
use crate::metadata::Metadata;
use canvas::Canvas;
pub(crate) use control::{FrameControl, Playback};

/// All frames that are given back together, if the host does not allow less. Where they would be larger, they are
/// shrunk more, but not below the size of the thumbnail; where that is not enough, there are fewer of them.
const MAX_RASTERS_BYTES: u64 = 64 << 20;

/// Plays the file, whose first chunk of pixels is the current one, and keeps as many frames as the request allows.
/// There are none if what should be the first one is broken.
///
/// # Errors
///
/// A canvas that takes too much memory is too large.
pub(crate) fn frames(
    chunks: &mut Chunks<'_>,
    header: Header,
    metadata: &Metadata,
    playback: Playback,
    request: &Request,
    orientation: Orientation,
) -> Result<Vec<Frame>, Failure> {
    let max_bytes = request.max_answer_bytes().min(MAX_RASTERS_BYTES);
    let wanted = u64::from(request.max_frames.min(playback.frame_count)).max(1);
    let upright = request.raster_size_within(orientation.turned(header.size), max_bytes / wanted);
    let raster_size = orientation.turned(upright);
    let raster_bytes = Raster::byte_len(raster_size, PixelFormat::Rgba8)?.max(1);
    let max_frames = wanted.min(max_bytes / raster_bytes as u64) as usize;
    let mut player = Player {
        header,
        expand: Expand::new(header, metadata),
        canvas: Canvas::new(header.size)?,
        raster_size,
        thinning: Thinning::new(max_frames),
        left_to_draw: image::MAX_PIXELS,
        left_to_shrink: image::MAX_PIXELS,
    };
    let mut frames = 0;
    let mut kind = StreamKind::Idat;
    let mut control = metadata.first_frame;
    while frames < playback.frame_count {
        match control.take() {
            Some(control) => {
                let may_go_on = player.show(chunks, kind, control)?;
                frames += 1;
                if !may_go_on {
                    log(
                        Level::Warn,
                        &format!("the animation ends at frame {frames}"),
                    );
                    break;
                }
            }
            None if kind == StreamKind::Idat => {}
            None => break,
        }
        kind = StreamKind::Fdat;
        control = next_control(chunks);
    }
    Ok(player.thinning.frames())
}

/// Goes to the pixels of the next frame.
fn next_control(chunks: &mut Chunks<'_>) -> Option<FrameControl> {
    let mut control = None;
    while let Some(chunk) = chunks.next() {
        match &chunk.kind {
            b"fcTL" => control = Some(FrameControl::parsed(&chunks.data(26)?)?),
            b"fdAT" if control.is_some() => {
                chunks.skip(StreamKind::Fdat.skipped());
                return control;
            }
            b"IEND" => return None,
            _ => {}
        }
    }
    None
}

struct Player {
    header: Header,
    expand: Expand,
    canvas: Canvas,
    raster_size: Size,
    thinning: Thinning,
    /// How many pixels of frames may still be unpacked, so that it comes to an end in sensible time.
    left_to_draw: u64,
    /// How many pixels of the canvas may still be shrunk.
    left_to_shrink: u64,
}

impl Player {
    /// Draws a frame whose pixels begin in the current chunk, and tells whether another may follow.
    fn show(
        &mut self,
        chunks: &mut Chunks<'_>,
        kind: StreamKind,
        control: FrameControl,
    ) -> Result<bool, Failure> {
        let is_affordable = control.size.pixels() <= self.left_to_draw && self.left_to_shrink > 0;
        if !control.lies_in(self.header.size) || !is_affordable {
            return Ok(false);
        }
        self.left_to_draw -= control.size.pixels();
        let Self { expand, canvas, .. } = self;
        let header = Header {
            size: control.size,
            ..self.header
        };
        canvas.begin(control)?;
        let format = expand.format();
        let extent = image::read(chunks, kind, header, |place, row| {
            let width = Pass::width_at(place, control.size);
            canvas.put(place, expand.narrow_row(row, width), format);
        })?;
        if extent == Extent::Nothing {
            return Ok(false);
        }
        let (canvas, raster_size) = (&self.canvas, self.raster_size);
        let left = &mut self.left_to_shrink;
        self.thinning.push(control.delay_ms, || {
            *left = left.saturating_sub(canvas.size().pixels());
            canvas.shrunk(raster_size)
        })?;
        Ok(extent == Extent::Whole)
    }
}
