use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::fault::Fault;

/// So many letters belong together, and are so many bytes.
const GROUP: usize = 4;
const BYTES_OF_GROUP: usize = 3;

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
    /// The letters of a group that is not whole yet; fewer than four between two chunks.
    begun: Vec<u8>,
    /// Whether the padding was seen, after which nothing may follow.
    is_padded: bool,
}

impl Base64Decoder {
    /// Decodes all whole groups of four letters that have come so far.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<Bytes, Fault> {
        if has_blanks(chunk) {
            let letters: Vec<u8> = chunk
                .iter()
                .copied()
                .filter(|byte| !is_blank(*byte))
                .collect();
            self.push_letters(&letters)
        } else {
            self.push_letters(chunk)
        }
    }

    /// Letters are decoded from where they are, but for those of a group that two chunks share.
    fn push_letters(&mut self, letters: &[u8]) -> Result<Bytes, Fault> {
        let missing = match self.begun.len() {
            0 => 0,
            begun => GROUP - begun,
        };
        let (end, letters) = letters.split_at(missing.min(letters.len()));
        let (groups, begin) = letters.split_at(letters.len() / GROUP * GROUP);
        let mut bytes = Vec::with_capacity((letters.len() / GROUP + 1) * BYTES_OF_GROUP);
        self.begun.extend_from_slice(end);
        if self.begun.len() == GROUP {
            let group = std::mem::take(&mut self.begun);
            self.decode(&group, &mut bytes)?;
        }
        self.decode(groups, &mut bytes)?;
        self.begun.extend_from_slice(begin);
        if self.is_padded && !self.begun.is_empty() {
            return Err(Fault::NotBase64);
        }
        Ok(bytes.into())
    }

    fn decode(&mut self, groups: &[u8], bytes: &mut Vec<u8>) -> Result<(), Fault> {
        if groups.is_empty() {
            return Ok(());
        }
        if self.is_padded || ENGINE.decode_vec(groups, bytes).is_err() {
            return Err(Fault::NotBase64);
        }
        self.is_padded = groups.ends_with(b"=");
        Ok(())
    }

    /// Checks that the text did not end inside a group.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        if self.begun.is_empty() {
            Ok(())
        } else {
            Err(Fault::NotBase64)
        }
    }
}

/// Looks at every byte of a part, whatever it finds first, so that many are looked at together.
fn has_blanks(chunk: &[u8]) -> bool {
    let mut parts = chunk.chunks(1 << 10);
    parts.any(|part| {
        part.iter()
            .fold(false, |found, byte| found | is_blank(*byte))
    })
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
