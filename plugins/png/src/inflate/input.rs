/// Where compressed bytes come from, piece by piece.
pub(crate) trait Packed {
    /// The next ones; none at the end.
    fn bytes(&mut self) -> &[u8];

    /// Says how many of them were taken.
    fn consume(&mut self, count: usize);
}

impl Packed for &[u8] {
    fn bytes(&mut self) -> &[u8] {
        self
    }

    fn consume(&mut self, count: usize) {
        *self = self.get(count..).unwrap_or_default();
    }
}

/// How much is gathered at once.
const BUFFER_BYTES: usize = 32 * 1024;

/// The longest header of a block, rounded up generously, and more than is read in one step of unpacking.
const NEEDED_BYTES: usize = 1024;

/// Zeros behind the end of the file, so that reading ahead needs no care.
const PADDING_BYTES: usize = 64;

/// What one step of unpacking may read ahead.
const STEP_BYTES: usize = 32;

/// The compressed bytes of all chunks in one row, read by bits.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) bytes: Vec<u8>,
    /// Behind the last byte that came from the file.
    pub(super) end: usize,
    pub(super) bits: BitReader,
    has_ended: bool,
}

/// The place in the input. A copy of it is kept in locals where speed matters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BitReader {
    /// The next bits, the first of them lowest.
    pub(super) bits: u64,
    /// How many of them are valid.
    pub(super) count: u32,
    /// The next byte to be taken into `bits`.
    pub(super) position: usize,
}

impl BitReader {
    /// Makes at least 56 bits valid. Without branches: bytes that do not fit whole are taken again later.
    #[inline(always)]
    pub(super) fn refill(&mut self, input: &[u8]) {
        if let Some(bytes) = input.get(self.position..self.position + 8) {
            let mut next = [0; 8];
            next.copy_from_slice(bytes);
            self.bits |= u64::from_le_bytes(next) << self.count;
            self.position += ((63 - self.count) >> 3) as usize;
            self.count |= 56;
        }
    }

    #[inline(always)]
    pub(super) fn drop(&mut self, count: u32) {
        self.bits >>= count;
        self.count = self.count.wrapping_sub(count);
    }

    /// Drops the code of a table's entry. A shift looks at the lowest six bits alone, so that nothing stands between
    /// the look-up and the shift that the next look-up waits for.
    #[inline(always)]
    pub(super) fn drop_code(&mut self, entry: u32) {
        self.bits = self.bits.wrapping_shr(entry);
        self.count = self.count.wrapping_sub(entry & 63);
    }

    /// Takes up to 16 bits out of those that are valid.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let value = self.bits as u32 & ((1 << count) - 1);
        self.drop(count);
        value
    }
}

impl Input {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; BUFFER_BYTES + PADDING_BYTES],
            end: 0,
            bits: BitReader::default(),
            has_ended: false,
        }
    }

    /// Gathers more where little is left.
    pub(super) fn gather(&mut self, packed: &mut impl Packed) {
        if self.has_ended || self.end.saturating_sub(self.bits.position) >= NEEDED_BYTES {
            return;
        }
        let from = self.bits.position.min(self.end);
        self.bytes.copy_within(from..self.end, 0);
        self.end -= from;
        self.bits.position = 0;
        while self.end < BUFFER_BYTES {
            let more = packed.bytes();
            let count = more.len().min(BUFFER_BYTES - self.end);
            if count == 0 {
                self.has_ended = true;
                self.bytes[self.end..].fill(0);
                return;
            }
            self.bytes[self.end..self.end + count].copy_from_slice(&more[..count]);
            self.end += count;
            packed.consume(count);
        }
    }

    /// Behind this position a step of unpacking might read what is not there.
    pub(super) fn safe_end(&self) -> usize {
        self.end.saturating_sub(STEP_BYTES)
    }

    /// Tells whether more bits were taken than the file has.
    pub(super) fn is_overrun(&self) -> bool {
        let unread = (self.bits.count / 8) as usize;
        self.bits.position > self.end + unread
    }

    /// Takes the two bytes before the first block and tells whether they are right (RFC 1950, section 2.2).
    pub(super) fn has_zlib_header(&mut self) -> bool {
        self.bits.refill(&self.bytes);
        let (method, flags) = (self.bits.take(8), self.bits.take(8));
        let is_deflate = method & 15 == 8 && method >> 4 <= 7;
        is_deflate && flags & 0x20 == 0 && (method * 256 + flags) % 31 == 0 && !self.is_overrun()
    }

    /// Goes to the next whole byte.
    pub(super) fn align(&mut self) {
        self.bits.drop(self.bits.count % 8);
    }

    /// Takes up to `count` whole bytes.
    pub(super) fn take_bytes(&mut self, count: usize) -> &[u8] {
        let unread = (self.bits.count / 8) as usize;
        let from = (self.bits.position - unread).min(self.end);
        let to = self.end.min(from + count);
        self.bits = BitReader {
            position: to,
            ..BitReader::default()
        };
        &self.bytes[from..to]
    }
}
