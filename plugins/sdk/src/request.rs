use crate::{Failure, Fit, Position, Request, Size};

/// The param by which the host says how many pixels the source may have. A handler that lists it in its
/// description is told, and can refuse before it decodes; the host itself looks at the answer.
const MAX_SOURCE_PIXELS: &str = "max-source-pixels";

/// So many pixels of a side are kept: it costs nothing, and boxes would blur what little there is of a line.
const THIN_SIDE: u32 = 8;

/// No raster is shrunk by more in one go, so that the sums over the rows of a box fit into 32 bits.
pub(crate) const MAX_REDUCTION: u32 = 64;

impl Request {
    /// Asks for a still picture inside the box `target`, with nothing else said. For tests of handlers.
    #[must_use]
    pub fn still(media_type: &str, target: Size) -> Self {
        Self {
            target,
            fit: Fit::Contain,
            media_type: media_type.into(),
            file_name: None,
            position: Position::Auto,
            max_frames: 1,
            params: Vec::new(),
        }
    }

    /// Refuses a picture that has more pixels than the host allows. What the host does not say is no limit.
    ///
    /// # Errors
    ///
    /// [`Failure::TooLarge`], with the budget.
    pub fn refuse_too_large(&self, source: Size) -> Result<(), Failure> {
        let Size { width, height } = source;
        match self.max_source_pixels() {
            Some(most) if source.pixels() > most => Err(Failure::TooLarge(format!(
                "The picture is {width} x {height}: its budget is {most} pixels (source_megapixels)."
            ))),
            _ => Ok(()),
        }
    }

    /// The param `max-source-pixels`, for a handler's description: the host tells a handler that lists it how
    /// many pixels the source may have.
    #[must_use]
    pub fn max_source_pixels_param() -> (String, String) {
        let explanation = "How many pixels the source may have; the host sets it.";
        (MAX_SOURCE_PIXELS.into(), explanation.into())
    }

    fn max_source_pixels(&self) -> Option<u64> {
        let mut params = self.params.iter();
        let (_, value) = params.find(|(name, _)| name == MAX_SOURCE_PIXELS)?;
        value.parse().ok()
    }

    /// The size to which a handler may shrink the upright picture.
    ///
    /// Boxes of whole pixels become one pixel, and at least twice the width and height of the thumbnail are
    /// kept where the picture has as much, because the host's last resize is the better one. So are up to 8
    /// pixels of a thin picture.
    #[must_use]
    pub fn raster_size(&self, upright: Size) -> Size {
        let reduction = self.reduction(upright);
        let thumbnail = self.thumbnail_size(upright);
        Size {
            width: shrunk(upright.width, reduction, thumbnail.width),
            height: shrunk(upright.height, reduction, thumbnail.height),
        }
    }

    fn reduction(&self, upright: Size) -> u32 {
        let across = upright.width / self.target.width.max(1) / 2;
        let down = upright.height / self.target.height.max(1) / 2;
        let reduction = match self.fit {
            Fit::Contain => across.max(down),
            Fit::Cover | Fit::Fill => across.min(down),
        };
        reduction.clamp(1, MAX_REDUCTION)
    }

    /// What the host will make of the picture, before anything that stands out is cut off.
    fn thumbnail_size(&self, upright: Size) -> Size {
        if self.fit == Fit::Fill {
            return self.target;
        }
        let across = f64::from(self.target.width) / f64::from(upright.width.max(1));
        let down = f64::from(self.target.height) / f64::from(upright.height.max(1));
        let scale = if self.fit == Fit::Contain {
            across.min(down)
        } else {
            across.max(down)
        };
        // A float that is too large becomes the largest number, which is what is wanted.
        let side = |side: u32| (f64::from(side) * scale).round().max(1.0) as u32;
        Size {
            width: side(upright.width),
            height: side(upright.height),
        }
    }
}

fn shrunk(side: u32, reduction: u32, thumbnail_side: u32) -> u32 {
    let kept = thumbnail_side.saturating_mul(2).max(THIN_SIDE);
    side.div_ceil(reduction).max(side.min(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fit: Fit, target: (u32, u32), upright: (u32, u32), expected: (u32, u32)) {
        let size = |(width, height)| Size { width, height };
        let request = Request {
            fit,
            ..Request::still("image/png", size(target))
        };
        assert_eq!(request.raster_size(size(upright)), size(expected));
    }

    #[test]
    fn twice_the_thumbnail_is_kept() {
        check(Fit::Contain, (100, 100), (4000, 3000), (200, 150));
        check(Fit::Contain, (100, 100), (600, 400), (200, 134));
        check(Fit::Cover, (100, 100), (4000, 3000), (267, 200));
        check(Fit::Fill, (100, 50), (4000, 3000), (200, 150));
        check(Fit::Fill, (100, 50), (4000, 300), (1334, 100));
    }

    #[test]
    fn a_small_picture_is_kept_whole() {
        check(Fit::Contain, (100, 100), (399, 399), (399, 399));
        check(Fit::Cover, (100, 100), (1000, 100), (1000, 100));
        check(Fit::Fill, (1, u32::MAX), (5, 5), (5, 5));
    }

    #[test]
    fn a_thin_side_is_not_lost() {
        check(Fit::Contain, (100, 100), (2500, 2), (209, 2));
        check(Fit::Contain, (100, 100), (2, 2500), (2, 209));
        check(Fit::Contain, (100, 100), (3000, 7), (200, 7));
        check(Fit::Contain, (100, 100), (3000, 40), (200, 8));
        check(Fit::Contain, (1, 1), (u32::MAX, 1), (u32::MAX / 64 + 1, 1));
    }

    #[test]
    fn a_picture_over_the_budget_of_the_host_is_refused() {
        let size = |width, height| Size { width, height };
        let mut request = Request::still("image/png", size(100, 100));
        assert_eq!(request.refuse_too_large(size(u32::MAX, u32::MAX)), Ok(()));
        request.params = vec![(MAX_SOURCE_PIXELS.into(), "1000".into())];
        assert_eq!(request.refuse_too_large(size(100, 10)), Ok(()));
        assert!(request.refuse_too_large(size(u32::MAX, u32::MAX)).is_err());
    }
}
