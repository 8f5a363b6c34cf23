//! The compressed stream, unpacked piece by piece (RFC 1950 and 1951).
//!
//! Written for the case that decides how long a photo takes: nearly all symbols are literals of a few bits.
//! One look-up gives up to three of them. Input is gathered from the chunks, so that the loop never meets the end
//! of one, and output goes to a window that keeps the last 32 KiB. The checksum at the end is not computed.

mod block;
mod huffman;
mod input;
mod symbols;

use thumbnailify_sdk::Failure;

use block::{Block, Codes};
use input::Input;
pub(crate) use input::Packed;

/// How far back a match may reach.
const HISTORY_BYTES: usize = 32 * 1024;

/// What is unpacked at once, unless more is asked for.
const PIECE_BYTES: usize = 64 * 1024;

/// What may be written beyond the place where unpacking stops: the longest match, in blocks of 16 bytes.
const SLACK_BYTES: usize = 320;

/// A stream that is being unpacked.
#[derive(Debug)]
pub(crate) struct Inflate {
    input: Input,
    codes: Box<Codes>,
    state: State,
    window: Vec<u8>,
    /// What was unpacked and not yet taken.
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    BlockHeader,
    Stored {
        left: usize,
        is_last: bool,
    },
    Packed {
        is_last: bool,
    },
    /// The end was reached, or nothing sensible follows.
    Over,
}

impl Inflate {
    /// Prepares to unpack; at most `longest` bytes will be asked for at once.
    pub(crate) fn new(longest: usize) -> Result<Self, Failure> {
        let too_large = || Failure::TooLarge("The rows of the PNG file are too long.".into());
        let bytes = longest
            .checked_add(HISTORY_BYTES + PIECE_BYTES + SLACK_BYTES)
            .ok_or_else(too_large)?;
        let mut window = Vec::new();
        window.try_reserve_exact(bytes).map_err(|_| too_large())?;
        window.resize(bytes, 0);
        Ok(Self {
            input: Input::new(),
            codes: Box::default(),
            state: State::Header,
            window,
            start: 0,
            end: 0,
        })
    }

    /// Unpacks until `wanted` bytes are there or no more will come, and tells which.
    pub(crate) fn fill(&mut self, packed: &mut impl Packed, wanted: usize) -> bool {
        while self.end - self.start < wanted && self.state != State::Over {
            self.make_room();
            self.input.gather(packed);
            self.state = self.advance();
        }
        self.end - self.start >= wanted
    }

    /// The bytes that are there.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.window[self.start..self.end]
    }

    /// Says how many of the bytes were taken.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
    }

    fn limit(&self) -> usize {
        self.window.len() - SLACK_BYTES
    }

    /// Moves what is still needed to the front of a window that is full.
    fn make_room(&mut self) {
        if self.end < self.limit() {
            return;
        }
        let kept_from = self.start.min(self.end.saturating_sub(HISTORY_BYTES));
        self.window.copy_within(kept_from..self.end, 0);
        self.start -= kept_from;
        self.end -= kept_from;
    }

    fn advance(&mut self) -> State {
        match self.state {
            State::Header if self.input.has_zlib_header() => State::BlockHeader,
            State::BlockHeader => match self.codes.read_header(&mut self.input) {
                Some(Block::Stored { length, is_last }) => State::Stored {
                    left: length,
                    is_last,
                },
                Some(Block::Packed { is_last }) => State::Packed { is_last },
                None => State::Over,
            },
            State::Stored { left, is_last } => self.copy_stored(left, is_last),
            State::Packed { is_last } => self.unpack(is_last),
            State::Header | State::Over => State::Over,
        }
    }

    fn copy_stored(&mut self, left: usize, is_last: bool) -> State {
        let room = self.limit() - self.end;
        let bytes = self.input.take_bytes(left.min(room));
        let count = bytes.len();
        self.window[self.end..self.end + count].copy_from_slice(bytes);
        self.end += count;
        match left - count {
            0 => after_block(is_last),
            _ if count == 0 => State::Over,
            left => State::Stored { left, is_last },
        }
    }

    fn unpack(&mut self, is_last: bool) -> State {
        let limit = self.limit();
        let (end, stop) = symbols::unpack(
            &self.codes,
            &mut self.input,
            &mut self.window,
            self.end,
            limit,
        );
        self.end = end;
        match stop {
            symbols::Stop::Pause => self.state,
            symbols::Stop::EndOfBlock => after_block(is_last),
            symbols::Stop::Broken => State::Over,
        }
    }
}

/// Unpacks all of a stream that is not longer than `max_bytes`; nothing if it is.
pub(crate) fn unpacked(mut packed: &[u8], max_bytes: usize) -> Option<Vec<u8>> {
    let mut inflate = Inflate::new(0).ok()?;
    let mut bytes = Vec::new();
    while inflate.fill(&mut packed, 1) {
        let piece = inflate.bytes();
        if bytes.len() + piece.len() > max_bytes {
            return None;
        }
        bytes.extend_from_slice(piece);
        let count = piece.len();
        inflate.consume(count);
    }
    Some(bytes)
}

fn after_block(is_last: bool) -> State {
    if is_last {
        State::Over
    } else {
        State::BlockHeader
    }
}

#[cfg(test)]
mod tests;
