use thumbnailify_core::Cursor;

/// The last time, in milliseconds since 1970, that has as many digits as any: late in the year 2286.
const LAST_MS: u64 = 9_999_999_999_999;

/// Spells the entry of a medium in the lists, whose order as a text is that of the places.
pub(super) fn spell_entry(place: Cursor) -> String {
    let Cursor {
        created_at_ms,
        media_id,
    } = place;
    format!("{:013}:{media_id}", created_at_ms.min(LAST_MS))
}

/// Reads an entry back.
pub(super) fn read_entry(entry: &str) -> Option<Cursor> {
    let (created_at_ms, media_id) = entry.split_once(':')?;
    Some(Cursor {
        created_at_ms: created_at_ms.parse().ok()?,
        media_id: media_id.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::MediaId;

    use super::*;

    fn place(created_at_ms: u64, byte: u8) -> Cursor {
        Cursor {
            created_at_ms,
            media_id: MediaId::from_bytes([byte; 16]),
        }
    }

    #[test]
    fn entries_sort_as_places_do() {
        let places = [
            place(0, 0),
            place(9, 0xff),
            place(10, 0x0a),
            place(10, 0xa0),
            place(1_732_700_000_000, 7),
            place(LAST_MS, 1),
        ];
        assert!(places.is_sorted());
        assert!(places.map(spell_entry).is_sorted());
    }

    #[test]
    fn an_entry_is_read_back() {
        let here = place(1_732_700_000_000, 7);
        let entry = spell_entry(here);
        assert_eq!(entry, format!("1732700000000:{}", here.media_id));
        assert_eq!(read_entry(&entry), Some(here));
        assert_eq!(read_entry("1732700000000"), None);
    }
}
