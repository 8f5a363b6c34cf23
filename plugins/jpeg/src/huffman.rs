//! Huffman tables (T.81, C and F.2.2.3), turned into tables that are looked up with the next 12 bits.

use crate::bits::Bits;
use crate::stream::Damage;

/// Tables are looked up with so many bits.
pub(crate) const INDEX_BITS: u32 = 12;
pub(crate) const INDEX_COUNT: usize = 1 << INDEX_BITS;

/// A code and the value bits that follow it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Symbol {
    /// How many zeros come before the value; in a progressive scan also the length of an end-of-band run.
    pub(crate) run: u32,
    /// 0 if the symbol has no value bits.
    pub(crate) value: i32,
    pub(crate) is_end: bool,
}

/// One table of a DHT segment.
#[derive(Debug)]
pub(crate) struct Huffman {
    /// The symbols in the order of their codes.
    symbols: Vec<u8>,
    /// For each length of code, the first code that is longer, filled up to 16 bits.
    ends: [u32; 17],
    /// For each length of code, what is added to a code to get the index of its symbol.
    offsets: [i32; 17],
    fast: [u32; INDEX_COUNT],
}

/// An entry of [`Huffman::fast`]. 0 stands for a code of more than 12 bits, or none at all.
///
/// | bits | |
/// | --- | --- |
/// | 0-5 | length of the code and the value bits behind it |
/// | 6-9 | run |
/// | 10 | the value is in the entry |
/// | 11 | end of block |
/// | 12-15 | number of value bits |
/// | 16-31 | value |
#[derive(Clone, Copy)]
pub(crate) struct Entry(u32);

impl Entry {
    const IS_WHOLE: u32 = 1 << 10;
    const IS_END: u32 = 1 << 11;

    fn new(symbol: u8, code_length: u32) -> Self {
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        let end = if size == 0 && run != 15 {
            Self::IS_END
        } else {
            0
        };
        Self((code_length + size) | run << 6 | end | size << 12)
    }

    fn with_value(self, value: i32) -> Self {
        Self(self.0 | Self::IS_WHOLE | (value as u32) << 16)
    }

    #[inline(always)]
    fn is_whole(self) -> bool {
        self.0 & Self::IS_WHOLE != 0
    }

    pub(crate) fn length(self) -> u32 {
        self.0 & 63
    }

    fn size(self) -> u32 {
        self.0 >> 12 & 15
    }

    pub(crate) fn code_length(self) -> u32 {
        self.length() - self.size()
    }

    #[inline(always)]
    pub(crate) fn run(self) -> u32 {
        self.0 >> 6 & 15
    }

    #[inline(always)]
    pub(crate) fn is_end(self) -> bool {
        self.0 & Self::IS_END != 0
    }

    #[inline(always)]
    fn value(self) -> i32 {
        self.0 as i32 >> 16
    }
}

impl Huffman {
    /// Makes the tables of the number of codes of each length and the symbols in the order of their codes.
    ///
    /// There is none if there are more codes than fit, or fewer symbols than codes.
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Box<Self>> {
        let count: usize = counts.iter().copied().map(usize::from).sum();
        let mut huffman = Box::new(Self {
            symbols: symbols.get(..count)?.to_vec(),
            ends: [0; 17],
            offsets: [0; 17],
            fast: [0; INDEX_COUNT],
        });
        let (mut code, mut index) = (0_u32, 0_u32);
        for (length, count) in (1..).zip(counts) {
            let count = u32::from(*count);
            huffman.offsets[length] = index as i32 - code as i32;
            if length <= INDEX_BITS as usize {
                huffman.fill_fast(code, index, count, length as u32);
            }
            (code, index) = (code + count, index + count);
            if code > 1 << length {
                return None;
            }
            huffman.ends[length] = code << (16 - length);
            code <<= 1;
        }
        Some(huffman)
    }

    fn fill_fast(&mut self, first_code: u32, first_index: u32, count: u32, length: u32) {
        for nth in 0..count {
            let symbol = self.symbols[(first_index + nth) as usize];
            let entry = Entry::new(symbol, length);
            let below = INDEX_BITS - length;
            let start = ((first_code + nth) << below) as usize;
            // Too many codes are found out behind this.
            let Some(area) = self.fast.get_mut(start..start + (1 << below)) else {
                return;
            };
            let Some(unused) = below.checked_sub(entry.size()) else {
                area.fill(entry.0);
                continue;
            };
            for (bits, same_value) in (0..).zip(area.chunks_exact_mut(1 << unused)) {
                same_value.fill(entry.with_value(extended(bits, entry.size())).0);
            }
        }
    }

    /// Reads a symbol. There must be 32 bits; [`Bits::refill`] gives more.
    #[inline(always)]
    pub(crate) fn read(&self, bits: &mut Bits) -> Result<Symbol, Damage> {
        let entry = Entry(self.fast[bits.next_12()]);
        let value;
        if entry.is_whole() {
            bits.skip(entry.0);
            value = entry.value();
            return Ok(Symbol {
                run: entry.run(),
                value,
                is_end: entry.is_end(),
            });
        }
        let (word, count, position) = bits.into_parts();
        let (moved, symbol) = self.read_slowly(word, count, position)?;
        let (word, count, position) = moved.into_parts();
        *bits = Bits::from_parts(word, count, position);
        Ok(symbol)
    }

    /// Reads a symbol of which the code or the value has bits beyond the first 12.
    #[cold]
    #[inline(never)]
    fn read_slowly(&self, word: u64, count: u32, position: u32) -> Result<(Bits, Symbol), Damage> {
        let mut bits = Bits::from_parts(word, count, position);
        let mut entry = Entry(self.fast[bits.next_12()]);
        if entry.0 == 0 {
            entry = self.long(bits.next_16())?;
        }
        bits.skip(entry.code_length());
        let size = entry.size();
        let symbol = Symbol {
            run: entry.run(),
            value: extended(bits.take(size), size),
            is_end: entry.is_end(),
        };
        Ok((bits, symbol))
    }

    fn long(&self, next_16: u32) -> Result<Entry, Damage> {
        let length = (INDEX_BITS as usize + 1..=16).find(|length| next_16 < self.ends[*length]);
        let length = length.ok_or(Damage)?;
        let code = next_16 >> (16 - length);
        let index = code as i32 + self.offsets[length];
        let symbol = self.symbols.get(index as usize).ok_or(Damage)?;
        Ok(Entry::new(*symbol, length as u32))
    }

    /// The symbols with codes of up to 12 bits, in the order of their codes.
    pub(crate) fn short_entries(&self) -> impl Iterator<Item = Entry> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let entry = Entry(*self.fast.get(next)?);
            next += INDEX_COUNT >> entry.code_length();
            Some(entry).filter(|entry| entry.0 != 0)
        })
    }

    /// Says whether the symbols can be sizes of DC differences.
    pub(crate) fn is_for_dc(&self) -> bool {
        self.symbols.iter().all(|symbol| *symbol < 16)
    }
}

/// Turns value bits into the value (T.81, figure F.12).
#[inline(always)]
fn extended(bits: u32, size: u32) -> i32 {
    let is_negative = size > 0 && bits >> (size - 1) == 0;
    let below = if is_negative { (1 << size) - 1 } else { 0 };
    bits as i32 - below
}
