use crate::{Failure, Fit, Position, Request, Size};

/// The params by which the host says what it allows, in the order of [`Request::budget_params`]. A handler that
/// lists one in its description is told; the host itself looks at the answer.
const MAX_SOURCE_PIXELS: &str = "max-source-pixels";
const MAX_ANSWER_BYTES: &str = "max-answer-bytes";

/// So many pixels of a side are kept: it costs nothing, and boxes would blur what little there is of a line.
const THIN_SIDE: u32 = 8;

/// No raster is shrunk by more in one go, so that the sums over the rows of a box fit into 32 bits.
pub(crate) const MAX_REDUCTION: u32 = 64;

/// The longest side of a raster that the host takes.
const MAX_SIDE: u32 = 65_535;

/// What a pixel of an answer takes at most: red, green, blue and alpha.
const BYTES_PER_PIXEL: u64 = 4;

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

    /// The params of budgets, for a handler's description: the host tells a handler that lists them how many
    /// pixels the source may have, and how many bytes the answer.
    #[must_use]
    pub fn budget_params() -> Vec<(String, String)> {
        let params = [
            (
                MAX_SOURCE_PIXELS,
                "How many pixels the source may have; the host sets it.",
            ),
            (
                MAX_ANSWER_BYTES,
                "How many bytes all pixels of the answer may take; the host sets it.",
            ),
        ];
        params
            .map(|(name, meaning)| (name.into(), meaning.into()))
            .into()
    }

    /// How many bytes the pixels of the answer may take, all frames together. What the host does not say is no
    /// limit.
    #[must_use]
    pub fn max_answer_bytes(&self) -> u64 {
        self.budget(MAX_ANSWER_BYTES).unwrap_or(u64::MAX)
    }

    fn max_source_pixels(&self) -> Option<u64> {
        self.budget(MAX_SOURCE_PIXELS)
    }

    fn budget(&self, param: &str) -> Option<u64> {
        let mut params = self.params.iter();
        let (_, value) = params.find(|(name, _)| name == param)?;
        value.parse().ok()
    }

    /// The size to which a handler may shrink the upright picture.
    ///
    /// Boxes of whole pixels become one pixel, and at least twice the width and height of the thumbnail are
    /// kept where the picture has as much, because the host's last resize is the better one. So are up to 8
    /// pixels of a thin picture. Where that is more than the answer may take, less is kept, down to the size of
    /// the thumbnail before anything is cut off.
    #[must_use]
    pub fn raster_size(&self, upright: Size) -> Size {
        self.raster_size_within(upright, self.max_answer_bytes())
    }

    /// The size to which a handler may shrink the upright picture, when its pixels may take `max_bytes` at four
    /// bytes each: for a frame of an animation, whose frames have to share what the answer may take.
    #[must_use]
    pub fn raster_size_within(&self, upright: Size, max_bytes: u64) -> Size {
        let thumbnail = self.thumbnail_size(upright);
        let best = reduced(upright, self.reduction(upright), thumbnail.doubled());
        if best.fits(max_bytes) {
            return best;
        }
        let mut smaller = (1..=MAX_REDUCTION).map(|by| reduced(upright, by, thumbnail));
        let affordable = smaller.find(|size| size.fits(max_bytes));
        affordable.unwrap_or_else(|| reduced(upright, MAX_REDUCTION, thumbnail))
    }

    /// The least that a good thumbnail needs of the upright picture, twice its size: for a handler that can decode
    /// at other than whole reductions. Never more than [`raster_size`](Self::raster_size).
    #[must_use]
    pub fn least_size(&self, upright: Size) -> Size {
        let raster = self.raster_size(upright);
        let doubled = self.thumbnail_size(upright).doubled();
        Size {
            width: raster.width.min(doubled.width.max(THIN_SIDE)),
            height: raster.height.min(doubled.height.max(THIN_SIDE)),
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

impl Size {
    fn doubled(self) -> Self {
        Self {
            width: self.width.saturating_mul(2),
            height: self.height.saturating_mul(2),
        }
    }

    fn fits(self, max_bytes: u64) -> bool {
        let bytes = self.pixels().saturating_mul(BYTES_PER_PIXEL);
        bytes <= max_bytes && self.width.max(self.height) <= MAX_SIDE
    }
}

/// A picture whose boxes of `by` x `by` pixels became one, but not smaller than `least` where it is not.
fn reduced(upright: Size, by: u32, least: Size) -> Size {
    let side = |side: u32, least: u32| side.div_ceil(by).max(side.min(least.max(THIN_SIDE)));
    Size {
        width: side(upright.width, least.width),
        height: side(upright.height, least.height),
    }
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
    fn twice_the_thumbnail_is_enough_where_a_whole_reduction_leaves_more() {
        let request = Request::still(
            "image/jpeg",
            Size {
                width: 100,
                height: 100,
            },
        );
        for (upright, least) in [
            ((640, 480), (200, 150)),
            ((4000, 3000), (200, 150)),
            ((150, 90), (150, 90)),
            ((10_000, 3), (200, 3)),
        ] {
            let size = |(width, height)| Size { width, height };
            assert_eq!(request.least_size(size(upright)), size(least));
        }
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
    fn what_the_answer_may_take_is_kept_to_as_long_as_the_thumbnail_is_not_blurred() {
        let size = |(width, height)| Size { width, height };
        let check = |fit, target, upright, expected| {
            let request = Request {
                fit,
                params: vec![(MAX_ANSWER_BYTES.into(), (64 << 20).to_string())],
                ..Request::still("image/png", size(target))
            };
            assert_eq!(request.raster_size(size(upright)), size(expected));
        };
        check(Fit::Cover, (1920, 480), (6000, 4000), (3000, 2000));
        check(Fit::Cover, (300, 1200), (6000, 4000), (3000, 2000));
        check(Fit::Contain, (2048, 2048), (6000, 4000), (3000, 2000));
        check(Fit::Cover, (100, 100), (70_000, 300), (35_000, 150));
        check(Fit::Fill, (2048, 2048), (20_000, 20_000), (4_000, 4_000));
        check(Fit::Cover, (2048, 100), (6000, 60_000), (2048, 20_480));
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
