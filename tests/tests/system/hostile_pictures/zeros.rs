/// A zlib stream (RFC 1950) of so many zeros, without the zeros ever being in memory.
///
/// It is one block of fixed codes (RFC 1951, section 3.2.6): a zero, then copies of 258 bytes from one byte
/// back, of 13 bits each.
pub(super) fn compressed(count: u64) -> Vec<u8> {
    const COPIED: u64 = 258;
    let mut bits = Bits::default();
    // The last block, with fixed codes.
    bits.put(0b1, 1);
    bits.put(0b01, 2);
    let copies = count.saturating_sub(1) / COPIED;
    for _ in 0..count - copies * COPIED {
        bits.put_code(0b0011_0000, 8);
    }
    for _ in 0..copies {
        bits.put_code(0b1100_0101, 8);
        bits.put_code(0, 5);
    }
    bits.put_code(0, 7);
    let mut stream = vec![0x78, 0xda];
    stream.extend(bits.finished());
    // Adler-32 of zeros: the first sum stays 1, the second counts them.
    let counted = u32::try_from(count % 65_521).unwrap();
    stream.extend((counted << 16 | 1).to_be_bytes());
    stream
}

/// Bits from the lowest of each byte up.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, length: u32) {
        self.held |= value << self.count;
        self.count += length;
        while self.count >= 8 {
            self.bytes.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// Codes stand with their highest bit first.
    fn put_code(&mut self, code: u32, length: u32) {
        self.put(code.reverse_bits() >> (32 - length), length);
    }

    fn finished(mut self) -> Vec<u8> {
        self.put(0, 7);
        self.bytes
    }
}
