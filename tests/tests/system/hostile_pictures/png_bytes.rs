use super::zeros;

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
pub(super) const GRAY: u8 = 0;
pub(super) const RGB: u8 = 2;
pub(super) const RGBA: u8 = 6;

/// A chunk with its checksum.
pub(super) fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let covered = [kind.as_slice(), body].concat();
    let checksum = crc32(&covered).to_be_bytes();
    [length.as_slice(), &covered, &checksum].concat()
}

/// The checksum of chunks (PNG, annex D).
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|byte| {
        (0..8).fold(u32::try_from(byte).unwrap(), |rest, _| {
            (rest >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(rest & 1))
        })
    });
    !bytes.iter().fold(u32::MAX, |rest, byte| {
        table[usize::from(rest.to_le_bytes()[0] ^ byte)] ^ (rest >> 8)
    })
}

pub(super) fn header(width: u32, height: u32, color: u8, depth: u8, interlace: u8) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let rest = [depth, color, 0, 0, interlace];
    chunk(b"IHDR", &[sides.as_slice(), &rest].concat())
}

/// A file of these chunks between header and end.
pub(super) fn file(header: Vec<u8>, chunks: &[Vec<u8>]) -> Vec<u8> {
    [
        SIGNATURE.to_vec(),
        header,
        chunks.concat(),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

/// Pixels that are all zero: so many bytes of rows, each with its filter.
pub(super) fn pixels(bytes: u64) -> Vec<u8> {
    chunk(b"IDAT", &zeros::compressed(bytes))
}
