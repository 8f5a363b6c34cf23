use thumbnailify_core::{Fit, MediaType};

use crate::Handler;
use crate::picture::{Size, Wanted};
use crate::sandbox::types;

/// The params by which a handler that asks learns its budgets: how many pixels the source may have, and how many
/// bytes the answer.
const SOURCE_PIXELS_PARAM: &str = "max-source-pixels";
const ANSWER_BYTES_PARAM: &str = "max-answer-bytes";

/// What a handler is asked for.
pub(crate) fn request(
    media_type: &MediaType,
    handler: &Handler,
    wanted: &Wanted,
) -> types::Request {
    let limits = handler.limits();
    let target = if handler.knows_param(ANSWER_BYTES_PARAM) {
        wanted.bounds
    } else {
        target(wanted.bounds, limits.raster_bytes())
    };
    types::Request {
        target: types::Size {
            width: target.width,
            height: target.height,
        },
        fit: match wanted.fit {
            Fit::Contain => types::Fit::Contain,
            Fit::Cover => types::Fit::Cover,
            Fit::Fill => types::Fit::Fill,
        },
        media_type: media_type.to_string(),
        file_name: None,
        position: types::Position::Auto,
        max_frames: if wanted.moves(media_type) {
            limits.frames
        } else {
            1
        },
        params: params(handler),
    }
}

/// The box that a handler is told which does not ask for the budget of its answer.
///
/// It keeps at least twice the size of the thumbnail, and by whole steps up to four times. Where a picture of
/// that size could be over the budget of the answer, the box is told smaller: a raster that is less than
/// twice as large is better than none. Half of the box is the least, as then the raster still is as large as
/// the thumbnail.
fn target(bounds: Size, raster_bytes: usize) -> Size {
    const BYTES_A_PIXEL: f64 = 4.0 * 4.0 * 4.0;
    let budget = u32::try_from(raster_bytes).unwrap_or(u32::MAX);
    let most = f64::from(bounds.width) * f64::from(bounds.height) * BYTES_A_PIXEL;
    let scale = (f64::from(budget) / most).sqrt().clamp(0.5, 1.0);
    // A side of the box has far fewer bits than the whole numbers of a float.
    let side = |side: u32| (f64::from(side) * scale).ceil() as u32;
    Size {
        width: side(bounds.width),
        height: side(bounds.height),
    }
}

/// The budgets, for a handler that asks: it can refuse a picture before it has decoded it, and answer with less
/// of a large one.
fn params(handler: &Handler) -> Vec<(String, String)> {
    let limits = handler.limits();
    let budgets = [
        (SOURCE_PIXELS_PARAM, limits.source_pixels().to_string()),
        (ANSWER_BYTES_PARAM, limits.raster_bytes().to_string()),
    ];
    let known = budgets
        .into_iter()
        .filter(|(name, _)| handler.knows_param(name));
    known
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bounds: (u32, u32), raster_mib: usize, expected: (u32, u32)) {
        let (width, height) = bounds;
        let Size { width, height } = target(Size { width, height }, raster_mib << 20);
        assert_eq!((width, height), expected);
    }

    #[test]
    fn a_handler_is_told_a_box_that_it_can_answer() {
        check((100, 100), 64, (100, 100));
        check((1_024, 1_024), 64, (1_024, 1_024));
        check((2_048, 2_048), 64, (1_024, 1_024));
        check((2_048, 300), 64, (2_048, 300));
        check((4_096, 4_096), 64, (2_048, 2_048));
        check((1, 4_096), 64, (1, 4_096));
    }
}
