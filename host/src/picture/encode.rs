use thumbnailify_core::MediaType;

use super::raster::{Picture, Size};
use super::{encode_gif, encode_jpeg, encode_png};
use crate::ThumbnailSpec;

/// What a thumbnail is encoded as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// GIF 89a, moving where the picture does.
    Gif,
    /// Baseline JPEG, on white where the picture lets it shine through.
    Jpeg,
    /// PNG.
    Png,
}

impl Format {
    /// Chooses the format of the upload where it is one of ours, and else the one that keeps the picture
    /// as it is: movement, then transparency, then few bytes.
    #[must_use]
    pub fn choose(upload: &MediaType, picture: &Picture) -> Self {
        match (upload.as_str(), picture) {
            ("image/png" | "image/apng", _) => Self::Png,
            ("image/jpeg", _) => Self::Jpeg,
            ("image/gif", _) | (_, Picture::Animation { .. }) => Self::Gif,
            (_, Picture::Still(raster)) if raster.is_opaque() => Self::Jpeg,
            (_, Picture::Still(_)) => Self::Png,
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> MediaType {
        let essence = match self {
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        };
        #[expect(
            clippy::expect_used,
            reason = "the three constants above are media types"
        )]
        essence.parse().expect("a constant media type is valid")
    }
}

/// A finished thumbnail.
#[derive(Clone, PartialEq, Debug)]
pub struct Encoded {
    /// What it is encoded as.
    pub format: Format,
    /// Its size.
    pub size: Size,
    /// The file.
    pub bytes: Vec<u8>,
}

/// An encoder refused a picture that it should take.
#[derive(Debug, thiserror::Error)]
#[error("the thumbnail could not be encoded")]
pub struct EncodeError(#[from] pub(super) Box<dyn std::error::Error + Send + Sync>);

/// Encodes a picture of thumbnail size, a still one of its first frame where the format cannot move.
///
/// # Errors
/// The encoder's own, for a picture larger than the format allows.
pub fn encode(
    picture: &Picture,
    format: Format,
    spec: &ThumbnailSpec,
) -> Result<Encoded, EncodeError> {
    let first = picture.first();
    let bytes = match format {
        Format::Gif => encode_gif::encode(picture)?,
        Format::Jpeg => encode_jpeg::encode(first, spec.jpeg_quality)?,
        Format::Png => encode_png::encode(first)?,
    };
    Ok(Encoded {
        format,
        size: first.size(),
        bytes,
    })
}
