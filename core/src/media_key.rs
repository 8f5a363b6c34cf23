use std::fmt;

use crate::{MediaId, MediaType};

/// Where a stored file lives: a relative path of safe names, equal on every backend.
///
/// `originals/aa/<id>.<type>~<subtype>` holds an upload; its media type can be read back from the
/// name, so a lost status can be rebuilt from the file. `thumbnails/aa/<id>.<epoch>-<attempt>.<subtype>`
/// holds a thumbnail; each attempt has a name of its own, so a late worker never replaces the winner's file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MediaKey(String);

impl MediaKey {
    /// The key of an upload.
    #[must_use]
    pub fn original(id: MediaId, media_type: &MediaType) -> Self {
        let (kind, subtype) = (media_type.kind(), media_type.subtype());
        Self(format!("originals/{}/{id}.{kind}~{subtype}", fan_out(id)))
    }

    /// The key of the thumbnail that one attempt made.
    #[must_use]
    pub fn thumbnail(id: MediaId, epoch: u32, attempt: u32, media_type: &MediaType) -> Self {
        let subtype = media_type.subtype();
        Self(format!(
            "thumbnails/{}/{id}.{epoch}-{attempt}.{subtype}",
            fan_out(id)
        ))
    }

    /// Reads a key back from its path, with what it says of its file. `None` when it is no key.
    #[must_use]
    pub fn parse(path: &str) -> Option<(Self, MediaFile)> {
        let (_, name) = path.rsplit_once('/')?;
        let (id, rest) = name.split_once('.')?;
        let media_id = id.parse().ok()?;
        let (key, file) = if path.starts_with("originals/") {
            let media_type: MediaType = rest.replacen('~', "/", 1).parse().ok()?;
            let key = Self::original(media_id, &media_type);
            let file = MediaFile::Original {
                media_id,
                media_type,
            };
            (key, file)
        } else {
            let (place, _subtype) = rest.split_once('.')?;
            let (epoch, attempt) = place.split_once('-')?;
            let file = MediaFile::Thumbnail {
                media_id,
                epoch: epoch.parse().ok()?,
                attempt: attempt.parse().ok()?,
            };
            let path = format!("thumbnails/{}/{name}", fan_out(media_id));
            (Self(path), file)
        };
        (key.as_str() == path).then_some((key, file))
    }

    /// Tells whether it is the key of an upload.
    #[must_use]
    pub fn is_original(&self) -> bool {
        self.0.starts_with("originals/")
    }

    /// The path, with `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the key of a file says of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MediaFile {
    /// An upload.
    Original {
        /// The medium.
        media_id: MediaId,
        /// Its media type.
        media_type: MediaType,
    },
    /// A thumbnail.
    Thumbnail {
        /// The medium.
        media_id: MediaId,
        /// The epoch of the job that made it.
        epoch: u32,
        /// The attempt that made it.
        attempt: u32,
    },
}

impl MediaFile {
    /// The medium.
    #[must_use]
    pub fn media_id(&self) -> MediaId {
        match self {
            Self::Original { media_id, .. } | Self::Thumbnail { media_id, .. } => *media_id,
        }
    }
}

/// 256 folders keep every folder small at a million files. More would cost each upload the making of one, which has to
/// be made durable, until all are there.
fn fan_out(id: MediaId) -> String {
    let [first, ..] = id.as_bytes();
    format!("{first:02x}")
}

impl fmt::Display for MediaKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_from_its_path() {
        let media_id = MediaId::random();
        for media_type in ["image/svg+xml", "application/vnd.ms-excel"] {
            let media_type: MediaType = media_type.parse().unwrap();
            let key = MediaKey::original(media_id, &media_type);
            let thumbnail = MediaKey::thumbnail(media_id, 3, 21, &media_type);
            let file = MediaFile::Original {
                media_id,
                media_type,
            };
            assert_eq!(MediaKey::parse(key.as_str()), Some((key, file)));
            let file = MediaFile::Thumbnail {
                media_id,
                epoch: 3,
                attempt: 21,
            };
            let path = thumbnail.as_str().to_owned();
            assert_eq!(MediaKey::parse(&path), Some((thumbnail, file)));
        }
    }

    #[test]
    fn what_is_not_spelt_as_a_key_is_none() {
        let id = "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de";
        for path in [
            format!("originals/0c/{id}"),
            format!("originals/0c/{id}.image"),
            format!("originals/0c/{id}.IMAGE~png"),
            format!("originals/0d/{id}.image~png"),
            format!("elsewhere/0c/{id}.image~png"),
            format!("thumbnails/0c/{id}.1.png"),
            format!("thumbnails/0c/{id}.1-x.png"),
            format!("thumbnails/0c/../0c/{id}.1-1.png"),
            "thumbnails/0c/README".to_owned(),
        ] {
            assert_eq!(MediaKey::parse(&path), None, "{path}");
        }
    }

    #[test]
    fn keys_are_spread_over_folders_by_the_id() {
        let id: MediaId = "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de".parse().unwrap();
        let png: MediaType = "image/png".parse().unwrap();
        assert_eq!(
            MediaKey::original(id, &png).as_str(),
            "originals/0c/0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de.image~png"
        );
        assert_eq!(
            MediaKey::thumbnail(id, 1, 2, &png).as_str(),
            "thumbnails/0c/0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de.1-2.png"
        );
    }
}
