//! Entropy-coded data without the bytes that were stuffed into them.

use crate::bits::{Bits, CLEAN_BYTES, Clean};
use crate::input::Input;

/// The data of a scan do not make sense, or end too early.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Damage;

/// More than this is never read between two calls of [`Stream::check`].
///
/// A block has at most 64 symbols of 16 bits of code and 16 bits of value, an MCU at most 10 blocks
/// (T.81, B.2.3).
const MAX_MCU_BYTES: usize = MAX_MCU_BLOCKS * 64 * 4;

/// The most blocks of an interleaved MCU.
pub(crate) const MAX_MCU_BLOCKS: usize = 10;

/// Beyond the end of a segment there are zeros to read, enough for one MCU.
const USABLE_BYTES: usize = CLEAN_BYTES - MAX_MCU_BYTES - 16;

/// The entropy-coded segment (T.81, B.1.1.5) that is being read: what lies between two markers.
pub(crate) struct Stream<'i, 's> {
    input: &'i mut Input<'s>,
    clean: Box<Clean>,
    length: usize,
    /// The marker or the end of the file that ends the segment has been met.
    is_complete: bool,
    limit: u32,
}

impl<'i, 's> Stream<'i, 's> {
    /// Starts with the segment at the position of the input.
    pub(crate) fn new(input: &'i mut Input<'s>) -> Self {
        let mut stream = Self {
            input,
            clean: Box::new([0; CLEAN_BYTES + 8]),
            length: 0,
            is_complete: false,
            limit: 0,
        };
        stream.fill();
        stream
    }

    /// Goes on with the segment behind the marker that was met last.
    pub(crate) fn start_segment(&mut self) {
        self.length = 0;
        self.is_complete = false;
        self.fill();
    }

    /// Finds the marker behind this segment, whatever of the segment has been read.
    pub(crate) fn next_marker(&mut self) -> Option<u8> {
        self.input.next_marker()
    }

    /// Leaves a marker to whoever reads the input next.
    pub(crate) fn put_back_marker(&mut self, marker: u8) {
        self.input.put_back_marker(marker);
    }

    #[inline(always)]
    pub(crate) fn clean(&self) -> &Clean {
        &self.clean
    }

    /// Where [`check`](Self::check) is due.
    #[inline(always)]
    pub(crate) fn limit(&self) -> u32 {
        self.limit
    }

    /// Makes sure that the next MCU can be read.
    ///
    /// It is an error if more has been read than the segment has.
    #[inline(always)]
    pub(crate) fn check(&mut self, bits: Bits) -> Result<Bits, Damage> {
        let dropped = self.check_at(bits.position(), bits.used())?;
        Ok(bits.moved(dropped))
    }

    /// Gives the number of bytes by which the data have been moved.
    #[cold]
    #[inline(never)]
    fn check_at(&mut self, position: u32, used: u64) -> Result<u32, Damage> {
        if self.is_complete {
            return if self.has_fewer(used) {
                Err(Damage)
            } else {
                Ok(0)
            };
        }
        let dropped = self.length.min(position as usize);
        self.clean.copy_within(dropped..self.length, 0);
        self.length -= dropped;
        self.fill();
        Ok(dropped as u32)
    }

    /// Says whether more has been read than the segment has.
    #[inline(always)]
    pub(crate) fn is_overrun(&self, bits: Bits) -> bool {
        self.is_complete && self.has_fewer(bits.used())
    }

    /// Says whether there are fewer bits than this.
    fn has_fewer(&self, used: u64) -> bool {
        used > self.length as u64 * 8
    }

    fn fill(&mut self) {
        while self.length < USABLE_BYTES && !self.is_complete {
            self.copy_clean();
            self.unstuff();
        }
        if self.is_complete {
            self.clean[self.length..].fill(0);
        }
        // Within 8 bytes of the end of a complete segment each MCU is checked exactly.
        let margin = if self.is_complete {
            8
        } else {
            MAX_MCU_BYTES + 8
        };
        self.limit = self.length.saturating_sub(margin) as u32;
    }

