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
    frame_at([0, 0], width, height, disposal)
}

/// The same at another place: its left and its top.
pub(super) fn frame_at(place: [u16; 2], width: u16, height: u16, disposal: u8) -> Vec<u8> {
    // Codes of three bits: clear, 0, end.
    let codes = [0b0100_0100, 0b0000_0001];
    let control = [disposal << 2, 10, 0, 0];
    image(control, [place[0], place[1], width, height], &codes)
}

/// A frame at the corner that has all its pixels, each of them transparent.
pub(super) fn empty_frame(width: u16, height: u16) -> Vec<u8> {
    let codes = zeros(u64::from(width) * u64::from(height));
    image([1, 10, 0, 0], [0, 0, width, height], &codes)
}

fn image(control: [u8; 4], area: [u16; 4], codes: &[u8]) -> Vec<u8> {
    let mut image = [[0x21, 0xf9, 4].as_slice(), &control, &[0, 0x2c]].concat();
    image.extend(area.map(u16::to_le_bytes).concat());
    image.extend([0, 2]);
    for block in codes.chunks(255) {
        image.extend([block.len() as u8]);
        image.extend(block);
    }
    image.push(0);
    image
}

/// At least so many zeros in as few codes as there can be: each one is a zero longer than the one before, until
/// the table is full and the longest one is all that follows.
fn zeros(pixel_count: u64) -> Vec<u8> {
    const CLEAR: u16 = 4;
    const FIRST_FREE: u16 = 6;
    const LAST: u16 = 4_095;
    let longest = u64::from(LAST - FIRST_FREE) + 2;
    let growing =
        (FIRST_FREE..=LAST).chain(std::iter::repeat_n(LAST, (pixel_count / longest) as usize));
    let mut codes = Vec::new();
    let (mut bits, mut bit_count) = (0_u32, 0);
    for code in [CLEAR, 0].into_iter().chain(growing) {
        bits |= u32::from(code) << bit_count;
        bit_count += code_bits(code);
        while bit_count >= 8 {
            codes.push(bits as u8);
            (bits, bit_count) = (bits >> 8, bit_count - 8);
        }
    }
    codes.push(bits as u8);
    codes
}

/// A code that is just being added to the table is the largest one so far.
fn code_bits(code: u16) -> u32 {
    (u16::BITS - code.leading_zeros()).max(3)
}
