use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// The most characters of an id: what others make has up to about forty.
const MAX_CHARS: usize = 128;

/// Names one request in the log: 1 to 128 letters, digits and `-`, `_`, `.`, `:`, `/`, `+`, `=`, `@`.
///
/// These are what the ids of usual proxies and clients are made of, and harmless in any log.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct RequestId(Box<str>);

/// The text is no request id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a request id has 1 to {MAX_CHARS} letters, digits or characters of `-_.:/+=@`")]
pub struct InvalidRequestId;

impl RequestId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(text: &str) -> Result<Self, InvalidRequestId> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
        let fits = (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(is_allowed);
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(InvalidRequestId)
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, is_one: bool) {
        assert_eq!(text.parse::<RequestId>().is_ok(), is_one, "{text:?}");
    }

    #[test]
    fn the_ids_of_usual_clients_are_taken() {
        check("0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de", true);
        check("Root=1-67891233-abcdef012345678912345678", true);
        check("01ARZ3NDEKTSV4RRFFQ69G5FAV", true);
        check("a/b_c+d:e@f.g", true);
        check(&"a".repeat(128), true);
    }

    #[test]
    fn what_is_empty_too_long_or_could_disturb_a_log_is_none() {
        check("", false);
        check(&"a".repeat(129), false);
        for character in [' ', '\n', '\u{1b}', '"', '\\', ',', ';', '{', 'é', '\0'] {
            check(&format!("a{character}b"), false);
        }
    }
}
