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
    /// [`crate::Error::Body`]. An existing file is replaced. Memory does not grow with the body.
    async fn put(&self, key: &MediaKey, body: ByteStream<'_>) -> Result<u64>;

    /// Reads a whole file, which is meant for thumbnails. `None` when there is none.
    async fn get(&self, key: &MediaKey) -> Result<Option<Bytes>>;

    /// Opens a file for reading in parts. `None` when there is none.
    ///
    /// An open source stays readable when the file is deleted or replaced.
    async fn open(&self, key: &MediaKey) -> Result<Option<Box<dyn Source>>>;

    /// Deletes a file. That there is none is fine.
    async fn delete(&self, key: &MediaKey) -> Result<()>;

    /// Checks that files can be stored and read.
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
