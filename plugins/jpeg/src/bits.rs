//! A reader of bits that is small enough to live in registers.

/// The room for entropy-coded data; a power of two, so that an index can be masked instead of checked.
pub(crate) const CLEAN_BYTES: usize = 1 << 14;

/// Entropy-coded data from which the stuffed bytes are gone, and room to read 8 bytes at any index.
pub(crate) type Clean = [u8; CLEAN_BYTES + 8];

/// A position in [`Clean`] data.
///
/// It is handed on by value: a function that takes it by reference would force it into memory, on the
/// critical path of everything here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits {
    /// The next bits, the first of them on top. Below `count` bits there may be further true ones.
    word: u64,
    count: u32,
    position: u32,
}

/// How many bits there are at least after [`Bits::refill`].
pub(crate) const REFILLED_BITS: u32 = 56;

impl Bits {
    pub(crate) const START: Self = Self {
        word: 0,
        count: 0,
        position: 0,
    };

    /// What a function has to be given that is not inlined: structures of this size travel through memory,
    /// and what has once been there is left there by the compiler.
    #[inline(always)]
    pub(crate) fn into_parts(self) -> (u64, u32, u32) {
        (self.word, self.count, self.position)
    }

    /// The bits of which these are the parts.
    #[inline(always)]
    pub(crate) fn from_parts(word: u64, count: u32, position: u32) -> Self {
        Self {
            word,
            count,
            position,
        }
    }

    /// Fetches bits until there are at least [`REFILLED_BITS`].
    #[inline(always)]
    pub(crate) fn refill(&mut self, clean: &Clean) {
        let index = self.position as usize & (CLEAN_BYTES - 1);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&clean[index..index + 8]);
        self.word |= big_endian(bytes) >> self.count;
        self.position += (63 - self.count) >> 3;
        self.count |= REFILLED_BITS;
    }

    /// The next 12 bits.
    #[inline(always)]
    pub(crate) fn next_12(self) -> usize {
        (self.word >> 52) as usize
    }

    /// The next 16 bits.
    #[inline(always)]
    pub(crate) fn next_16(self) -> u32 {
        (self.word >> 48) as u32
    }

    /// Steps over bits. Only the lowest 6 bits of the number count.
    #[inline(always)]
    pub(crate) fn skip(&mut self, count: u32) {
        self.word = self.word.wrapping_shl(count);
        self.count = self.count.wrapping_sub(count & 63);
    }

    /// Reads up to 16 bits as a number.
    #[inline(always)]
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        // In two steps, because the number of bits may be 0.
        let value = (self.word >> 1) >> (63 - count);
        self.skip(count);
        value as u32
    }

    /// The number of bits that have been used up.
    #[inline(always)]
    pub(crate) fn used(self) -> u64 {
        (u64::from(self.position) * 8).saturating_sub(self.count.into())
    }

    /// Where the next byte is fetched.
    #[inline(always)]
    pub(crate) fn position(self) -> u32 {
        self.position
    }

    /// The same bits, after the data have been moved towards the front.
    #[inline(always)]
    pub(crate) fn moved(self, by: u32) -> Self {
        Self {
            position: self.position.saturating_sub(by),
            ..self
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn big_endian(bytes: [u8; 8]) -> u64 {
    // Wasm has no instruction that swaps bytes, but one that shuffles them.
    use core::arch::wasm32::{i8x16, i8x16_swizzle, u64x2, u64x2_extract_lane};
    let order = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0);
    u64x2_extract_lane::<0>(i8x16_swizzle(u64x2(u64::from_le_bytes(bytes), 0), order))
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
fn big_endian(bytes: [u8; 8]) -> u64 {
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_the_order_of_the_file() {
        let mut clean = [0; CLEAN_BYTES + 8];
        for (index, byte) in clean.iter_mut().enumerate() {
            *byte = (index * 37) as u8;
        }
        let mut bits = Bits::START;
        let mut at = 0;
        for count in (0..=16).cycle().take(1_000) {
            bits.refill(&clean);
            let expected = (at..at + count).fold(0, |value, bit| {
                value << 1 | u32::from(clean[bit / 8] >> (7 - bit % 8) & 1)
            });
            assert_eq!(bits.take(count as u32), expected);
            at += count;
            assert_eq!(bits.used(), at as u64);
        }
    }
}
