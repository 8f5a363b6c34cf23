use thumbnailify_core::{MediaType, OutputFormat, Quality};

use super::raster::{Picture, Size};
use super::{encode_gif, encode_jpeg, encode_png, encode_webp};

/// What a thumbnail is encoded as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// GIF 89a, moving where the picture does.
    Gif,
    /// Baseline JPEG, on white where the picture lets it shine through.
    Jpeg,
    /// PNG, moving where the picture does.
    Png,
    /// WebP with loss, moving where the picture does.
    Webp,
}

impl Format {
    /// The format that is wanted, or the one that suits the upload.
    #[must_use]
    pub fn choose(wanted: OutputFormat, upload: &MediaType, picture: &Picture) -> Self {
        match wanted {
            OutputFormat::Same => Self::same(upload, picture),
            OutputFormat::Jpeg => Self::Jpeg,
            OutputFormat::Png => Self::Png,
            OutputFormat::Gif => Self::Gif,
            OutputFormat::Webp => Self::Webp,
        }
    }

    /// The format of the upload where it is PNG, JPEG or GIF, and else the one that keeps the picture as it
    /// is: movement, then transparency, then few bytes.
    fn same(upload: &MediaType, picture: &Picture) -> Self {
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
            Self::Webp => "image/webp",
        };
        #[expect(clippy::expect_used, reason = "the constants above are media types")]
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

/// Encodes a picture of thumbnail size, its first frame where the format cannot move. Nothing but the
/// pixels goes into the file: no metadata of the upload.
///
/// # Errors
/// The encoder's own, for a picture larger than the format allows.
pub fn encode(picture: &Picture, format: Format, quality: Quality) -> Result<Encoded, EncodeError> {
    let first = picture.first();
    let bytes = match format {
        Format::Gif => encode_gif::encode(picture)?,
        Format::Jpeg => encode_jpeg::encode(first, quality)?,
        Format::Png => encode_png::encode(picture)?,
        Format::Webp => encode_webp::encode(picture, quality)?,
    };
    Ok(Encoded {
        format,
        size: first.size(),
        bytes,
    })
}
