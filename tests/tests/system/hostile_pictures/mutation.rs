use super::noise::Noise;
use super::png_bytes::{SIGNATURE, crc32};

/// No file is changed at more places.
const CHANGES_MAX: usize = 6;
/// No change is longer.
const LENGTH_MAX: usize = 40;
/// Where numbers end and begin, and what markers and separators begin with.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x21, 0x2c];

/// The file, changed at a few places.
pub(super) fn mutated(file: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..=noise.below(CHANGES_MAX) {
        if file.is_empty() {
            break;
        }
        change(&mut file, noise);
    }
    file
}

fn change(file: &mut Vec<u8>, noise: &mut Noise) {
    let at = noise.below(file.len());
    let end = file.len().min(at + 1 + noise.below(LENGTH_MAX));
    match noise.below(8) {
        0..=2 => file[at] ^= 1 << noise.below(8),
        3 => file[at] = noise.byte(),
        4 => file[at] = EDGES[noise.below(EDGES.len())],
        5 => drop(file.drain(at..end)),
        6 => {
            let again = file[at..end].to_vec();
            file.splice(at..at, again);
        }
        _ => {
            let from = noise.below(file.len() - (end - at) + 1);
            file.copy_within(from..from + (end - at), at);
        }
    }
}

/// Makes the checksums of a PNG right again, as far as its chunks can be told, so that a decoder looks at what
/// is in them.
pub(super) fn with_right_checksums(mut png: Vec<u8>) -> Vec<u8> {
    let mut at = SIGNATURE.len();
    while let Some(length) = png.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap());
        let covered = at + 4..(at + 8).saturating_add(usize::try_from(length).unwrap());
        let end = covered.end.saturating_add(4);
        if end > png.len() {
            break;
        }
        let checksum = crc32(&png[covered.clone()]).to_be_bytes();
        png[covered.end..end].copy_from_slice(&checksum);
        at = end;
    }
    png
}
