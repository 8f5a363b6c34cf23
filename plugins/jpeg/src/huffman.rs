//! Huffman tables (T.81, C and F.2.2.3), turned into tables that are looked up with the next 12 bits.

use crate::bits::{Bits, Clean};
use crate::stream::Damage;

const INDEX_BITS: u32 = 12;
const INDEX_COUNT: usize = 1 << INDEX_BITS;

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
struct Entry(u32);

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

    fn length(self) -> u32 {
        self.0 & 63
    }

    fn size(self) -> u32 {
        self.0 >> 12 & 15
    }

    fn code_length(self) -> u32 {
        self.length() - self.size()
    }

    #[inline(always)]
    fn run(self) -> u32 {
        self.0 >> 6 & 15
    }

    #[inline(always)]
    fn is_end(self) -> bool {
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
        let (moved, symbol) = self.read_slowly(*bits)?;
        *bits = moved;
        Ok(symbol)
    }

    /// Reads a symbol of which the code or the value has bits beyond the first 12.
    #[cold]
    #[inline(never)]
    fn read_slowly(&self, mut bits: Bits) -> Result<(Bits, Symbol), Damage> {
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

/// Steps over AC coefficients, as many symbols at a time as lie in 12 bits.
///
/// An entry has the number of bits to drop in its lowest 6 bits and the number of coefficients to advance
/// above, with [`END`](Self::END) or [`SINGLY`](Self::SINGLY) added.
#[derive(Debug)]
pub(crate) struct Skips([u16; INDEX_COUNT]);

impl Skips {
    /// The block ends here.
    const END: u32 = 256;
    /// This symbol is not in the table.
    const SINGLY: u32 = 128;
    const BLOCK: u32 = 64;

    pub(crate) fn new(huffman: &Huffman) -> Box<Self> {
        let mut skips = Box::new(Self([0; INDEX_COUNT]));
        for (index, skip) in skips.0.iter_mut().enumerate() {
            *skip = Self::entry(huffman, index);
        }
        skips
    }

    fn entry(huffman: &Huffman, index: usize) -> u16 {
        let (mut dropped, mut advance) = (0, 0);
        while dropped < INDEX_BITS {
            let entry = Entry(huffman.fast[(index << dropped) & (INDEX_COUNT - 1)]);
            if entry.0 == 0 || dropped + entry.code_length() > INDEX_BITS {
                break;
            }
            if entry.is_end() {
                dropped += entry.length();
                advance += Self::END;
                break;
            }
            if advance + entry.run() + 1 >= Self::BLOCK {
                break;
            }
            dropped += entry.length();
            advance += entry.run() + 1;
        }
        if dropped == 0 {
            advance = Self::SINGLY;
        }
        (dropped | advance << 6) as u16
    }

    /// Steps over what is left of a block, of which coefficient `next` would be the next one to be read.
    ///
    /// There must be 27 bits. That is what an entry drops at most: its last symbol needs to have its code
    /// within 12 bits, but not its value, which has up to 15.
    #[inline(always)]
    pub(crate) fn skip_block(
        &self,
        mut bits: Bits,
        clean: &Clean,
        huffman: &Huffman,
        next: u32,
    ) -> Result<Bits, Damage> {
        const FULL: u32 = Skips::BLOCK << 6;
        let mut state = next << 6;
        let mut before = (bits, state);
        self.skip_entry(&mut bits, &mut state);
        loop {
            // Two look-ups are what a refill is enough for.
            if state < FULL {
                bits.refill(clean);
                before = (bits, state);
                self.skip_entry(&mut bits, &mut state);
                if state < FULL {
                    before = (bits, state);
                    self.skip_entry(&mut bits, &mut state);
                    if state < FULL {
                        continue;
                    }
                }
            }
            let advanced = state >> 6;
            if advanced == Self::BLOCK || (Self::END..Self::END + Self::BLOCK).contains(&advanced) {
                return Ok(bits);
            }
            let (block_bits, next) = skip_singly(before.0, clean, huffman, before.1 >> 6)?;
            if next >= Self::BLOCK {
                return Ok(block_bits);
            }
            (bits, state) = (block_bits, next << 6);
        }
    }

    #[inline(always)]
    fn skip_entry(&self, bits: &mut Bits, state: &mut u32) {
        let entry = u32::from(self.0[bits.next_12()]);
        bits.skip(entry);
        *state += entry & !63;
    }
}

/// Steps over the first symbol of an entry that overruns the block, or that is not in the table.
///
/// It gives the coefficient that is next, or the length of a block.
#[cold]
#[inline(never)]
fn skip_singly(
    mut bits: Bits,
    clean: &Clean,
    huffman: &Huffman,
    next: u32,
) -> Result<(Bits, u32), Damage> {
    bits.refill(clean);
    let symbol = huffman.read(&mut bits)?;
    if symbol.is_end {
        return Ok((bits, Skips::BLOCK));
    }
    let next = next + symbol.run + 1;
    if next > Skips::BLOCK {
        return Err(Damage);
    }
    Ok((bits, next))
}
