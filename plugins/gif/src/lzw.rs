//! Decoding of the variable-length-code LZW of `GIF89a`, appendix F.
//!
//! Each code stands for a string of pixels: that of an earlier code and one pixel more. Strings are kept in
//! pieces of up to eight pixels, so most are written by one store of eight bytes, and a long one walks from
//! piece to piece instead of from pixel to pixel.

use crate::broken::Broken;

/// Codes have at most 12 bits.
const MAX_CODES: usize = 1 << MAX_WIDTH;
const MAX_WIDTH: u32 = 12;
const PIECE: usize = 8;

/// How many bytes beyond those that are wanted must be there to be written: the longest string, and the rest
/// of its last piece.
pub(crate) const SLACK: usize = MAX_CODES + PIECE;

/// Why [`Lzw::decode`] came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    /// All that was wanted is there.
    Enough,
    /// There is no whole code left in the input.
    Starved,
    /// The end code has come.
    Ended,
}

/// The bytes of `used..end`, which are to be decoded, and at least [`PADDING`] zeros after them: eight bytes are
/// loaded at once.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) used: usize,
    pub(crate) end: usize,
}

/// How many zeros must follow the input.
pub(crate) const PADDING: usize = 8;

/// The state between two calls.
pub(crate) struct Lzw {
    table: Box<Table>,
    clear: u16,
    bits: Bits,
    codes: Codes,
    is_at_end: bool,
}

/// What each code stands for.
struct Table {
    /// The last piece of the string, the first pixel in the lowest byte.
    pieces: [u64; MAX_CODES],
    ends: [End; MAX_CODES],
}

/// How long a code's string is, and which code has the pieces before the last one.
#[derive(Clone, Copy, Default)]
struct End {
    len: u16,
    before: u16,
}

/// The string of a code: its last piece, and where the others are.
#[derive(Clone, Copy, Default)]
struct LzwString {
    piece: u64,
    end: End,
}

/// The code before, and what it stands for.
#[derive(Clone, Copy, Default)]
struct Last {
    code: u16,
    string: LzwString,
    first: u8,
}

/// Bits that are read, but not yet used; the next one is the lowest.
#[derive(Clone, Copy, Default)]
struct Bits {
    waiting: u64,
    count: u32,
}

/// Which codes there are.
#[derive(Clone, Copy)]
struct Codes {
    /// The next one to be given away; 4,096 when all are.
    next: u16,
    /// The bits of a code.
    width: u32,
    last: Last,
}

impl Lzw {
    pub(crate) fn new() -> Self {
        Self {
            table: Box::new(Table {
                pieces: [0; MAX_CODES],
                ends: [End::default(); MAX_CODES],
            }),
            clear: 0,
            bits: Bits::default(),
            codes: Codes::cleared(1),
            is_at_end: true,
        }
    }

    /// Prepares for the data of another image. The code size is that of pixels, which is 2 to 8 in a proper
    /// file; 1 and up to 11 can be decoded.
    pub(crate) fn start(&mut self, min_code_size: u8) -> Result<(), Broken> {
        if !(1..MAX_WIDTH).contains(&min_code_size.into()) {
            return Err(Broken::Invalid("an image has an impossible code size"));
        }
        self.clear = 1 << min_code_size;
        for code in 0..self.clear {
            self.table.pieces[usize::from(code)] = u64::from(code & 0xFF);
            self.table.ends[usize::from(code)] = End { len: 1, before: 0 };
        }
        self.bits = Bits::default();
        self.codes = Codes::cleared(self.clear);
        self.is_at_end = false;
        Ok(())
    }

    /// Decodes `input` into `output` from `written` on, which it moves, until that is at least `wanted`. It may
    /// write up to [`SLACK`] bytes behind what is wanted.
    pub(crate) fn decode(
        &mut self,
        input: &mut Input<'_>,
        output: &mut [u8],
        written: &mut usize,
        wanted: usize,
    ) -> Result<Status, Broken> {
        if self.is_at_end {
            return Ok(Status::Ended);
        }
        // What the loop changes lives in locals: in memory it would be loaded and stored for each code.
        let (mut bits, mut codes, mut at) = (self.bits, self.codes, *written);
        let (table, clear) = (&mut *self.table, self.clear);
        let status = loop {
            if at >= wanted {
                break Ok(Status::Enough);
            }
            if bits.count < codes.width {
                bits.refill(input);
                if bits.count < codes.width {
                    break Ok(Status::Starved);
                }
            }
            let code = bits.take(codes.width);
            if code == clear {
                codes = Codes::cleared(clear);
            } else if code == clear + 1 {
                self.is_at_end = true;
                break Ok(Status::Ended);
            } else if code <= codes.next {
                at = table.write(code, &mut codes, output, at);
            } else {
                break Err(Broken::Invalid(
                    "an image has a code that stands for nothing",
                ));
            }
        };
        (self.bits, self.codes, *written) = (bits, codes, at);
        status
    }
}