    /// Copies up to the next byte 0xff, which is left where it is, or to the end of a window.
    fn copy_clean(&mut self) {
        let room = &mut self.clean[self.length..USABLE_BYTES];
        let rest = self.input.rest();
        let mut copied = 0;
        let (from, _) = rest.as_chunks::<16>();
        let (to, _) = room.as_chunks_mut::<16>();
        for (from, to) in from.iter().zip(to) {
            *to = *from;
            if let Some(index) = index_of_ff(from) {
                copied += index;
                return self.take(copied);
            }
            copied += 16;
        }
        let pairs = room[copied..].iter_mut().zip(&rest[copied..]);
        for (to, from) in pairs.take_while(|(_, from)| **from != 0xff) {
            *to = *from;
            copied += 1;
        }
        self.take(copied);
    }

    fn take(&mut self, copied: usize) {
        self.length += copied;
        self.input.consume(copied);
    }

    /// Looks at a byte 0xff where there is one: it is data if 0 follows, and a marker otherwise.
    fn unstuff(&mut self) {
        match self.input.rest() {
            [] => self.is_complete = true,
            [0xff, 0, ..] if self.length < USABLE_BYTES => {
                self.input.consume(2);
                self.push_ff();
            }
            [0xff, ..] if self.length < USABLE_BYTES => {
                self.input.consume(1);
                match self.input.after_ff() {
                    Some(None) => self.push_ff(),
                    Some(Some(marker)) => {
                        self.input.put_back_marker(marker);
                        self.is_complete = true;
                    }
                    None => self.is_complete = true,
                }
            }
            _ => {}
        }
    }

    fn push_ff(&mut self) {
        self.clean[self.length] = 0xff;
        self.length += 1;
    }
}

/// Two words at once: the sum carries into the top bit where the lower seven bits are all set.
#[inline(always)]
fn index_of_ff(bytes: &[u8; 16]) -> Option<usize> {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const ONE: u64 = 0x0101_0101_0101_0101;
    let word = u128::from_le_bytes(*bytes);
    let found = [word as u64, (word >> 64) as u64].map(|word| ((word & LOW) + ONE) & word & !LOW);
    match found {
        [0, 0] => None,
        [0, second] => Some(8 + second.trailing_zeros() as usize / 8),
        [first, _] => Some(first.trailing_zeros() as usize / 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a stream byte by byte, as blocks of MCUs would.
    fn unstuffed(bytes: &[u8]) -> (Vec<u8>, Option<u8>) {
        let mut input = Input::new(&bytes);
        let mut stream = Stream::new(&mut input);
        let mut bits = Bits::START;
        let mut read = Vec::new();
        loop {
            if bits.position() > stream.limit() || stream.limit() == 0 {
                match stream.check(bits) {
                    Ok(checked) => bits = checked,
                    Err(Damage) => break,
                }
            }
            bits.refill(stream.clean());
            read.push(bits.take(8) as u8);
        }
        read.pop();
        (read, stream.next_marker())
    }

    #[test]
    fn stuffing_is_removed_wherever_it_is() {
        for at in (0..40).chain(16_000..16_040).chain(65_500..65_560) {
            let mut bytes = vec![5; at];
            bytes.extend([0xff, 0, 1, 0xff, 0xff, 0, 2]);
            bytes.extend([6; 50]);
            let expected = [vec![5; at], vec![0xff, 1, 0xff, 2], vec![6; 50]].concat();
            assert!(unstuffed(&bytes) == (expected.clone(), None), "{at}");
            bytes.extend([0xff, 0xff, 0xd3, 9, 9]);
            assert!(unstuffed(&bytes) == (expected, Some(0xd3)), "{at}");
        }
    }

    #[test]
    fn a_byte_of_ones_is_found_at_each_index() {
        for index in 0..16 {
            let mut bytes = [0xfe, 0x7f, 0x80, 0].repeat(4);
            bytes[index] = 0xff;
            assert_eq!(index_of_ff(&bytes.try_into().unwrap()), Some(index));
        }
        assert_eq!(index_of_ff(&[0x7f; 16]), None);
    }
}
