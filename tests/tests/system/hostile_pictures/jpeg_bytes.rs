pub(super) const BASELINE: u8 = 0xc0;
pub(super) const PROGRESSIVE: u8 = 0xc2;

/// A marker with its segment.
fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], length.as_slice(), body].concat()
}

/// All before the first scan: quantisation by 1, codes, and a frame of so many components.
///
/// The code of DC has the one symbol 0. That of AC has 0 (end of the block) and 0xe0 (end of the next 16,384
/// blocks and some more). All are of one bit.
pub(super) fn head(frame: u8, width: u16, height: u16, components: u8) -> Vec<u8> {
    let mut sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    sides.insert(0, 8);
    sides.push(components);
    sides.extend((1..=components).flat_map(|id| [id, 0x11, 0]));
    let codes = |class: u8, symbols: &[u8]| {
        let count = u8::try_from(symbols.len()).unwrap();
        // Of two symbols each has two bits: the code of ones alone must not be used.
        let mut body = vec![class];
        body.extend((1..=16).map(|length| if length == count { count } else { 0 }));
        segment(0xc4, &[body.as_slice(), symbols].concat())
    };
    [
        vec![0xff, 0xd8],
        segment(0xdb, &[&[0], [1; 64].as_slice()].concat()),
        codes(0x00, &[0]),
        codes(0x10, &[0x00, 0xe0]),
        segment(frame, &sides),
    ]
    .concat()
}

/// The head of a scan: its components, and the first and last coefficient.
pub(super) fn scan(components: u8, first: u8, last: u8) -> Vec<u8> {
    let mut body = vec![components];
    body.extend((1..=components).flat_map(|id| [id, 0]));
    body.extend([first, last, 0]);
    segment(0xda, &body)
}

/// AC of so many blocks, all zero: runs of 32,767 blocks of 16 bits each.
pub(super) fn empty_ac(blocks: u32) -> Vec<u8> {
    const RUN: u32 = 32_767;
    // 01 is the code of 0xe0; 14 ones make the run as long as can be. The last run may go too far.
    let runs = usize::try_from(blocks.div_ceil(RUN)).unwrap();
    // A byte of ones is followed by a zero.
    [0b0111_1111, 0xff, 0x00].repeat(runs)
}

/// DC of so many blocks, all the same.
pub(super) fn empty_dc(blocks: u32) -> Vec<u8> {
    vec![0; usize::try_from(blocks.div_ceil(8)).unwrap()]
}
