use std::io::{self, BufRead, ErrorKind, Read, Seek, SeekFrom};

use crate::Source;

/// What the host is asked for at once: large enough that the calls cost nothing, small enough for memory.
const WINDOW_BYTES: u32 = 64 * 1024;

/// What is kept of the window before, so that a decoder that steps back a little need not read it again.
const KEPT_BYTES: usize = 64;

/// Reads a [`Source`] as a stream with a position, through a window of 64 KiB.
///
/// A decoder that wants `Read`, `BufRead` or `Seek` takes it as it is; another buffer around it is waste.
pub struct BlobReader<'a> {
    source: &'a dyn Source,
    window: Vec<u8>,
    /// The end of the window before.
    kept: Vec<u8>,
    /// Where the window begins in the source.
    window_offset: u64,
    /// How much of the window has been read.
    consumed: usize,
    /// An offset at which there was nothing: decoders ask for more there again and again.
    known_end: Option<u64>,
}

impl<'a> BlobReader<'a> {
    /// Starts at the first byte.
    #[must_use]
    pub fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            window: Vec::new(),
            kept: Vec::new(),
            window_offset: 0,
            consumed: 0,
            known_end: None,
        }
    }

    fn position(&self) -> u64 {
        self.window_offset.saturating_add(self.consumed as u64)
    }

    fn move_to(&mut self, position: u64) {
        let kept_offset = self.window_offset - self.kept.len() as u64;
        if (kept_offset..self.window_offset).contains(&position) {
            self.kept.append(&mut self.window);
            std::mem::swap(&mut self.kept, &mut self.window);
            self.window_offset = kept_offset;
        }
        let in_window = position
            .checked_sub(self.window_offset)
            .and_then(|n| n.try_into().ok());
        match in_window {
            Some(consumed) if consumed <= self.window.len() => self.consumed = consumed,
            _ => {
                self.window.clear();
                self.kept.clear();
                self.window_offset = position;
                self.consumed = 0;
            }
        }
    }

    /// Goes on to the next window. What the source gives becomes the window as it is, without a copy.
    fn refill(&mut self) {
        let position = self.position();
        if self.known_end.is_some_and(|end| position >= end) {
            return;
        }
        let more = self.source.read_at(position, WINDOW_BYTES);
        if more.is_empty() {
            self.known_end = Some(position);
            return;
        }
        let dropped = self.window.len().saturating_sub(KEPT_BYTES);
        self.kept.clear();
        self.kept.extend_from_slice(&self.window[dropped..]);
        self.window = more;
        self.window_offset = position;
        self.consumed = 0;
    }
}

impl std::fmt::Debug for BlobReader<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut formatter = formatter.debug_struct("BlobReader");
        formatter
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

impl BufRead for BlobReader<'_> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.consumed >= self.window.len() {
            self.refill();
        }
        Ok(&self.window[self.consumed..])
    }

    #[inline]
    fn consume(&mut self, amount: usize) {
        self.consumed = self.window.len().min(self.consumed.saturating_add(amount));
    }
}

impl Read for BlobReader<'_> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl Seek for BlobReader<'_> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(step) => self.position().checked_add_signed(step),
            SeekFrom::End(step) => self.source.size().checked_add_signed(step),
        };
        let position = position.ok_or(ErrorKind::InvalidInput)?;
        self.move_to(position);
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn numbers(count: usize) -> Vec<u8> {
        (0..count).map(|n| (n % 251) as u8).collect()
    }

    #[test]
    fn a_source_longer_than_the_window_is_read_in_full() {
        let bytes = numbers(200_000);
        let source = bytes.as_slice();
        let mut read = Vec::new();
        BlobReader::new(&source).read_to_end(&mut read).unwrap();
        assert!(read == bytes);
    }

    #[test]
    fn seeking_works_inside_and_outside_the_window() {
        let bytes = numbers(200_000);
        let source = bytes.as_slice();
        let mut reader = BlobReader::new(&source);
        for offset in [0, 70_000, 70_001, 65_536, 199_999, 3] {
            assert_eq!(reader.seek(SeekFrom::Start(offset)).unwrap(), offset);
            let mut byte = [0];
            reader.read_exact(&mut byte).unwrap();
            assert_eq!(byte[0], bytes[offset as usize]);
            assert_eq!(reader.stream_position().unwrap(), offset + 1);
        }
        assert_eq!(reader.seek(SeekFrom::End(-1)).unwrap(), 199_999);
    }

    /// Counts how often it is read.
    struct Counted<'a>(&'a [u8], Cell<u32>);

    impl Source for Counted<'_> {
        fn size(&self) -> u64 {
            self.0.size()
        }

        fn read_at(&self, offset: u64, len: u32) -> Vec<u8> {
            self.1.set(self.1.get() + 1);
            self.0.read_at(offset, len)
        }
    }

    #[test]
    fn no_byte_is_read_twice_for_a_small_step_back_or_at_the_end() {
        let bytes = numbers(WINDOW_BYTES as usize * 2);
        let source = Counted(&bytes, Cell::new(0));
        let mut reader = BlobReader::new(&source);
        let mut sum = 0;
        while let Ok(()) = reader.read_exact(&mut [0; 8]) {
            reader.seek_relative(-4).unwrap();
            sum += 4;
        }
        assert!(sum + 8 > bytes.len());
        assert_eq!(source.1.get(), 3, "two windows and the end");
    }

    #[test]
    fn beyond_the_end_there_is_nothing() {
        let source: &[u8] = &[1, 2, 3];
        let mut reader = BlobReader::new(&source);
        assert!(reader.seek(SeekFrom::Current(-1)).is_err());
        for offset in [3, 1 << 40, u64::MAX] {
            reader.seek(SeekFrom::Start(offset)).unwrap();
            assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0);
        }
    }
}
