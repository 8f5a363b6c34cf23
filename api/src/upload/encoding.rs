use axum::http::{HeaderMap, HeaderName};
use bytes::Bytes;

use super::base64_stream::Base64Decoder;
use super::fault::Fault;

/// How an upload's bytes are written in its body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    /// As base64 text, the default.
    Base64,
    /// As they are.
    Binary,
}

impl Encoding {
    /// Borrowed from MIME (RFC 2045), which HTTP lacks: its own `Content-Encoding` knows no base64.
    const HEADER: HeaderName = HeaderName::from_static("content-transfer-encoding");

    /// Reads the encoding from a request's headers. `None` when it is one that is not known.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let Some(value) = headers.get(Self::HEADER) else {
            return Some(Self::Base64);
        };
        let name = value.to_str().ok()?.trim();
        if name.eq_ignore_ascii_case("base64") {
            Some(Self::Base64)
        } else if name.eq_ignore_ascii_case("binary") {
            Some(Self::Binary)
        } else {
            None
        }
    }

    /// The longest body that can hold this many bytes.
    ///
    /// Base64 takes four letters for three bytes, and a sixteenth on top is room for line breaks (the
    /// shortest lines in use have 64 letters and two bytes of break).
    pub(crate) fn max_body_bytes(self, max_bytes: u64) -> u64 {
        match self {
            Self::Binary => max_bytes,
            Self::Base64 => {
                let letters = max_bytes.div_ceil(3).saturating_mul(4);
                letters.saturating_add(letters / 16).saturating_add(4)
            }
        }
    }

    pub(super) fn decoder(self) -> Decoder {
        match self {
            Self::Base64 => Decoder::Base64(Base64Decoder::default()),
            Self::Binary => Decoder::Binary,
        }
    }
}

/// Undoes an encoding, chunk by chunk.
#[derive(Debug)]
pub(super) enum Decoder {
    Base64(Base64Decoder),
    Binary,
}

impl Decoder {
    /// Decodes what can be decoded so far.
    pub(super) fn push(&mut self, chunk: Bytes) -> Result<Bytes, Fault> {
        match self {
            Self::Base64(decoder) => decoder.push(&chunk),
            Self::Binary => Ok(chunk),
        }
    }

    /// Checks that nothing was left in the middle.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        match self {
            Self::Base64(decoder) => decoder.finish(),
            Self::Binary => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Option<&'static str>, expected: Option<Encoding>) {
        let value = value.map(|value| (Encoding::HEADER, value.parse().unwrap()));
        let headers: HeaderMap = value.into_iter().collect();
        assert_eq!(Encoding::of(&headers), expected, "{headers:?}");
    }

    #[test]
    fn base64_is_meant_unless_binary_is_said() {
        check(None, Some(Encoding::Base64));
        check(Some("Base64"), Some(Encoding::Base64));
        check(Some("binary"), Some(Encoding::Binary));
        check(Some("quoted-printable"), None);
    }

    #[test]
    fn a_body_has_room_for_base64_and_its_line_breaks() {
        assert_eq!(Encoding::Binary.max_body_bytes(3_000), 3_000);
        assert_eq!(Encoding::Base64.max_body_bytes(3_000), 4_000 + 250 + 4);
        assert_eq!(Encoding::Base64.max_body_bytes(u64::MAX), u64::MAX);
    }
}
