use std::fmt;

use crate::{MediaId, MediaType};

/// Where a stored file lives: a relative path of safe names, equal on every backend.
///
/// `originals/aa/bb/<id>.<type>~<subtype>` holds an upload; its media type can be read back from the
/// name, so a lost status can be rebuilt from the file. `thumbnails/aa/bb/<id>.<epoch>-<attempt>.<subtype>`
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

    /// The path, with `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Two levels of 256 folders keep every folder small at millions of files.
fn fan_out(id: MediaId) -> String {
    let [first, second, ..] = id.as_bytes();
    format!("{first:02x}/{second:02x}")
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
    fn keys_are_spread_over_folders_by_the_id() {
        let id: MediaId = "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de".parse().unwrap();
        let png: MediaType = "image/png".parse().unwrap();
        assert_eq!(
            MediaKey::original(id, &png).as_str(),
            "originals/0c/9b/0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de.image~png"
        );
        assert_eq!(
            MediaKey::thumbnail(id, 1, 2, &png).as_str(),
            "thumbnails/0c/9b/0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de.1-2.png"
        );
    }
}
