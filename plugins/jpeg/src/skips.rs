//! The quick way over AC coefficients that no one wants.

use crate::bits::{Bits, Clean};
use crate::huffman::{Entry, Huffman, INDEX_BITS, INDEX_COUNT};
use crate::stream::Damage;

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
        let symbols: Vec<Entry> = huffman.short_entries().collect();
        // The table for so many bits starts at two to the power of their number.
        let mut shorter = [0; INDEX_COUNT];
        for bits in 1..INDEX_BITS {
            let (shorter, table) = shorter.split_at_mut(1 << bits);
            Self::fill(&mut table[..1 << bits], shorter, &symbols, bits);
        }
        let mut skips = Box::new(Self([0; INDEX_COUNT]));
        Self::fill(&mut skips.0, &shorter, &symbols, INDEX_BITS);
        for skip in &mut skips.0 {
            if *skip == 0 {
                *skip = (Self::SINGLY << 6) as u16;
            }
        }
        skips
    }

    /// Fills the table for so many bits: what follows the first symbol is looked up in a shorter table.
    ///
    /// Entries are simply added up: 12 symbols of 16 coefficients overrun a block, but do not look like its end.
    fn fill(table: &mut [u16], shorter: &[u16], symbols: &[Entry], bits: u32) {
        let mut rest = table;
        for symbol in symbols {
            let Some(below) = bits.checked_sub(symbol.code_length()) else {
                break;
            };
            let (area, behind) = rest.split_at_mut(1 << below);
            rest = behind;
            let skip = Self::of(*symbol);
            let left = bits.saturating_sub(symbol.length());
            if symbol.is_end() || left == 0 {
                area.fill(skip);
                continue;
            }
            let others = &shorter[1 << left..2 << left];
            for same_value in area.chunks_exact_mut(others.len()) {
                for (sum, other) in same_value.iter_mut().zip(others) {
                    *sum = skip + other;
                }
            }
        }
    }

    /// The entry for one symbol.
    fn of(symbol: Entry) -> u16 {
        let advance = if symbol.is_end() {
            Self::END
        } else {
            symbol.run() + 1
        };
        (symbol.length() | advance << 6) as u16
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
            let (word, count, position) = before.0.into_parts();
            let (block_bits, next) =
                skip_singly(word, count, position, clean, huffman, before.1 >> 6)?;
            if next >= Self::BLOCK {
                return Ok(block_bits);
            }
            let (word, count, position) = block_bits.into_parts();
            (bits, state) = (Bits::from_parts(word, count, position), next << 6);
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
    word: u64,
    count: u32,
    position: u32,
    clean: &Clean,
    huffman: &Huffman,
    next: u32,
) -> Result<(Bits, u32), Damage> {
    let mut bits = Bits::from_parts(word, count, position);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::CLEAN_BYTES;

    /// Codes of 1 to 15 bits, among them the end of a block and sixteen zeros.
    fn huffman() -> Box<Huffman> {
        let counts = [1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 0];
        let symbols = [0xf0, 0x01, 0x00, 0x12, 0x7b, 0x51, 0x04, 0x31, 0x33, 0x21];
        Huffman::new(&counts, &symbols).unwrap()
    }

    /// What an entry has to be: all symbols in the bits of the index, but those that are not there as a whole.
    fn expected(huffman: &Huffman, index: u16) -> (u64, u32) {
        let mut clean = [0; CLEAN_BYTES + 8];
        clean[..2].copy_from_slice(&(index << 4).to_be_bytes());
        let mut bits = Bits::START;
        let mut skip = (0, 0);
        while skip.1 < Skips::END {
            bits.refill(&clean);
            let symbol = huffman.read(&mut bits);
            let Some(symbol) = symbol.ok().filter(|_| bits.used() <= INDEX_BITS.into()) else {
                break;
            };
            let advance = if symbol.is_end {
                Skips::END
            } else {
                symbol.run + 1
            };
            skip = (bits.used(), skip.1 + advance);
        }
        skip
    }

    #[test]
    fn an_entry_skips_all_symbols_in_its_bits_and_perhaps_one_that_goes_on_behind() {
        let huffman = huffman();
        let skips = Skips::new(&huffman);
        for (index, entry) in (0..).zip(skips.0) {
            let (dropped, advance) = (u64::from(entry & 63), u32::from(entry >> 6));
            let whole = expected(&huffman, index);
            if dropped == 0 {
                assert_eq!((advance, whole), (Skips::SINGLY, (0, 0)), "{index:#b}");
            } else if dropped <= INDEX_BITS.into() {
                assert_eq!((dropped, advance), whole, "{index:#b}");
            } else {
                assert!(advance > whole.1 && whole.1 < Skips::END, "{index:#b}");
            }
        }
    }
}
