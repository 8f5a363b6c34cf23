use thumbnailify_sdk::Failure;

use crate::chunk::{Chunks, StreamKind};
use crate::header::Header;
use crate::inflate::Inflate;
use crate::unfilter::{self, Filter, Row};

/// How many rows are unpacked at once, where there are as many.
const ROWS_AT_ONCE: usize = 4;

/// The rows of an image, or of each of its passes, as the file has them but unpacked and without filters.
#[derive(Debug)]
pub(crate) struct Scanlines {
    kind: StreamKind,
    inflate: Inflate,
    pixel_bytes: usize,
    above: Vec<u8>,
    rows: [Vec<u8>; ROWS_AT_ONCE],
}

impl Scanlines {
    /// Prepares to read rows of at most `row_bytes` from the current chunk on.
    pub(crate) fn new(kind: StreamKind, header: Header, row_bytes: usize) -> Result<Self, Failure> {
        let row = || -> Result<Vec<u8>, Failure> {
            let mut row = Vec::new();
            row.try_reserve_exact(row_bytes)
                .map_err(|_| Failure::too_large(header.size))?;
            row.resize(row_bytes, 0);
            Ok(row)
        };
        Ok(Self {
            kind,
            inflate: Inflate::new(ROWS_AT_ONCE * (row_bytes + 1))?,
            pixel_bytes: header.pixel_bytes(),
            above: row()?,
            rows: [row()?, row()?, row()?, row()?],
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
        let mut y = 0;
        while y < count {
            let wanted = (count - y).min(ROWS_AT_ONCE as u32) as usize;
            let mut stream = chunks.stream(self.kind);
            self.inflate.fill(&mut stream, wanted * (row_bytes + 1));
            let done = self.some_rows(row_bytes, wanted);
            for row in &self.rows[..done] {
                take(y, &row[..row_bytes]);
                y += 1;
            }
            match done.checked_sub(1).and_then(|last| self.rows.get_mut(last)) {
                Some(last) => std::mem::swap(&mut self.above, last),
                None => break,
            }
        }
        y
    }

    /// Takes as many rows as are there and have a filter that there is, but at most `wanted`.
    fn some_rows(&mut self, row_bytes: usize, wanted: usize) -> usize {
        let bytes = self.inflate.bytes();
        let stored = bytes.chunks_exact(row_bytes + 1).take(wanted);
        let rows = stored.zip(&mut self.rows).map_while(|(stored, samples)| {
            let (filter, stored) = stored.split_first()?;
            Some(Row {
                filter: Filter::from_byte(*filter)?,
                stored,
                samples,
            })
        });
        let mut rows: Vec<Row<'_>> = rows.collect();
        let count = rows.len();
        unfilter::rows(&mut rows, &self.above, self.pixel_bytes);
        self.inflate.consume(count * (row_bytes + 1));
        count
    }
}
