use serde::{Deserialize, Serialize};
use thumbnailify_core::{
    Color, Fit, Frames, InvalidSetting, OutputFormat, Quality, Side, ThumbnailOptions, Upscale,
};

use crate::picture::{Size, Wanted};

/// The thumbnail that is made where an upload asks for no other, and what it may ask for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThumbnailSpec {
    /// Width of the box in pixels, 1 to 4,096. Default 100.
    pub max_width: Side,
    /// Height of the box in pixels, 1 to 4,096. Default 100.
    pub max_height: Side,
    /// The longest side that an upload may ask for in pixels, 1 to 4,096. Default 2,048.
    pub largest_side: Side,
    /// How the picture is brought into the box: `contain`, `cover` or `fill`. Default `contain`.
    pub fit: Fit,
    /// Whether a picture that is smaller than the box is enlarged. Default false.
    pub upscale: Upscale,
    /// What shines through a transparent picture, as `#rrggbb`. Default none: it stays transparent, and in
    /// JPEG it becomes white.
    pub background: Option<Color>,
    /// What it is encoded as: `same`, `jpeg`, `png`, `gif` or `webp`. Default `same`, as the upload.
    pub format: OutputFormat,
    /// Quality of JPEG and WebP, 1 to 100. Default 80.
    pub quality: Quality,
    /// Which frames are shown: `auto`, `first` or `all`. Default `auto`, all of a GIF.
    pub frames: Frames,
}

impl Default for ThumbnailSpec {
    fn default() -> Self {
        const HUNDRED: Side = Side::new(100).unwrap();
        const LARGEST: Side = Side::new(2_048).unwrap();
        const EIGHTY: Quality = Quality::new(80).unwrap();
        Self {
            max_width: HUNDRED,
            max_height: HUNDRED,
            largest_side: LARGEST,
            fit: Fit::Contain,
            upscale: Upscale::Never,
            background: None,
            format: OutputFormat::Same,
            quality: EIGHTY,
            frames: Frames::Auto,
        }
    }
}

impl ThumbnailSpec {
    /// Checks what the types of the values leave open.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        InvalidSetting::unless(
            self.largest_side >= self.max_width && self.largest_side >= self.max_height,
            "thumbnail.largest_side",
            "must be at least `thumbnail.max_width` and `thumbnail.max_height`",
        )
    }

    /// What an upload with these options gets.
    #[must_use]
    pub fn wanted(&self, options: &ThumbnailOptions) -> Wanted {
        let (bounds, fit) = self.bounds(options);
        Wanted {
            bounds,
            fit,
            upscale: options.upscale.unwrap_or(self.upscale),
            background: options.background.or(self.background),
            format: options.format.unwrap_or(self.format),
            quality: options.quality.unwrap_or(self.quality),
            frames: options.frames.unwrap_or(self.frames),
        }
    }

    /// The box, and how it is filled. A side that is not asked for follows from the picture, so that there is
    /// nothing to cut off or to distort.
    fn bounds(&self, options: &ThumbnailOptions) -> (Size, Fit) {
        let fit = options.fit.unwrap_or(self.fit);
        let longest = |asked: Side| asked.max(self.largest_side);
        let (width, height, fit) = match (options.width, options.height) {
            (None, None) => (self.max_width, self.max_height, fit),
            (Some(width), Some(height)) => (width, height, fit),
            (Some(width), None) => (width, longest(width), Fit::Contain),
            (None, Some(height)) => (longest(height), height, Fit::Contain),
        };
        let size = Size {
            width: width.pixels(),
            height: height.pixels(),
        };
        (size, fit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(width: Option<u32>, height: Option<u32>, expected: (u32, u32, Fit)) {
        let options = ThumbnailOptions {
            width: width.and_then(Side::new),
            height: height.and_then(Side::new),
            fit: Some(Fit::Cover),
            ..ThumbnailOptions::default()
        };
        let wanted = ThumbnailSpec::default().wanted(&options);
        let Size { width, height } = wanted.bounds;
        assert_eq!((width, height, wanted.fit), expected);
    }

    #[test]
    fn a_side_that_is_not_asked_for_is_free() {
        check(None, None, (100, 100, Fit::Cover));
        check(Some(300), Some(200), (300, 200, Fit::Cover));
        check(Some(300), None, (300, 2_048, Fit::Contain));
        check(None, Some(200), (2_048, 200, Fit::Contain));
        check(Some(4_000), None, (4_000, 4_000, Fit::Contain));
    }

    #[test]
    fn what_is_not_asked_for_is_as_configured() {
        let spec = ThumbnailSpec {
            quality: Quality::new(33).unwrap(),
            background: Some(Color::WHITE),
            frames: Frames::First,
            ..ThumbnailSpec::default()
        };
        let options = ThumbnailOptions {
            frames: Some(Frames::All),
            ..ThumbnailOptions::default()
        };
        let wanted = spec.wanted(&options);
        assert_eq!((wanted.quality, wanted.frames), (spec.quality, Frames::All));
        assert_eq!(wanted.background, Some(Color::WHITE));
    }

    #[test]
    fn a_limit_below_the_default_box_is_named() {
        let spec = ThumbnailSpec {
            largest_side: Side::new(99).unwrap(),
            ..ThumbnailSpec::default()
        };
        let invalid = spec.validate().unwrap_err();
        assert_eq!(invalid.field, "thumbnail.largest_side");
    }
}