impl Table {
    /// Writes the string of a code and gives its end. The next code becomes the last string and the first pixel
    /// of this one.
    #[inline(always)]
    fn write(&mut self, code: u16, codes: &mut Codes, output: &mut [u8], at: usize) -> usize {
        let last = codes.last;
        let is_new = code == codes.next;
        if is_new {
            // The code that is just being given away: its string begins as the last one does.
            self.add(last, last.first, codes);
        }
        let string = self.string(code);
        let (end, first) = self.copy(string, output, at);
        if !is_new {
            self.add(last, first, codes);
        }
        codes.last = Last {
            code,
            string,
            first,
        };
        end
    }

    #[inline(always)]
    fn string(&self, code: u16) -> LzwString {
        let code = usize::from(code) % MAX_CODES;
        LzwString {
            piece: self.pieces[code],
            end: self.ends[code],
        }
    }

    #[inline(always)]
    fn add(&mut self, last: Last, pixel: u8, codes: &mut Codes) {
        let code = usize::from(codes.next);
        if code >= MAX_CODES {
            return;
        }
        let End { len, before } = last.string.end;
        let place = u32::from(len) % PIECE as u32;
        let pixel = u64::from(pixel) << (place * 8);
        let (piece, before) = if place == 0 {
            (pixel, last.code)
        } else {
            (last.string.piece | pixel, before)
        };
        self.pieces[code] = piece;
        self.ends[code] = End {
            len: len + 1,
            before,
        };
        codes.next += 1;
        if codes.next == 1 << codes.width && codes.width < MAX_WIDTH {
            codes.width += 1;
        }
    }

    /// Writes a string, and gives its end and its first pixel.
    #[inline(always)]
    fn copy(&self, string: LzwString, output: &mut [u8], at: usize) -> (usize, u8) {
        let len = usize::from(string.end.len);
        let first = if len <= PIECE {
            output[at..at + PIECE].copy_from_slice(&string.piece.to_le_bytes());
            string.piece as u8
        } else {
            self.copy_pieces(string, output, at)
        };
        (at + len, first)
    }

    /// Writes the pieces of a string from the last one to the first, and gives the first pixel.
    #[inline(never)]
    fn copy_pieces(&self, mut string: LzwString, output: &mut [u8], at: usize) -> u8 {
        let mut place = at + (usize::from(string.end.len) - 1) / PIECE * PIECE;
        loop {
            output[place..place + PIECE].copy_from_slice(&string.piece.to_le_bytes());
            if place <= at {
                return string.piece as u8;
            }
            place -= PIECE;
            string = self.string(string.end.before);
        }
    }
}

impl std::fmt::Debug for Lzw {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lzw").finish_non_exhaustive()
    }
}

impl Codes {
    /// The state after a clear code.
    ///
    /// The first code after it adds nothing to those that there are. So that it need not be told from others,
    /// it adds the end code, which is never looked up.
    fn cleared(clear: u16) -> Self {
        Self {
            next: clear + 1,
            width: clear.trailing_zeros() + 1,
            last: Last::default(),
        }
    }
}

impl Bits {
    #[inline(always)]
    fn refill(&mut self, input: &mut Input<'_>) {
        if let Some(eight) = input.bytes[input.used..].first_chunk() {
            self.waiting |= u64::from_le_bytes(*eight) << self.count;
            let taken = ((63 - self.count) / 8).min((input.end - input.used) as u32);
            input.used += taken as usize;
            self.count += taken * 8;
        }
    }

    #[inline(always)]
    fn take(&mut self, width: u32) -> u16 {
        let code = self.waiting & ((1 << width) - 1);
        self.waiting >>= width;
        self.count -= width;
        code as u16
    }
}
