use std::io::{BufRead, Read};

use thumbnailify_sdk::{BlobReader, Source};

use crate::broken::Broken;

/// Reads the file from its start, through the window of the SDK's reader.
#[derive(Debug)]
pub(crate) struct Bytes<'a> {
    reader: BlobReader<'a>,
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Self {
            reader: BlobReader::new(source),
        }
    }

    pub(crate) fn next(&mut self) -> Result<u8, Broken> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn array<const LEN: usize>(&mut self) -> Result<[u8; LEN], Broken> {
        let mut bytes = [0; LEN];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Broken> {
        self.reader.read_exact(bytes).map_err(|_| Broken::EndsEarly)
    }

    /// Appends the next data sub-block, or what is left of it, and gives its length, 0 for the terminator.
    pub(crate) fn append_sub_block(&mut self, data: &mut Vec<u8>) -> Result<u8, Broken> {
        let len = self.next()?;
        let mut missing = usize::from(len);
        while missing > 0 {
            let there = self.reader.fill_buf().unwrap_or_default();
            if there.is_empty() {
                return Err(Broken::EndsEarly);
            }
            let count = missing.min(there.len());
            data.extend_from_slice(&there[..count]);
            self.reader.consume(count);
            missing -= count;
        }
        Ok(len)
    }

    /// Reads up to the terminator of a series of sub-blocks.
    pub(crate) fn skip_sub_blocks(&mut self) -> Result<(), Broken> {
        loop {
            match self.next()? {
                0 => return Ok(()),
                len => self.skip(len.into())?,
            }
        }
    }

    fn skip(&mut self, mut count: usize) -> Result<(), Broken> {
        while count > 0 {
            let there = self.reader.fill_buf().unwrap_or_default().len();
            if there == 0 {
                return Err(Broken::EndsEarly);
            }
            self.reader.consume(count.min(there));
            count -= count.min(there);
        }
        Ok(())
    }
}
