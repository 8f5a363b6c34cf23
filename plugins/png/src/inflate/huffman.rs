/// How many symbols an alphabet has at most.
pub(super) const MAX_SYMBOLS: usize = 288;

/// The longest code.
const MAX_BITS: usize = 15;

/// An entry of a table: what a code means, and in bits 0 to 5 how many bits it has. Then one of these:
///
/// - literals: how many in bits 6 and 7, the bytes from bit 8 on,
/// - a length or distance: the extra bits in 8 to 11, bit 12 set, the base from bit 16 on,
/// - a further table: its index bits in 8 to 11, bit 13 set, its place from bit 16 on,
/// - nothing: the code does not exist.
pub(super) type Entry = u32;

pub(super) const LITERALS: u32 = 0xc0;
pub(super) const BASE: u32 = 0x1000;
pub(super) const LINK: u32 = 0x2000;

/// How many bits the code of an entry has.
fn code_bits(entry: Entry) -> u32 {
    entry & 63
}

/// Below this base there is no length: it marks the end of the block.
pub(super) const END_OF_BLOCK: u32 = 0;

/// The base and the number of extra bits of each length (RFC 1951, section 3.2.5).
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// The same of each distance.
const DISTANCES: [(u16, u8); 30] = distances();

const fn distances() -> [(u16, u8); 30] {
    let mut distances = [(0, 0); 30];
    let (mut symbol, mut base) = (0, 1);
    while symbol < 30 {
        let extra = if symbol < 2 { 0 } else { symbol as u8 / 2 - 1 };
        distances[symbol] = (base, extra);
        base += 1 << extra;
        symbol += 1;
    }
    distances
}

/// The meaning of a symbol for literals and lengths.
pub(super) fn literal_or_length(symbol: usize) -> Entry {
    match symbol {
        0..=255 => 0x40 | (symbol as u32) << 8,
        256 => BASE | END_OF_BLOCK << 16,
        _ => with_base(LENGTHS.get(symbol - 257)),
    }
}

/// The meaning of a symbol for distances.
pub(super) fn distance(symbol: usize) -> Entry {
    with_base(DISTANCES.get(symbol))
}

/// The meaning of a symbol for lengths of codes: itself.
pub(super) fn code_length(symbol: usize) -> Entry {
    BASE | (symbol as u32) << 16
}

fn with_base(base: Option<&(u16, u8)>) -> Entry {
    base.map_or(0, |(base, extra)| {
        BASE | u32::from(*extra) << 8 | u32::from(*base) << 16
    })
}

/// Fills the table for codes of these lengths (RFC 1951, section 3.2.2); its first `1 << index_bits` entries are
/// looked up by the next bits, the others by links from there.
///
/// Nothing if the lengths do not make a complete code. One code of one bit is complete enough, and so is none.
pub(super) fn build(
    table: &mut [Entry],
    index_bits: u32,
    lengths: &[u8],
    meaning: fn(usize) -> Entry,
) -> Option<()> {
    let counts = counted(lengths);
    if !is_complete(&counts) {
        let may_be_incomplete = counts[1] <= 1 && counts[2..].iter().all(|count| *count == 0);
        may_be_incomplete.then_some(())?;
        table.get_mut(..1 << index_bits)?.fill(0);
    }
    let sorted = sorted(lengths, &counts);
    let mut codes = Codes::new(table, index_bits, counts);
    let mut symbols = sorted.iter();
    for (bits, count) in (1..).zip(&counts[1..]) {
        for symbol in symbols.by_ref().take(*count as usize) {
            codes.put(bits, meaning(usize::from(*symbol)))?;
        }
        codes.next_code <<= 1;
    }
    Some(())
}

type Counts = [u32; MAX_BITS + 1];

/// How many codes there are of each length.
fn counted(lengths: &[u8]) -> Counts {
    let mut counts = [0; MAX_BITS + 1];
    for length in lengths {
        counts[usize::from(*length) & MAX_BITS] += 1;
    }
    counts[0] = 0;
    counts
}

fn is_complete(counts: &Counts) -> bool {
    let used: u32 = (1..=MAX_BITS)
        .map(|bits| counts[bits] << (MAX_BITS - bits))
        .sum();
    used == 1 << MAX_BITS
}

/// The symbols that have a code, the shortest first.
fn sorted(lengths: &[u8], counts: &Counts) -> [u16; MAX_SYMBOLS] {
    let mut places = [0; MAX_BITS + 2];
    for bits in 1..=MAX_BITS {
        places[bits + 1] = places[bits] + counts[bits] as usize;
    }
    let mut sorted = [0; MAX_SYMBOLS];
    for (symbol, length) in lengths.iter().enumerate() {
        if let Some(place) = places.get_mut(usize::from(*length)).filter(|_| *length > 0) {
            if let Some(slot) = sorted.get_mut(*place) {
                *slot = symbol as u16;
            }
            *place += 1;
        }
    }
    sorted
}

