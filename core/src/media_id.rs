use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names one upload: a random UUID (RFC 9562, version 4), which is unguessable and safe in any key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaId(Uuid);

impl MediaId {
    /// Makes a new random id.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The sixteen bytes of the id.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Restores an id from its sixteen bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl FromStr for MediaId {
    type Err = uuid::Error;

    /// Accepts the hyphenated form alone, as a client may have it in small or capital letters.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hyphenated = text.parse::<uuid::fmt::Hyphenated>()?;
        Ok(Self(hyphenated.into_uuid()))
    }
}

impl fmt::Display for MediaId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(formatter)
    }
}

impl fmt::Debug for MediaId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_and_its_bytes() {
        let id = MediaId::random();
        assert_eq!(id.to_string().parse::<MediaId>().unwrap(), id);
        assert_eq!(MediaId::from_bytes(*id.as_bytes()), id);
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        for text in [
            "",
            "../../etc/passwd",
            "0c9ba0ca4d2f4f7fb3d11fa0f1a1f4de",
            "{0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de}",
        ] {
            assert!(text.parse::<MediaId>().is_err(), "{text}");
        }
    }
}
