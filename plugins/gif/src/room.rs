//! How large the frames of an animation become, so that all of them find room in the answer.

use thumbnailify_sdk::{PixelFormat, Request, Size, Source};

use crate::timing::image_count;

/// What all frames take together at most, whatever the host allows.
const MAX_BYTES: u64 = 64 << 20;

/// How many bytes all frames may take together.
pub(crate) fn max_bytes(request: &Request) -> u64 {
    request.max_answer_bytes().min(MAX_BYTES)
}

/// The size to which each frame is shrunk.
///
/// That is the best size for the host's last resize, if as many frames of it as are asked for find room.
/// Otherwise the images are counted and share the room: motion is missed sooner than sharpness. No frame is made
/// smaller than the thumbnail, so there may still be room for fewer frames than there are.
pub(crate) fn frame_size(canvas: Size, source: &dyn Source, request: &Request) -> Size {
    let max_bytes = max_bytes(request);
    let best = request.raster_size_within(canvas, max_bytes);
    let bytes = best.pixels() * PixelFormat::Rgba8.channels() as u64;
    if bytes.saturating_mul(request.max_frames.into()) <= max_bytes {
        return best;
    }
    let frames = image_count(source, request.max_frames).max(1);
    request.raster_size_within(canvas, max_bytes / u64::from(frames))
}
