use flate2::Compression;

use super::*;
use crate::tests::files::{noise, packed_with, residues};

const LEVELS: [u32; 4] = [0, 1, 6, 9];

fn check(bytes: &[u8]) {
    for level in LEVELS {
        let packed = packed_with(bytes, Compression::new(level));
        let unpacked = unpacked(&packed, bytes.len()).unwrap();
        assert!(unpacked == bytes, "level {level}, {} bytes", bytes.len());
    }
}

/// Patterns that repeat after so many bytes, with noise between, so that matches of many lengths are found.
fn repetitive(period: usize) -> Vec<u8> {
    let (mut noise, mut bytes) = (noise(period as u64), Vec::new());
    while bytes.len() < 3000 + 2 * period {
        let length = usize::from(noise()) % 300;
        for _ in 0..length {
            let byte = match bytes.len().checked_sub(period) {
                Some(before) => bytes[before],
                None => noise(),
            };
            bytes.push(byte);
        }
        bytes.push(noise());
    }
    bytes
}

#[test]
fn what_was_packed_comes_out_again() {
    check(b"");
    check(b"a");
    check(&[0; 1_000_000]);
    check(
        &std::iter::repeat_with(noise(1))
            .take(200_000)
            .collect::<Vec<_>>(),
    );
    check(
        &std::iter::repeat_with(residues(1))
            .take(200_000)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn matches_of_every_distance_are_repeated() {
    for period in (1..40).chain([255, 256, 257, 511, 5000, 32_767, 32_768]) {
        check(&repetitive(period));
    }
}

#[test]
fn a_stream_that_comes_byte_by_byte_is_the_same() {
    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Packed for Slow<'_> {
        fn bytes(&mut self) -> &[u8] {
            &self.0[..self.0.len().min(1)]
        }

        fn consume(&mut self, count: usize) {
            self.0 = &self.0[count..];
        }
    }

    let bytes = repetitive(100);
    let packed = packed_with(&bytes, Compression::default());
    let mut inflate = Inflate::new(bytes.len()).unwrap();
    assert!(inflate.fill(&mut Slow(&packed), bytes.len()));
    assert!(inflate.bytes() == bytes);
}

#[test]
fn of_a_cut_off_stream_only_what_was_there_comes_out() {
    let bytes = [repetitive(7), repetitive(300)].concat();
    for level in LEVELS {
        let packed = packed_with(&bytes, Compression::new(level));
        let mut last = 0;
        for at in 0..packed.len() {
            let part = unpacked(&packed[..at], bytes.len()).unwrap();
            assert!(
                bytes.starts_with(&part) && part.len() >= last,
                "level {level} at {at}"
            );
            last = part.len();
        }
        // At most one step of unpacking is lost, and the last bytes are a checksum.
        assert!(last + 300 > bytes.len(), "level {level}: {last}");
    }
}

#[test]
fn changes_do_no_harm() {
    let bytes = repetitive(50);
    let mut noise = noise(3);
    for level in LEVELS {
        let packed = packed_with(&bytes, Compression::new(level));
        for _ in 0..1000 {
            let mut changed = packed.clone();
            let at = usize::from(noise()) * 256 + usize::from(noise());
            changed[at % packed.len()] = noise();
            if let Some(bytes) = unpacked(&changed, 1 << 20) {
                assert!(bytes.len() <= 1 << 20);
            }
        }
    }
}

#[test]
fn streams_of_another_kind_are_empty() {
    let stored = [0x78, 0x01, 1, 1, 0, 254, 255, b'a'];
    assert_eq!(unpacked(&stored, 9).unwrap(), b"a");
    for (at, byte) in [(0, 0x79), (0, 0x88), (1, 0x02), (1, 0x20), (2, 7), (5, 0)] {
        let mut other = stored;
        other[at] = byte;
        assert_eq!(unpacked(&other, 9).unwrap(), b"", "{at}");
    }
}

#[test]
fn more_than_is_allowed_is_nothing() {
    let packed = packed_with(&[0; 1000], Compression::default());
    assert_eq!(unpacked(&packed, 999), None);
    assert_eq!(unpacked(&packed, 1000), Some(vec![0; 1000]));
}
