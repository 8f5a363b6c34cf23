use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// How the upright picture is brought into the box of the thumbnail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The whole picture inside the box, aspect ratio kept.
    #[default]
    Contain,
    /// The box filled, aspect ratio kept, what stands out on two sides is cut off.
    Cover,
    /// The box filled exactly, aspect ratio given up.
    Fill,
}

impl FromStr for Fit {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "contain" => Ok(Self::Contain),
            "cover" => Ok(Self::Cover),
            "fill" => Ok(Self::Fill),
            _ => Err(InvalidValue::new(text, "one of contain, cover, fill")),
        }
    }
}

/// Whether a picture that is smaller than the box is enlarged. Written `true` or `false`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Upscale {
    /// It stays as small as it is.
    #[default]
    Never,
    /// It is enlarged to the box.
    ToTheBox,
}

impl FromStr for Upscale {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "true" => Ok(Self::ToTheBox),
            "false" => Ok(Self::Never),
            _ => Err(InvalidValue::new(text, "one of true, false")),
        }
    }
}

impl From<bool> for Upscale {
    fn from(enlarges: bool) -> Self {
        if enlarges {
            Self::ToTheBox
        } else {
            Self::Never
        }
    }
}

impl From<Upscale> for bool {
    fn from(upscale: Upscale) -> Self {
        upscale == Upscale::ToTheBox
    }
}

/// What a thumbnail is encoded as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputFormat {
    /// As the upload where that is PNG, JPEG or GIF, else what keeps the picture as it is.
    #[default]
    Same,
    /// Baseline JPEG.
    Jpeg,
    /// PNG, animated where all frames are asked for.
    Png,
    /// GIF.
    Gif,
    /// WebP, with loss.
    Webp,
}

impl FromStr for OutputFormat {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "same" => Ok(Self::Same),
            "jpeg" => Ok(Self::Jpeg),
            "png" => Ok(Self::Png),
            "gif" => Ok(Self::Gif),
            "webp" => Ok(Self::Webp),
            _ => Err(InvalidValue::new(text, "one of same, jpeg, png, gif, webp")),
        }
    }
}

/// Which frames of a moving picture are shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frames {
    /// A GIF moves where its thumbnail is a GIF or WebP; of all else the first frame.
    #[default]
    Auto,
    /// The first one.
    First,
    /// All of them, where the thumbnail's format can move.
    All,
}

impl FromStr for Frames {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "auto" => Ok(Self::Auto),
            "first" => Ok(Self::First),
            "all" => Ok(Self::All),
            _ => Err(InvalidValue::new(text, "one of auto, first, all")),
        }
    }
}
