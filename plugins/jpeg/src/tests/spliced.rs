//! Changes to the segments of a file.

/// Where the first marker of this code is.
pub(super) fn position(bytes: &[u8], marker: u8) -> usize {
    let mut pairs = bytes.windows(2);
    pairs.position(|pair| pair == [0xff, marker]).unwrap()
}

/// The file with one more segment at its start.
pub(super) fn with_segment(bytes: &[u8], marker: u8, segment: &[u8]) -> Vec<u8> {
    let [high, low] = (segment.len() as u16 + 2).to_be_bytes();
    [
        &bytes[..2],
        &[0xff, marker, high, low],
        segment,
        &bytes[2..],
    ]
    .concat()
}

/// The file without the name of JFIF.
pub(super) fn without_jfif(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let segment = position(&bytes, 0xe0);
    bytes[segment + 4..segment + 8].fill(b'X');
    bytes
}

/// Gives the three components of a file with one scan other names.
pub(super) fn rename_components(bytes: &mut [u8], names: [u8; 3]) {
    let (frame, scan) = (position(bytes, 0xc0), position(bytes, 0xda));
    for (index, name) in names.into_iter().enumerate() {
        bytes[frame + 10 + 3 * index] = name;
        bytes[scan + 5 + 2 * index] = name;
    }
}
