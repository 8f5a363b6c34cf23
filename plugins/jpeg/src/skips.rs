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
        let mut skips = Box::new(Self([0; INDEX_COUNT]));
        for (index, skip) in skips.0.iter_mut().enumerate() {
            *skip = Self::entry(huffman, index);
        }
        skips
    }

    fn entry(huffman: &Huffman, index: usize) -> u16 {
        let (mut dropped, mut advance) = (0, 0);
        while dropped < INDEX_BITS {
            let entry = huffman.entry((index << dropped) & (INDEX_COUNT - 1));
            let fits = |entry: &Entry| dropped + entry.code_length() <= INDEX_BITS;
            let Some(entry) = entry.filter(fits) else {
                break;
            };
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
