use super::block::{Codes, DISTANCE_BITS, DISTANCE_ENTRIES, SYMBOL_BITS, SYMBOL_ENTRIES};
use super::huffman::{BASE, END_OF_BLOCK, Entry, LINK, LITERALS};
use super::input::{BitReader, Input};

/// Why unpacking stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The window is full, or more input must be gathered.
    Pause,
    EndOfBlock,
    /// The stream makes no sense, or its end is missing.
    Broken,
}

/// Unpacks symbols of a block into the window from `at` on, and tells how far it came.
pub(super) fn unpack(
    codes: &Codes,
    input: &mut Input,
    window: &mut [u8],
    at: usize,
    limit: usize,
) -> (usize, Stop) {
    let safe_end = input.safe_end();
    if input.bits.position < safe_end {
        let (bits, end, stop) =
            unpack_run(codes, &input.bytes, input.bits, safe_end, window, at, limit);
        input.bits = bits;
        return (end, stop);
    }
    // Near the end of the file, step by step, so that no step counts that took what is not there.
    let (bits, end, stop) = unpack_run(
        codes,
        &input.bytes,
        input.bits,
        usize::MAX,
        window,
        at,
        at + 1,
    );
    input.bits = bits;
    if input.is_overrun() {
        return (at, Stop::Broken);
    }
    (end, stop)
}

const SYMBOL_MASK: u64 = (1 << SYMBOL_BITS) - 1;
const DISTANCE_MASK: u64 = (1 << DISTANCE_BITS) - 1;

/// The loop where the time goes. The bit reader comes and goes by value, so that it lives in locals.
#[inline(never)]
fn unpack_run(
    codes: &Codes,
    input: &[u8],
    mut bits: BitReader,
    safe_end: usize,
    window: &mut [u8],
    mut at: usize,
    limit: usize,
) -> (BitReader, usize, Stop) {
    while at < limit && bits.position < safe_end {
        bits.refill(input);
        let mut entry = symbol(codes, bits);
        // Four times eleven bits leave enough for a length or an end.
        if entry & LITERALS != 0 {
            at = put_literals(window, at, entry);
            bits.drop(entry & 15);
            entry = symbol(codes, bits);
            if entry & LITERALS != 0 {
                at = put_literals(window, at, entry);
                bits.drop(entry & 15);
                entry = symbol(codes, bits);
                if entry & LITERALS != 0 {
                    at = put_literals(window, at, entry);
                    bits.drop(entry & 15);
                    entry = symbol(codes, bits);
                    if entry & LITERALS != 0 {
                        at = put_literals(window, at, entry);
                        bits.drop(entry & 15);
                        continue;
                    }
                }
            }
            bits.refill(input);
        }
        if entry & LINK != 0 {
            let index = (entry >> 16) as usize + linked(bits.bits >> SYMBOL_BITS, entry);
            entry = codes.symbols[index % SYMBOL_ENTRIES];
            if entry & LITERALS != 0 {
                at = put_literals(window, at, entry);
                bits.drop(entry & 15);
                continue;
            }
        }
        if entry & BASE == 0 {
            return (bits, at, Stop::Broken);
        }
        let length = value(&mut bits, entry);
        if length == END_OF_BLOCK as usize {
            return (bits, at, Stop::EndOfBlock);
        }
        let mut entry = codes.distances[(bits.bits & DISTANCE_MASK) as usize];
        if entry & LINK != 0 {
            let index = (entry >> 16) as usize + linked(bits.bits >> DISTANCE_BITS, entry);
            entry = codes.distances[index % DISTANCE_ENTRIES];
        }
        let distance = value(&mut bits, entry);
        if entry & BASE == 0 || distance > at {
            return (bits, at, Stop::Broken);
        }
        copy_match(window, at, distance, length);
        at += length;
    }
    (bits, at, Stop::Pause)
}

#[inline(always)]
fn symbol(codes: &Codes, bits: BitReader) -> Entry {
    codes.symbols[(bits.bits & SYMBOL_MASK) as usize]
}

#[inline(always)]
fn linked(bits: u64, entry: Entry) -> usize {
    bits as usize & ((1 << (entry >> 8 & 15)) - 1)
}

/// Takes the code and its extra bits, and gives the base with them.
#[inline(always)]
fn value(bits: &mut BitReader, entry: Entry) -> usize {
    bits.drop(entry & 15);
    let extra = entry >> 8 & 15;
    (entry >> 16) as usize + bits.take(extra) as usize
}

/// Writes four bytes, of which one to three count.
#[inline(always)]
fn put_literals(window: &mut [u8], at: usize, entry: Entry) -> usize {
    if let Some(place) = window.get_mut(at..at + 4) {
        place.copy_from_slice(&(entry >> 8).to_le_bytes());
    }
    at + (entry >> 4 & 3) as usize
}

const BLOCK_BYTES: usize = 16;

/// Repeats what stands `distance` before, in blocks; a block may reach beyond the match, where nothing is yet.
#[inline(always)]
fn copy_match(window: &mut [u8], at: usize, distance: usize, length: usize) {
    let from = at - distance;
    if distance >= BLOCK_BYTES {
        let mut done = 0;
        while done < length {
            copy_block(window, from + done, at + done);
            done += BLOCK_BYTES;
        }
    } else {
        repeat(window, from, at, length);
    }
}

#[inline(always)]
fn copy_block(window: &mut [u8], from: usize, to: usize) {
    let mut block = [0; BLOCK_BYTES];
    if let Some(bytes) = window.get(from..from + BLOCK_BYTES) {
        block.copy_from_slice(bytes);
    }
    if let Some(place) = window.get_mut(to..to + BLOCK_BYTES) {
        place.copy_from_slice(&block);
    }
}

/// Repeats a pattern shorter than a block: once it stands there often enough, whole blocks of it are copied.
fn repeat(window: &mut [u8], from: usize, at: usize, length: usize) {
    let distance = at - from;
    let pattern = BLOCK_BYTES.div_ceil(distance) * distance;
    for index in at..at + length.min(pattern) {
        window[index] = window[index - distance];
    }
    let mut done = pattern;
    while done < length {
        copy_block(window, at + done - pattern, at + done);
        done += BLOCK_BYTES;
    }
}
