use std::hash::{BuildHasherDefault, Hasher};

/// Hashes for maps of colours.
///
/// Each pixel is looked up, and a hash that resists attacks would cost more than all else about it. A file that
/// makes its colours collide gains little: there are a thousand of them at most.
pub(super) type ColorHashes = BuildHasherDefault<ColorHasher>;

#[derive(Default)]
pub(super) struct ColorHasher(u64);

impl Hasher for ColorHasher {
    fn write(&mut self, bytes: &[u8]) {
        let bits = bytes.iter();
        let color = bits.fold(self.0, |all, byte| all << 8 | u64::from(*byte));
        // By 2^64 divided by the golden ratio, whose upper bits depend on all bits of the colour (Knuth, The
        // Art of Computer Programming, 6.4).
        self.0 = color.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
