//! Places in the list of images as clients carry them: opaque, so that their form can change.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use thumbnailify_core::{Cursor, MediaId};

/// What a cursor of this form begins with.
const VERSION: u8 = 1;

/// The version, the time in milliseconds, most significant byte first, and the id.
const BYTES: usize = 1 + 8 + 16;

/// Spells a cursor in characters that need no escape in a URL.
pub(crate) fn spell_cursor(cursor: Cursor) -> String {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.push(VERSION);
    bytes.extend(cursor.created_at_ms.to_be_bytes());
    bytes.extend(cursor.media_id.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor back. Only what [`spell_cursor`] spells is one.
pub(crate) fn read_cursor(text: &str) -> Option<Cursor> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (version, rest) = bytes.split_first()?;
    let (time, id) = rest.split_first_chunk()?;
    let media_id = MediaId::from_bytes(id.try_into().ok()?);
    (*version == VERSION).then(|| Cursor {
        created_at_ms: u64::from_be_bytes(*time),
        media_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back() {
        for created_at_ms in [0, 1_732_700_000_000, u64::MAX] {
            let cursor = Cursor {
                created_at_ms,
                media_id: MediaId::random(),
            };
            let text = spell_cursor(cursor);
            assert!(
                text.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            );
            assert_eq!(read_cursor(&text), Some(cursor));
        }
    }

    #[test]
    fn anything_else_is_none() {
        let cursor = spell_cursor(Cursor {
            created_at_ms: 1_732_700_000_000,
            media_id: MediaId::from_bytes([7; 16]),
        });
        let of_another_version = format!("Ag{}", &cursor[2..]);
        let with_loose_bits = format!("{}d", &cursor[..cursor.len() - 1]);
        for text in [
            "",
            "AQ",
            &cursor[1..],
            &cursor[..cursor.len() - 2],
            &format!("{cursor}="),
            &format!("{cursor}AAAA"),
            &format!(" {cursor}"),
            &of_another_version,
            &with_loose_bits,
        ] {
            assert_eq!(read_cursor(text), None, "{text}");
        }
    }
}
