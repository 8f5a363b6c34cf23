use std::num::{NonZeroU8, NonZeroU32};

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

/// The thumbnail that is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThumbnailSpec {
    /// Largest width in pixels. Default 100.
    pub max_width: NonZeroU32,
    /// Largest height in pixels. Default 100.
    pub max_height: NonZeroU32,
    /// Quality of JPEG thumbnails, 1 to 100. Default 80.
    pub jpeg_quality: NonZeroU8,
}

impl Default for ThumbnailSpec {
    fn default() -> Self {
        const HUNDRED: NonZeroU32 = NonZeroU32::new(100).unwrap();
        const EIGHTY: NonZeroU8 = NonZeroU8::new(80).unwrap();
        Self {
            max_width: HUNDRED,
            max_height: HUNDRED,
            jpeg_quality: EIGHTY,
        }
    }
}

impl ThumbnailSpec {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        const RANGE: &str = "must be between 1 and 4096";
        InvalidSetting::unless(self.max_width.get() <= 4_096, "thumbnail.max_width", RANGE)?;
        InvalidSetting::unless(
            self.max_height.get() <= 4_096,
            "thumbnail.max_height",
            RANGE,
        )?;
        InvalidSetting::unless(
            self.jpeg_quality.get() <= 100,
            "thumbnail.jpeg_quality",
            "must be between 1 and 100",
        )
    }
}
