use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest type or subtype name: RFC 6838, section 4.2, advises 64 and allows 127, two of which would make
/// a file name that is too long for most file systems.
const NAME_MAX_CHARS: usize = 64;

/// The essence of a media type, `type/subtype` in lower case without parameters (RFC 6838).
///
/// `image/jpg` is a common mistake for `image/jpeg` and becomes it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(Box<str>);

/// The text is not a media type.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a media type such as image/png")]
pub struct InvalidMediaType(String);

impl MediaType {
    /// The essence, such as `image/png`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.0.split_once('/').map_or("", |(kind, _)| kind)
    }

    /// The part after the slash.
    #[must_use]
    pub fn subtype(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, subtype)| subtype)
    }
}

impl FromStr for MediaType {
    type Err = InvalidMediaType;

    /// Reads a media type as a `Content-Type` header has it; parameters are dropped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let essence = text
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match essence.split_once('/') {
            Some((kind, subtype)) if is_restricted_name(kind) && is_restricted_name(subtype) => {}
            _ => return Err(InvalidMediaType(text.chars().take(80).collect())),
        }
        if essence == "image/jpg" {
            return Ok(Self("image/jpeg".into()));
        }
        Ok(Self(essence.into()))
    }
}

/// Checks a name against `restricted-name` of RFC 6838, section 4.2.
fn is_restricted_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= NAME_MAX_CHARS
        && bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}

impl TryFrom<String> for MediaType {
    type Error = InvalidMediaType;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.0.into()
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let parsed = text.parse::<MediaType>().ok();
        assert_eq!(parsed.as_ref().map(MediaType::as_str), expected, "{text}");
    }

    #[test]
    fn an_essence_is_kept_and_parameters_are_dropped() {
        check("image/png", Some("image/png"));
        check(" Image/PNG ; q=1", Some("image/png"));
        check("image/svg+xml", Some("image/svg+xml"));
        check("application/vnd.ms-excel", Some("application/vnd.ms-excel"));
    }

    #[test]
    fn image_jpg_means_image_jpeg() {
        check("image/jpg", Some("image/jpeg"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "png",
            "image/",
            "/png",
            "image/a/b",
            "image/..",
            "*/*",
            "image/p ng",
            "image/p~ng",
        ] {
            check(text, None);
        }
        check(&format!("image/{}", "a".repeat(65)), None);
    }
}
