use super::huffman::{self, Entry, MAX_SYMBOLS};
use super::input::Input;

/// How many bits are looked up at once. More would join more literals, but each block has its own tables.
pub(super) const SYMBOL_BITS: u32 = 11;
pub(super) const DISTANCE_BITS: u32 = 9;
const LENGTH_BITS: u32 = 7;

/// No complete code needs a larger table (computed by `enough` of zlib), so that a masked index is always inside.
pub(super) const SYMBOL_ENTRIES: usize = 4096;
pub(super) const DISTANCE_ENTRIES: usize = 1024;

const DISTANCE_SYMBOLS: usize = 32;

/// The order in which the lengths of the codes for lengths are stored (RFC 1951, section 3.2.7).
const LENGTH_ORDER: [u8; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// How a block is stored.
pub(super) enum Block {
    Stored { length: usize, is_last: bool },
    Packed { is_last: bool },
}

/// The tables of the block that is being unpacked.
#[derive(Debug)]
pub(super) struct Codes {
    pub(super) symbols: [Entry; SYMBOL_ENTRIES],
    pub(super) distances: [Entry; DISTANCE_ENTRIES],
}

impl Default for Codes {
    fn default() -> Self {
        Self {
            symbols: [0; SYMBOL_ENTRIES],
            distances: [0; DISTANCE_ENTRIES],
        }
    }
}

impl Codes {
    /// Reads what stands before the symbols of a block (RFC 1951, section 3.2.3). Nothing if it is broken.
    pub(super) fn read_header(&mut self, input: &mut Input) -> Option<Block> {
        input.bits.refill(&input.bytes);
        let is_last = input.bits.take(1) == 1;
        let block = match input.bits.take(2) {
            0 => Block::Stored {
                length: stored_length(input)?,
                is_last,
            },
            1 => {
                self.set(&FIXED_SYMBOLS, &[5; DISTANCE_SYMBOLS])?;
                Block::Packed { is_last }
            }
            2 => {
                self.read_lengths(input)?;
                Block::Packed { is_last }
            }
            _ => return None,
        };
        (!input.is_overrun()).then_some(block)
    }

    fn set(&mut self, symbols: &[u8], distances: &[u8]) -> Option<()> {
        huffman::build(
            &mut self.symbols,
            SYMBOL_BITS,
            symbols,
            huffman::literal_or_length,
        )?;
        if huffman::are_short(symbols, SYMBOL_BITS) {
            huffman::join_literals(&mut self.symbols, SYMBOL_BITS);
        }
        huffman::build(
            &mut self.distances,
            DISTANCE_BITS,
            distances,
            huffman::distance,
        )
    }

    /// Reads the lengths of the codes (RFC 1951, section 3.2.7).
    fn read_lengths(&mut self, input: &mut Input) -> Option<()> {
        let symbol_count = input.bits.take(5) as usize + 257;
        let distance_count = input.bits.take(5) as usize + 1;
        let table = length_table(input)?;
        let mut lengths = [0; MAX_SYMBOLS + DISTANCE_SYMBOLS];
        let lengths = lengths.get_mut(..symbol_count + distance_count)?;
        let mut at = 0;
        while at < lengths.len() {
            input.bits.refill(&input.bytes);
            let (length, count) =
                next_lengths(input, &table, at.checked_sub(1).map(|at| lengths[at]))?;
            lengths.get_mut(at..at + count)?.fill(length);
            at += count;
        }
        let (symbols, distances) = lengths.split_at(symbol_count);
        // A block that cannot end is none.
        (symbols[256] > 0).then_some(())?;
        self.set(symbols, distances)
    }
}

fn stored_length(input: &mut Input) -> Option<usize> {
    input.align();
    let (length, inverted) = (input.bits.take(16), input.bits.take(16));
    (length ^ inverted == 0xffff).then_some(length as usize)
}

/// The table by which the lengths themselves are read.
fn length_table(input: &mut Input) -> Option<[Entry; 1 << LENGTH_BITS]> {
    let count = input.bits.take(4) as usize + 4;
    let mut lengths = [0; LENGTH_ORDER.len()];
    for symbol in LENGTH_ORDER.iter().take(count) {
        input.bits.refill(&input.bytes);
        lengths[usize::from(*symbol)] = input.bits.take(3) as u8;
    }
    let mut table = [0; 1 << LENGTH_BITS];
    huffman::build(&mut table, LENGTH_BITS, &lengths, huffman::code_length)?;
    Some(table)
}

/// The next length and how often it stands there.
fn next_lengths(
    input: &mut Input,
    table: &[Entry; 1 << LENGTH_BITS],
    last: Option<u8>,
) -> Option<(u8, usize)> {
    let entry = table[input.bits.bits as usize & (table.len() - 1)];
    (entry != 0).then_some(())?;
    input.bits.drop_code(entry);
    let (length, base, extra) = match entry >> 16 {
        16 => (last?, 3, 2),
        17 => (0, 3, 3),
        18 => (0, 11, 7),
        length => return Some((length as u8, 1)),
    };
    Some((length, base + input.bits.take(extra) as usize))
}

/// The lengths of the codes that need no header (RFC 1951, section 3.2.6).
const FIXED_SYMBOLS: [u8; MAX_SYMBOLS] = {
    let mut lengths = [8; MAX_SYMBOLS];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    lengths
};
