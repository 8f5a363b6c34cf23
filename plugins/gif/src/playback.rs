use std::io::Read;

use gif::Decoder;
use thumbnailify_sdk::{Failure, Frame, Level, PixelFormat, Position, Raster, Request, log};

use crate::canvas::Canvas;
use crate::delay::delay_ms;
use crate::failure;
use crate::thinning::Thinning;

/// All frames that are given back together; where they would be larger, there are fewer of them.
const MAX_RASTERS_BYTES: usize = 64 << 20;

/// Plays up to the wanted position and gives what is to be seen there, or at the end if it comes first.
pub(crate) fn still<R: Read>(
    decoder: &mut Decoder<R>,
    mut canvas: Canvas,
    request: &Request,
) -> Result<Raster, Failure> {
    let mut number: u32 = 0;
    let mut elapsed_ms: u64 = 0;
    while let Some(delay_ms) = advance(decoder, &mut canvas, number)? {
        elapsed_ms += u64::from(delay_ms);
        if is_reached(request.position, number, elapsed_ms) {
            break;
        }
        number += 1;
    }
    canvas.shrunk(request.raster_size(canvas.size()))
}

/// A percentage would need the duration first; it means the first frame, as no position does.
fn is_reached(position: Position, number: u32, elapsed_ms: u64) -> bool {
    match position {
        Position::Frame(wanted) => number >= wanted,
        Position::TimeMs(wanted_ms) => elapsed_ms > wanted_ms,
        Position::Auto | Position::Percent(_) | Position::Page(_) => true,
    }
}

/// Plays the whole file and keeps at most as many frames as the request allows.
pub(crate) fn frames<R: Read>(
    decoder: &mut Decoder<R>,
    mut canvas: Canvas,
    request: &Request,
) -> Result<Vec<Frame>, Failure> {
    let raster_size = request.raster_size(canvas.size());
    let raster_bytes = Raster::byte_len(raster_size, PixelFormat::Rgba8)?.max(1);
    let max_frames = (request.max_frames as usize).min(MAX_RASTERS_BYTES / raster_bytes);
    let mut thinning = Thinning::new(max_frames);
    let mut number = 0;
    while let Some(delay_ms) = advance(decoder, &mut canvas, number)? {
        thinning.push(delay_ms, || canvas.shrunk(raster_size))?;
        number += 1;
    }
    Ok(thinning.frames())
}

/// Draws the next frame and gives its delay, or nothing at the end.
///
/// A broken frame is the end as well, unless it is the first.
fn advance<R: Read>(
    decoder: &mut Decoder<R>,
    canvas: &mut Canvas,
    number: u32,
) -> Result<Option<u32>, Failure> {
    match decoder.read_next_frame().map(|frame| frame.is_some()) {
        Ok(true) => Ok(draw_current(decoder, canvas)),
        Ok(false) if number == 0 => Err(Failure::NoPicture("The GIF file holds no frame.".into())),
        Ok(false) => Ok(None),
        Err(err) if number == 0 => Err(failure(err)),
        Err(err) => {
            log(
                Level::Warn,
                &format!("the file is cut off after frame {number}: {err}"),
            );
            Ok(None)
        }
    }
}

/// Draws the frame that the decoder has just read and gives its delay.
fn draw_current<R: Read>(decoder: &Decoder<R>, canvas: &mut Canvas) -> Option<u32> {
    let frame = decoder.current_frame_info()?;
    canvas.draw(frame, decoder.palette().ok()?);
    Some(delay_ms(frame.delay))
}
