use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::fault::Fault;

/// Takes what Python's `b64decode` takes: padding is required (so three of four truncated texts are
/// noticed), while bits that the last letter has left over may be anything.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Decodes base64 text that comes in chunks of any length.
///
/// Line breaks, tabs and blanks are skipped; any other byte outside the alphabet is an error, as is
/// text after the padding: dropping it would store something else than what was sent.
#[derive(Debug, Default)]
pub(super) struct Base64Decoder {
    /// Letters that are not decoded yet; fewer than four between two chunks.
    letters: Vec<u8>,
    /// Whether the padding was seen, after which nothing may follow.
    is_padded: bool,
}

impl Base64Decoder {
    /// Decodes all whole groups of four letters that have come so far.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<Bytes, Fault> {
        for run in chunk.split(|byte| is_blank(*byte)) {
            self.letters.extend_from_slice(run);
        }
        if self.is_padded && !self.letters.is_empty() {
            return Err(Fault::NotBase64);
        }
        let rest = self.letters.split_off(self.letters.len() / 4 * 4);
        let bytes = ENGINE.decode(&self.letters).map_err(|_| Fault::NotBase64)?;
        self.is_padded |= self.letters.ends_with(b"=");
        self.letters = rest;
        Ok(bytes.into())
    }

    /// Checks that the text did not end inside a group.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        if self.letters.is_empty() {
            Ok(())
        } else {
            Err(Fault::NotBase64)
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b'\t' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str, chunk_bytes: usize) -> Result<Vec<u8>, Fault> {
        let mut decoder = Base64Decoder::default();
        let mut decoded = Vec::new();
        for chunk in text.as_bytes().chunks(chunk_bytes) {
            decoded.extend(decoder.push(chunk)?);
        }
        decoder.finish()?;
        Ok(decoded)
    }

    /// The cut of the text into chunks must never matter.
    fn check(text: &str, expected: Option<&str>) {
        for chunk_bytes in 1..=text.len().max(1) {
            let decoded = decode(text, chunk_bytes).ok();
            let expected = expected.map(|expected| expected.as_bytes().to_vec());
            assert_eq!(decoded, expected, "{text:?} in chunks of {chunk_bytes}");
        }
    }

    #[test]
    fn text_is_decoded_whatever_its_chunks() {
        check("", Some(""));
        check("YQ==", Some("a"));
        check("YWI=", Some("ab"));
        check("YWJj", Some("abc"));
        check("VGhlIHF1aWNrIGJyb3duIGZveA==", Some("The quick brown fox"));
    }

    #[test]
    fn blanks_and_line_breaks_are_skipped_anywhere() {
        check("  YW\r\nJj\tYW =\n=\r\n", Some("abca"));
    }

    #[test]
    fn leftover_bits_do_not_matter() {
        check("YR==", Some("a"));
    }

    #[test]
    fn bytes_outside_the_alphabet_are_refused() {
        for text in [
            "YW*j",
            "YWJj!",
            "YWJ-",
            "YWJ_",
            "YWJj\0",
            "YWJj\u{b}",
            "YWJjä===",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn wrong_padding_is_refused() {
        for text in ["Y", "YQ", "YQ=", "YWI", "=", "====", "Y===", "=YQ=", "YQ=a"] {
            check(text, None);
        }
    }

    #[test]
    fn text_after_the_padding_is_refused() {
        for text in ["YQ==YQ==", "YQ== =", "YWI=YWI="] {
            check(text, None);
        }
    }

    #[test]
    fn a_long_text_comes_out_as_it_went_in() {
        let bytes: Vec<u8> = (0..100_000_u32)
            .map(|index| (index * 31 % 251) as u8)
            .collect();
        let text = ENGINE.encode(&bytes);
        for chunk_bytes in [1_000, 1_021, 65_536] {
            assert_eq!(decode(&text, chunk_bytes).unwrap(), bytes);
        }
    }
}
