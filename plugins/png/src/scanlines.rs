use thumbnailify_sdk::Failure;

use crate::chunk::{Chunks, StreamKind};
use crate::header::Header;
use crate::inflate::Inflate;
use crate::unfilter::{self, Filter, PADDING_BYTES, Row};

/// The rows of an image, or of each of its passes, as the file has them but unpacked and without filters.
#[derive(Debug)]
pub(crate) struct Scanlines {
    kind: StreamKind,
    inflate: Inflate,
    pixel_bytes: usize,
    /// The row before, and room for two more.
    above: Vec<u8>,
    first: Vec<u8>,
    second: Vec<u8>,
}

impl Scanlines {
    /// Prepares to read rows of at most `row_bytes` from the current chunk on.
    pub(crate) fn new(kind: StreamKind, header: Header, row_bytes: usize) -> Result<Self, Failure> {
        let row = || -> Result<Vec<u8>, Failure> {
            let mut row = Vec::new();
            row.try_reserve_exact(row_bytes + PADDING_BYTES)
                .map_err(|_| Failure::too_large(header.size))?;
            row.resize(row_bytes + PADDING_BYTES, 0);
            Ok(row)
        };
        Ok(Self {
            kind,
            inflate: Inflate::new(2 * (row_bytes + 1))?,
            pixel_bytes: header.pixel_bytes(),
            above: row()?,
            first: row()?,
            second: row()?,
        })
    }

    /// Gives `count` rows of `row_bytes` on, one after the other, and tells how many there were.
    pub(crate) fn read(
        &mut self,
        chunks: &mut Chunks<'_>,
        row_bytes: usize,
        count: u32,
        mut take: impl FnMut(u32, &[u8]),
    ) -> u32 {
        self.above.fill(0);
        let stored_bytes = row_bytes + 1;
        let mut y = 0;
        while y < count {
            let wanted = stored_bytes * if count - y > 1 { 2 } else { 1 };
            self.inflate.fill(&mut chunks.stream(self.kind), wanted);
            let done = match (self.inflate.len() >= wanted, wanted == 2 * stored_bytes) {
                (true, true) => self.two_rows(row_bytes),
                _ if self.inflate.len() >= stored_bytes => self.one_row(row_bytes),
                _ => 0,
            };
            match done {
                2 => {
                    take(y, &self.first[..row_bytes]);
                    take(y + 1, &self.second[..row_bytes]);
                    std::mem::swap(&mut self.above, &mut self.second);
                }
                1 => {
                    take(y, &self.first[..row_bytes]);
                    std::mem::swap(&mut self.above, &mut self.first);
                }
                _ => break,
            }
            y += done;
        }
        y
    }

    /// Takes two rows, or one where the second has no filter that there is.
    fn two_rows(&mut self, row_bytes: usize) -> u32 {
        let bytes = self.inflate.bytes();
        let stored_bytes = row_bytes + 1;
        let filters = (
            Filter::from_byte(bytes[0]),
            Filter::from_byte(bytes[stored_bytes]),
        );
        let (Some(first), Some(second)) = filters else {
            return self.one_row(row_bytes);
        };
        let first = Row {
            filter: first,
            stored: &bytes[1..stored_bytes],
            samples: &mut self.first,
        };
        let second = Row {
            filter: second,
            stored: &bytes[stored_bytes + 1..2 * stored_bytes],
            samples: &mut self.second,
        };
        unfilter::two_rows(first, second, &self.above, self.pixel_bytes);
        self.inflate.consume(2 * stored_bytes);
        2
    }

    fn one_row(&mut self, row_bytes: usize) -> u32 {
        let bytes = self.inflate.bytes();
        let Some(filter) = Filter::from_byte(bytes[0]) else {
            return 0;
        };
        let row = Row {
            filter,
            stored: &bytes[1..=row_bytes],
            samples: &mut self.first,
        };
        unfilter::one_row(row, &self.above, self.pixel_bytes);
        self.inflate.consume(row_bytes + 1);
        1
    }
}
