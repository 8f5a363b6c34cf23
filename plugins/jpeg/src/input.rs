//! The bytes of the file, through windows of 64 KiB.

use thumbnailify_sdk::Source;

/// What the host is asked for at once.
const WINDOW_BYTES: u32 = 64 * 1024;

/// The file as a sequence of bytes with a position, of which one window is held at a time.
pub(crate) struct Input<'a> {
    source: &'a dyn Source,
    window: Vec<u8>,
    /// How much of the window has been read.
    consumed: usize,
    /// Where the window ends in the file.
    window_end: u64,
    /// A marker that was met while entropy-coded data was read, and not acted upon yet.
    pending_marker: Option<u8>,
}

impl<'a> Input<'a> {
    /// Starts at the first byte.
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            window: Vec::new(),
            consumed: 0,
            window_end: 0,
            pending_marker: None,
        }
    }

    /// What is left of the window, or the next window; empty at the end of the file.
    #[inline]
    pub(crate) fn rest(&mut self) -> &[u8] {
        if self.consumed == self.window.len() {
            self.read_window();
        }
        &self.window[self.consumed..]
    }

    /// Steps over bytes that [`rest`](Self::rest) gave.
    #[inline]
    pub(crate) fn consume(&mut self, count: usize) {
        self.consumed = self.window.len().min(self.consumed + count);
    }

    #[cold]
    fn read_window(&mut self) {
        // The old window goes first, so that there are never two of them.
        self.window = Vec::new();
        self.window = self.source.read_at(self.window_end, WINDOW_BYTES);
        self.window_end += self.window.len() as u64;
        self.consumed = 0;
    }

    pub(crate) fn position(&self) -> u64 {
        self.window_end - (self.window.len() - self.consumed) as u64
    }

    pub(crate) fn seek(&mut self, position: u64) {
        self.pending_marker = None;
        let window_start = self.window_end - self.window.len() as u64;
        if (window_start..=self.window_end).contains(&position) {
            self.consumed = (position - window_start) as usize;
        } else {
            self.window = Vec::new();
            self.consumed = 0;
            self.window_end = position;
        }
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = *self.rest().first()?;
        self.consumed += 1;
        Some(byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// Reads what follows a marker that has parameters: a length of two bytes, and so much (T.81, B.1.1.4).
    pub(crate) fn segment(&mut self) -> Option<Vec<u8>> {
        let mut left = usize::from(self.u16()?.checked_sub(2)?);
        let mut segment = Vec::with_capacity(left);
        while left > 0 {
            let rest = self.rest();
            let part = rest.get(..left).unwrap_or(rest);
            let taken = part.len();
            segment.extend_from_slice(part);
            self.consume(taken);
            left -= taken;
            if taken == 0 {
                return None;
            }
        }
        Some(segment)
    }

    /// Steps over what follows a marker that has parameters.
    pub(crate) fn skip_segment(&mut self) -> Option<()> {
        let length = u64::from(self.u16()?.checked_sub(2)?);
        self.seek(self.position() + length);
        Some(())
    }

    /// Lets [`next_marker`](Self::next_marker) give this marker.
    pub(crate) fn put_back_marker(&mut self, marker: u8) {
        self.pending_marker = Some(marker);
    }

    /// Finds the next marker, whatever lies before it, and gives its code; nothing at the end of the file.
    pub(crate) fn next_marker(&mut self) -> Option<u8> {
        if let Some(marker) = self.pending_marker.take() {
            return Some(marker);
        }
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            let Some(index) = index_of_ff(rest) else {
                let count = rest.len();
                self.consume(count);
                continue;
            };
            self.consume(index + 1);
            if let Some(marker) = self.after_ff()? {
                return Some(marker);
            }
        }
    }

    /// The code of a marker of which the first byte has been read; nothing if it was a byte of data.
    ///
    /// Any number of bytes 0xff may come before the code (T.81, B.1.1.2). The outer option is empty at the
    /// end of the file.
    pub(crate) fn after_ff(&mut self) -> Option<Option<u8>> {
        loop {
            match self.byte()? {
                0xff => {}
                0 => return Some(None),
                code => return Some(Some(code)),
            }
        }
    }
}

fn index_of_ff(bytes: &[u8]) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let has_ff = |block: &[u8; 64]| block.iter().fold(false, |any, byte| any | (*byte == 0xff));
    let first = blocks.iter().position(has_ff);
    let start = first.unwrap_or(blocks.len()) * 64;
    let area = first.map_or(rest, |index| &blocks[index]);
    let index = area.iter().position(|byte| *byte == 0xff)?;
    Some(start + index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_across_windows() {
        for at in [0, 1, 65_534, 65_535, 65_536, 70_000] {
            let mut bytes = vec![7; at];
            bytes.extend([0xff, 0, 0xff, 0xff, 0xd9, 0xff]);
            let source = bytes.as_slice();
            let mut input = Input::new(&source);
            assert_eq!(input.next_marker(), Some(0xd9), "{at}");
            assert_eq!(input.position(), at as u64 + 5);
            assert_eq!(input.next_marker(), None);
        }
    }

    #[test]
    fn segments_end_with_the_file() {
        let source: &[u8] = &[0, 4, 1, 2, 0, 1, 0, 9, 1];
        let mut input = Input::new(&source);
        assert_eq!(input.segment(), Some(vec![1, 2]));
        assert_eq!(input.segment(), None, "shorter than its own length");
        assert_eq!(input.segment(), None, "longer than the file");
        input.seek(2);
        assert_eq!(input.byte(), Some(1));
        input.seek(1 << 40);
        assert_eq!(input.byte(), None);
    }
}
