use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use thumbnailify_core::Source;

/// An upload that a handler is tried with.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// As it stands here.
    Bytes(Arc<[u8]>),
    /// So many zeros, which take no memory.
    Zeros(u64),
}

impl Input {
    pub(super) fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// Writes it to a file.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = File::create(path)?;
        match self {
            Self::Bytes(bytes) => file.write_all(bytes),
            Self::Zeros(count) => file.set_len(*count),
        }
    }
}

impl Source for Input {
    fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Zeros(count) => *count,
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.size().saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = rest.min(buffer.len());
        match self {
            Self::Bytes(bytes) => {
                let rest = bytes.len() - rest;
                buffer[..count].copy_from_slice(&bytes[rest..rest + count]);
            }
            Self::Zeros(_) => buffer[..count].fill(0),
        }
        Ok(count)
    }
}

/// Counts what is read of an input.
#[derive(Debug, Default)]
pub(super) struct ReadCount {
    pub(super) calls: AtomicU64,
    pub(super) bytes: AtomicU64,
}

/// An input with a count of what is read of it, which outlives the sandbox.
#[derive(Debug)]
pub(super) struct Metered {
    pub(super) input: Input,
    pub(super) count: Arc<ReadCount>,
}

impl Source for Metered {
    fn size(&self) -> u64 {
        self.input.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read_at(offset, buffer)?;
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.count.calls.fetch_add(1, Ordering::Relaxed);
        self.count.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &Input, offset: u64, expected: &[u8]) {
        let mut buffer = [9; 3];
        let count = input.read_at(offset, &mut buffer).unwrap();
        assert_eq!(&buffer[..count], expected);
    }

    #[test]
    fn an_input_is_read_like_a_file() {
        let bytes = Input::new(*b"abcd");
        check(&bytes, 0, b"abc");
        check(&bytes, 2, b"cd");
        check(&bytes, 4, b"");
        check(&bytes, u64::MAX, b"");
        check(&Input::Zeros(2), 1, &[0]);
    }
}
