/// A file with a palette of black and white.
pub(super) fn file(width: u16, height: u16, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"GIF89a".to_vec();
    file.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    file.extend([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    file.extend(frames.concat());
    file.push(b';');
    file
}

/// A frame at the corner that shows for a tenth of a second, of one pixel's data.
pub(super) fn frame(width: u16, height: u16, disposal: u8) -> Vec<u8> {
    let control = [0x21, 0xf9, 4, disposal << 2, 10, 0, 0, 0];
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    // Codes of three bits: clear, 0, end.
    let codes = [2, 2, 0b0100_0100, 0b0000_0001, 0];
    [
        control.as_slice(),
        &[0x2c, 0, 0, 0, 0],
        &sides,
        &[0],
        &codes,
    ]
    .concat()
}
