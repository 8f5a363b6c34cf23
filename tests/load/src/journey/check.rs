use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::http::StatedThumbnail;

/// Of how many different thumbnails it is kept what they are. A run has a handful.
const KEPT: usize = 4_096;

/// Checks thumbnails. Each different one is opened once: the same picture has the same thumbnail, so that a
/// run costs the machine under load little.
#[derive(Default, Debug)]
pub(crate) struct ThumbnailCheck {
    opened: Mutex<HashMap<String, Opened>>,
}

/// What a thumbnail is, or why it is none.
type Opened = Result<Picture, String>;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Picture {
    size: (u32, u32),
    media_type: &'static str,
}

/// What a thumbnail has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// Width and height in pixels.
    pub(crate) size: (u32, u32),
    /// Its media type.
    pub(crate) media_type: &'a str,
    /// What the status says of it.
    pub(crate) stated: Option<&'a StatedThumbnail>,
}

impl ThumbnailCheck {
    /// Checks a file, and returns its SHA-256 in lower-case hexadecimal.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn check(&self, file: &[u8], expected: &Expected<'_>) -> Result<String, String> {
        let sha256 = sha256_of(file);
        let picture = self.opened(&sha256, file)?;
        if picture.media_type != expected.media_type {
            return Err(format!("its bytes are {}", picture.media_type));
        }
        let ((width, height), size) = (picture.size, expected.size);
        if picture.size != size {
            let (wanted_width, wanted_height) = size;
            return Err(format!(
                "it has {width}x{height} pixels instead of {wanted_width}x{wanted_height}"
            ));
        }
        let stated = expected.stated.ok_or("its status does not tell of it")?;
        let actual = StatedThumbnail {
            bytes: u64::try_from(file.len()).unwrap_or(u64::MAX),
            width,
            height,
            media_type: picture.media_type.to_owned(),
            sha256,
        };
        if actual != *stated {
            return Err(format!("it is {actual:?}, and its status says {stated:?}"));
        }
        Ok(actual.sha256)
    }

    /// Why a file is no picture, in words, where it is none.
    pub(crate) fn flaw(&self, file: &[u8]) -> Option<String> {
        self.opened(&sha256_of(file), file).err()
    }

    fn opened(&self, sha256: &str, file: &[u8]) -> Opened {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.get(sha256) {
            return known.clone();
        }
        let result = open(file);
        if opened.len() < KEPT {
            opened.insert(sha256.to_owned(), result.clone());
        }
        result
    }
}

/// The SHA-256 of a file in lower-case hexadecimal.
pub(crate) fn sha256_of(file: &[u8]) -> String {
    hex::encode(Sha256::digest(file))
}

fn open(file: &[u8]) -> Opened {
    let format = image::guess_format(file).map_err(|error| error.to_string())?;
    let picture = image::load_from_memory_with_format(file, format);
    let picture = picture.map_err(|error| format!("it cannot be opened: {error}"))?;
    Ok(Picture {
        size: (picture.width(), picture.height()),
        media_type: format.to_mime_type(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::Sample;

    fn stated(file: &[u8]) -> StatedThumbnail {
        StatedThumbnail {
            bytes: file.len() as u64,
            width: 64,
            height: 64,
            media_type: "image/png".into(),
            sha256: hex::encode(Sha256::digest(file)),
        }
    }

    fn check(
        file: &[u8],
        size: (u32, u32),
        media_type: &str,
        stated: &StatedThumbnail,
    ) -> Result<String, String> {
        let expected = Expected {
            size,
            media_type,
            stated: Some(stated),
        };
        ThumbnailCheck::default().check(file, &expected)
    }

    #[test]
    fn a_right_thumbnail_is_known_by_its_hash() {
        let file = Sample::tiny_png().unwrap().file;
        let stated = stated(&file);
        let sha256 = check(&file, (64, 64), "image/png", &stated).unwrap();
        assert_eq!(sha256, stated.sha256);
    }

    #[test]
    fn each_way_to_be_wrong_is_told() {
        let file = Sample::tiny_png().unwrap().file;
        let right = stated(&file);
        let wrong = |file: &[u8], size, media_type, stated: &StatedThumbnail, part: &str| {
            let detail = check(file, size, media_type, stated).unwrap_err();
            assert!(detail.contains(part), "{detail}");
        };
        wrong(
            &file,
            (100, 75),
            "image/png",
            &right,
            "64x64 pixels instead of 100x75",
        );
        wrong(
            &file,
            (64, 64),
            "image/jpeg",
            &right,
            "its bytes are image/png",
        );
        wrong(
            &file[..60],
            (64, 64),
            "image/png",
            &right,
            "cannot be opened",
        );
        wrong(b"no picture", (64, 64), "image/png", &right, "format");
        let other = StatedThumbnail {
            sha256: "00".into(),
            ..right
        };
        wrong(&file, (64, 64), "image/png", &other, "its status says");
    }
}