/// Gives out the codes one after the other and puts them into the table.
struct Codes<'a> {
    table: &'a mut [Entry],
    index_bits: u32,
    /// Of the codes not yet given out.
    counts: Counts,
    next_code: u32,
    next_link: usize,
    /// The table of the last link, by the bits that lead there.
    link: Option<(usize, usize, u32)>,
}

impl<'a> Codes<'a> {
    fn new(table: &'a mut [Entry], index_bits: u32, counts: Counts) -> Self {
        Self {
            table,
            index_bits,
            counts,
            next_code: 0,
            next_link: 1 << index_bits,
            link: None,
        }
    }

    fn put(&mut self, bits: u32, meaning: Entry) -> Option<()> {
        // The stream holds codes with their first bit lowest.
        let code = (self.next_code.reverse_bits() >> (32 - bits)) as usize;
        self.next_code += 1;
        let entry = if meaning == 0 { 0 } else { meaning | bits };
        if bits <= self.index_bits {
            spread(
                self.table.get_mut(..1 << self.index_bits)?,
                code,
                bits,
                entry,
            );
        } else {
            let prefix = code & ((1 << self.index_bits) - 1);
            let (place, link_bits) = self.linked(prefix, bits)?;
            let linked = self.table.get_mut(place..place + (1 << link_bits))?;
            spread(
                linked,
                code >> self.index_bits,
                bits - self.index_bits,
                entry,
            );
        }
        self.counts[bits as usize] -= 1;
        Some(())
    }

    /// The further table for codes that begin so, made if it is not there.
    fn linked(&mut self, prefix: usize, bits: u32) -> Option<(usize, u32)> {
        if let Some((known, place, link_bits)) = self.link
            && known == prefix
        {
            return Some((place, link_bits));
        }
        let (place, link_bits) = (self.next_link, self.link_bits(bits));
        self.next_link += 1 << link_bits;
        self.link = Some((prefix, place, link_bits));
        *self.table.get_mut(prefix)? = LINK | link_bits << 8 | (place as u32) << 16;
        Some((place, link_bits))
    }

    /// How many bits tell the codes apart that follow on one of so many bits with the same beginning.
    fn link_bits(&self, bits: u32) -> u32 {
        let mut link_bits = bits - self.index_bits;
        let mut free = 1_u32 << link_bits;
        for length in bits as usize..MAX_BITS {
            if self.counts[length] >= free {
                break;
            }
            free = (free - self.counts[length]) << 1;
            link_bits += 1;
        }
        link_bits
    }
}

/// Puts the entry wherever the lowest bits of the index are this code.
fn spread(table: &mut [Entry], code: usize, bits: u32, entry: Entry) {
    let mut index = code;
    while let Some(slot) = table.get_mut(index) {
        *slot = entry;
        index += 1 << bits;
    }
}

/// Whether so many bits will often hold more than one symbol. The shorter a code, the more often it comes.
pub(super) fn are_short(lengths: &[u8], bits: u32) -> bool {
    let counts = counted(lengths).into_iter().zip(0..);
    let mean: u32 = counts
        .map(|(count, length)| (count * length) << (MAX_BITS as u32 - length))
        .sum();
    2 * mean <= bits << MAX_BITS
}

/// Makes entries hold up to three literals where their codes together are not longer than the index.
pub(super) fn join_literals(table: &mut [Entry], index_bits: u32) {
    let Some(table) = table.get_mut(..1 << index_bits) else {
        return;
    };
    let literals = table.iter().filter(|entry| **entry & LITERALS != 0);
    let Some(shortest) = literals.map(|entry| code_bits(*entry)).min() else {
        return;
    };
    // From the end: what is shifted into is smaller, and must still be what it was.
    for index in (0..table.len()).rev() {
        let mut joined = table[index];
        while joined & LITERALS != 0 && code_bits(joined) + shortest <= index_bits {
            let (count, bits) = (joined >> 6 & 3, code_bits(joined));
            let next = table[index >> bits];
            if count == 3 || next & LITERALS == 0 || bits + code_bits(next) > index_bits {
                break;
            }
            let literal = next >> 8 & 0xff;
            joined = (joined & !0xff) | (bits + code_bits(next)) | (count + 1) << 6;
            joined |= literal << (8 + 8 * count);
        }
        table[index] = joined;
    }
}
