use std::fmt::Debug;
use std::io;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::{BoxError, MediaKey, Result};

/// The bytes of a file on their way in.
pub type ByteStream<'a> = BoxStream<'a, Result<Bytes, BoxError>>;

/// Holds originals and thumbnails.
#[async_trait]
pub trait MediaStore: Debug + Send + Sync {
    /// Stores the body under the key and returns its length in bytes.
    ///
    /// All or nothing: a reader sees the whole file or none, also through a crash and a power cut. When
    /// the call returns, the file is durable. An error of the body itself ends it with
    /// [`crate::Error::Body`]. An existing file is replaced. Memory does not grow with the body. An original for
    /// which there is no room is `DiskFull` before its body is read.
    async fn put(&self, key: &MediaKey, body: ByteStream<'_>) -> Result<u64>;

    /// Reads a whole file, which is meant for thumbnails. `None` when there is none.
    async fn get(&self, key: &MediaKey) -> Result<Option<Bytes>>;

    /// Opens a file for reading in parts. `None` when there is none.
    ///
    /// An open source stays readable when the file is deleted or replaced.
    async fn open(&self, key: &MediaKey) -> Result<Option<Box<dyn Source>>>;

    /// Deletes a file. That there is none is fine.
    async fn delete(&self, key: &MediaKey) -> Result<()>;

    /// Checks that originals can be stored and files be read.
    async fn check(&self) -> Result<()>;
}

/// A stored file that can be read at any offset.
///
/// Reading blocks: call it from a thread that may wait.
pub trait Source: Debug + Send + Sync {
    /// The length in bytes.
    fn size(&self) -> u64;

    /// Fills the buffer from `offset` on and returns how many bytes were read; fewer than the buffer
    /// holds only at the end of the file.
    ///
    /// # Errors
    /// Any failure of the storage below.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// A file that is in memory as it is.
impl Source for Bytes {
    fn size(&self) -> u64 {
        u64::try_from(self.len()).unwrap_or(u64::MAX)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).map_or(self.len(), |start| start.min(self.len()));
        let rest = &self[start..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(offset: u64, wanted: usize, expected: &[u8]) {
        let mut buffer = vec![0; wanted];
        let count = Bytes::from_static(b"abcde").read_at(offset, &mut buffer);
        assert_eq!(&buffer[..count.unwrap()], expected, "{offset} {wanted}");
    }

    #[test]
    fn bytes_in_memory_are_read_up_to_their_end() {
        check(0, 3, b"abc");
        check(3, 3, b"de");
        check(5, 3, b"");
        check(u64::MAX, 3, b"");
        check(1, 0, b"");
    }
}
