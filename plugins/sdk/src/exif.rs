use crate::Orientation;

const ORIENTATION_TAG: u16 = 0x0112;

// The types of a number that have a value of 1, 2 and 4 bytes. EXIF wants the second, but some writers use others.
const BYTE: u16 = 1;
const SHORT: u16 = 3;
const LONG: u16 = 4;

const ENTRY_BYTES: usize = 12;

/// Finds the orientation in a block of EXIF (a TIFF header and its first directory, with or without the
/// `Exif` marker of JPEG before it).
///
/// What is missing, broken or out of range means upright: EXIF is a hint, and no reason to refuse a picture.
#[must_use]
pub fn orientation(exif: &[u8]) -> Orientation {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    orientation_number(tiff)
        .and_then(Orientation::from_exif)
        .unwrap_or(Orientation::UPRIGHT)
}

fn orientation_number(tiff: &[u8]) -> Option<u16> {
    let order = ByteOrder::of(tiff)?;
    let directory = order.u32_at(tiff, 4)? as usize;
    let entry_count = order.u16_at(tiff, directory)?;
    let entries = tiff.get(directory.checked_add(2)?..)?;
    let mut entries = entries.chunks_exact(ENTRY_BYTES).take(entry_count.into());
    let entry = entries.find(|entry| order.u16_at(entry, 0) == Some(ORIENTATION_TAG))?;
    match order.u16_at(entry, 2)? {
        BYTE => entry.get(8).copied().map(u16::from),
        SHORT => order.u16_at(entry, 8),
        LONG => order.u32_at(entry, 8)?.try_into().ok(),
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum ByteOrder {
    LittleEndian,
    BigEndian,
}

impl ByteOrder {
    fn of(tiff: &[u8]) -> Option<Self> {
        match tiff.get(..4)? {
            b"II*\0" => Some(Self::LittleEndian),
            b"MM\0*" => Some(Self::BigEndian),
            _ => None,
        }
    }

    fn u16_at(self, bytes: &[u8], offset: usize) -> Option<u16> {
        let bytes = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::LittleEndian => u16::from_le_bytes(bytes),
            Self::BigEndian => u16::from_be_bytes(bytes),
        })
    }

    fn u32_at(self, bytes: &[u8], offset: usize) -> Option<u32> {
        let bytes = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::LittleEndian => u32::from_le_bytes(bytes),
            Self::BigEndian => u32::from_be_bytes(bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIG_ENDIAN: &[u8] =
        b"MM\0*\0\0\0\x08\0\x02\x01\x00\0\x04\0\0\0\x01\0\0\0\x05\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
    const LITTLE_ENDIAN: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0";

    fn check(exif: &[u8], expected: u16) {
        assert_eq!(
            Some(orientation(exif)),
            Orientation::from_exif(expected),
            "{exif:?}"
        );
    }

    #[test]
    fn both_byte_orders_are_read() {
        check(BIG_ENDIAN, 6);
        check(LITTLE_ENDIAN, 8);
        check(&[b"Exif\0\0", BIG_ENDIAN].concat(), 6);
    }

    #[test]
    fn the_number_may_have_one_two_or_four_bytes() {
        let of_type = |kind: u8, value: [u8; 4]| {
            let head = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0";
            [head.as_slice(), &[kind, 0, 0, 0, 1], &value, &[0; 4]].concat()
        };
        check(&of_type(1, [6, 0, 0, 0]), 6);
        check(&of_type(3, [0, 6, 0, 0]), 6);
        check(&of_type(4, [0, 0, 0, 6]), 6);
        check(&of_type(1, [9, 0, 0, 0]), 1);
        check(&of_type(4, [0, 1, 0, 6]), 1);
        check(&of_type(2, [6, 0, 0, 0]), 1);
    }

    #[test]
    fn what_is_not_exif_is_upright() {
        check(b"", 1);
        check(b"MM\0*", 1);
        check(b"MM\0*\xff\xff\xff\xff", 1);
        check(b"II*\0\xff\xff\xff\xff\xff\xff", 1);
        check(b"II+\0\x08\0\0\0", 1);
    }

    #[test]
    fn no_truncation_and_no_changed_byte_does_harm() {
        for exif in [BIG_ENDIAN, LITTLE_ENDIAN] {
            for at in 0..exif.len() {
                let _ = orientation(&exif[..at]);
                for value in 0..=u8::MAX {
                    let mut changed = exif.to_vec();
                    changed[at] = value;
                    let _ = orientation(&changed);
                }
            }
        }
    }
}
