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
        let Some(room) = window.get_mut(at..).and_then(<[u8]>::first_chunk_mut) else {
            return (bits, at, Stop::Broken);
        };
        let mut put = 0;
        let mut entry = put_run(codes, room, &mut put, &mut bits);
        if entry & LITERALS != 0 {
            // Twice, so that the loop need not be gone round so often: it has to ask each time if it may go on.
            bits.refill(input);
            entry = put_run(codes, room, &mut put, &mut bits);
        }
        at += put;
        if entry & LITERALS != 0 {
            continue;
        }
        bits.refill(input);
        if entry & LINK != 0 {
            let index = (entry >> 16) as usize + linked(bits.bits >> SYMBOL_BITS, entry);
            entry = codes.symbols[index % SYMBOL_ENTRIES];
            if entry & LITERALS != 0 {
                if let Some(place) = window.get_mut(at) {
                    *place = (entry >> 8) as u8;
                }
                at += 1;
                bits.drop_code(entry);
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

/// What two runs write at most, and a little more: 10 times up to three literals, of four bytes each.
const ROOM_BYTES: usize = 64;

/// Writes literals for five look-ups, for which the bits are enough after a refill, or up to the first entry of
/// another kind, which it gives back.
#[inline(always)]
fn put_run(
    codes: &Codes,
    room: &mut [u8; ROOM_BYTES],
    put: &mut usize,
    bits: &mut BitReader,
) -> Entry {
    let mut entry = 0;
    for _ in 0..5 {
        entry = symbol(codes, *bits);
        if entry & LITERALS == 0 {
            break;
        }
        // Four bytes, of which one to three count. The remainder tells the compiler that they fit.
        let at = *put % (ROOM_BYTES / 2);
        room[at..at + 4].copy_from_slice(&(entry >> 8).to_le_bytes());
        *put += (entry >> 6 & 3) as usize;
        bits.drop_code(entry);
    }
    entry
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
    bits.drop_code(entry);
    let extra = entry >> 8 & 15;
    (entry >> 16) as usize + bits.take(extra) as usize
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
