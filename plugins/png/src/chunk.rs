use std::io::{BufRead, Read, Seek, SeekFrom};

use thumbnailify_sdk::{BlobReader, Failure, Source};

use crate::crc::Crc;
use crate::inflate::Packed;

/// The first bytes of every PNG (section 5.2).
pub(crate) const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// The longest data that a chunk may have (section 5.3).
const MAX_LENGTH: u32 = i32::MAX as u32;

/// The type and the length of the data of a chunk (section 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) kind: [u8; 4],
    pub(crate) length: u32,
}

/// The chunks of a file one after the other; their data is read where somebody asks for it.
#[derive(Debug)]
pub(crate) struct Chunks<'a> {
    reader: BlobReader<'a>,
    current: Option<Chunk>,
    /// How much of the current chunk's data has not been read.
    left: u32,
    /// The current chunk was come upon while another was read, and is still to be given out.
    is_waiting: bool,
}

impl<'a> Chunks<'a> {
    /// Starts behind the signature.
    pub(crate) fn open(source: &'a dyn Source) -> Result<Self, Failure> {
        let mut reader = BlobReader::new(source);
        let mut signature = [0; 8];
        match reader.read_exact(&mut signature) {
            Ok(()) if signature == *SIGNATURE => Ok(Self {
                reader,
                current: None,
                left: 0,
                is_waiting: false,
            }),
            _ => Err(Failure::Malformed("Not a PNG file.".into())),
        }
    }

    /// Goes to the next chunk, past what was not read of the last one. There is none at the end of the file,
    /// nor after something that is not a chunk.
    pub(crate) fn next(&mut self) -> Option<Chunk> {
        if !std::mem::take(&mut self.is_waiting) {
            self.go_on();
        }
        self.current
    }

    fn go_on(&mut self) {
        let behind = i64::from(self.left) + if self.current.is_some() { 4 } else { 0 };
        self.left = 0;
        self.current = self
            .reader
            .seek(SeekFrom::Current(behind))
            .ok()
            .and_then(|_| self.head());
        self.left = self.current.map_or(0, |chunk| chunk.length);
    }

    fn head(&mut self) -> Option<Chunk> {
        let mut head = [0; 8];
        self.reader.read_exact(&mut head).ok()?;
        let [a, b, c, d, kind @ ..] = head;
        let length = u32::from_be_bytes([a, b, c, d]);
        let is_chunk = length <= MAX_LENGTH && kind.iter().all(u8::is_ascii_alphabetic);
        is_chunk.then_some(Chunk { kind, length })
    }

    /// The data of the current chunk, if there are at most `max_bytes` of it, all there and undamaged.
    pub(crate) fn data(&mut self, max_bytes: u32) -> Option<Vec<u8>> {
        let chunk = self.current?;
        if chunk.length > max_bytes || self.left != chunk.length {
            return None;
        }
        let mut data = Vec::new();
        let mut left = u64::from(chunk.length);
        while left > 0 {
            // Grows with what is there, not with what the file says.
            let bytes = self
                .reader
                .fill_buf()
                .ok()
                .filter(|bytes| !bytes.is_empty())?;
            let count = bytes.len().min(left as usize);
            data.extend_from_slice(&bytes[..count]);
            self.reader.consume(count);
            self.left -= count as u32;
            left -= count as u64;
        }
        let mut stored = [0; 4];
        self.reader.read_exact(&mut stored).ok()?;
        self.reader.seek_relative(-4).ok()?;
        let crc = Crc::of(&chunk.kind).with(&data);
        (crc.value() == u32::from_be_bytes(stored)).then_some(data)
    }

    /// The stream that begins in what is left of the current chunk and goes from chunk to chunk of this kind
    /// (sections 10.1 and 11.3.6.3).
    ///
    /// Checksums are not looked at: they would cost time, and what is wrong in the stream shows by itself.
    pub(crate) fn stream(&mut self, kind: StreamKind) -> Stream<'_, 'a> {
        Stream { chunks: self, kind }
    }

    /// Skips bytes of the current chunk's data.
    pub(crate) fn skip(&mut self, count: u32) {
        let count = count.min(self.left);
        if self.reader.seek_relative(count.into()).is_ok() {
            self.left -= count;
        }
    }
}

/// The compressed pixels of an image.
#[derive(Debug)]
pub(crate) struct Stream<'c, 'a> {
    chunks: &'c mut Chunks<'a>,
    kind: StreamKind,
}

impl Packed for Stream<'_, '_> {
    fn bytes(&mut self) -> &[u8] {
        let chunks = &mut *self.chunks;
        while chunks.left == 0 && !chunks.is_waiting && chunks.current.is_some() {
            chunks.go_on();
            if chunks
                .current
                .is_some_and(|chunk| chunk.kind == self.kind.chunk())
            {
                chunks.skip(self.kind.skipped());
            } else {
                chunks.is_waiting = true;
            }
        }
        if chunks.is_waiting || chunks.current.is_none() {
            return &[];
        }
        let bytes = chunks.reader.fill_buf().unwrap_or_default();
        &bytes[..bytes.len().min(chunks.left as usize)]
    }

    fn consume(&mut self, count: usize) {
        self.chunks.reader.consume(count);
        self.chunks.left = self.chunks.left.saturating_sub(count as u32);
    }
}

/// Where compressed pixels are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamKind {
    /// Of the default image.
    Idat,
    /// Of a further frame; each chunk starts with a number.
    Fdat,
}

impl StreamKind {
    fn chunk(self) -> [u8; 4] {
        match self {
            Self::Idat => *b"IDAT",
            Self::Fdat => *b"fdAT",
        }
    }

    /// How many bytes of each chunk do not belong to the stream.
    pub(crate) fn skipped(self) -> u32 {
        match self {
            Self::Idat => 0,
            Self::Fdat => 4,
        }
    }
}
