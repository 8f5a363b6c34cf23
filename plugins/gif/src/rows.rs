use crate::blocks::Image;
use crate::broken::Broken;
use crate::bytes::Bytes;
use crate::interlace::row_numbers;
use crate::lzw::{Lzw, SLACK, Status};
use crate::sub_blocks::SubBlocks;

/// So much is decoded at once, or one row where that is longer.
const BATCH_PIXELS: usize = 8 * 1024;

/// Decodes the images of a file, one after the other, row by row.
#[derive(Debug)]
pub(crate) struct RowDecoder {
    lzw: Lzw,
    data: SubBlocks,
    pixels: Vec<u8>,
}

/// How the data of an image ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ending {
    /// Whole rows that came.
    pub(crate) rows: u32,
    /// Why the file cannot be read on. Data that ends in good order before the image is full is no reason.
    pub(crate) broken: Option<Broken>,
}

impl RowDecoder {
    pub(crate) fn new() -> Self {
        Self {
            lzw: Lzw::new(),
            data: SubBlocks::new(),
            pixels: Vec::new(),
        }
    }

    /// Decodes the data of an image up to its end, and hands on the number and the indices of each row. The
    /// last row that there is may be shorter than the image is wide.
    pub(crate) fn decode(
        &mut self,
        bytes: &mut Bytes<'_>,
        image: &Image,
        mut take_row: impl FnMut(u32, &[u8]),
    ) -> Ending {
        let mut numbers = row_numbers(image);
        let mut rows = 0;
        let ended = self.decode_rows(bytes, image, |row| {
            let number = numbers.next()?;
            take_row(number, row);
            rows += u32::from(row.len() == image.width as usize);
            Some(())
        });
        Ending {
            rows,
            broken: ended.err(),
        }
    }

    /// Hands on rows until `take_row` wants no more.
    fn decode_rows(
        &mut self,
        bytes: &mut Bytes<'_>,
        image: &Image,
        mut take_row: impl FnMut(&[u8]) -> Option<()>,
    ) -> Result<(), Broken> {
        self.lzw.start(image.min_code_size)?;
        self.data.start();
        let width = (image.width as usize).max(1);
        let batch = BATCH_PIXELS.next_multiple_of(width);
        self.pixels.resize(batch + SLACK, 0);
        let mut written = 0;
        let ended = loop {
            let decoded = self.decode_batch(&mut written, batch);
            let rest = written % width;
            let whole = self.pixels[..written - rest].chunks_exact(width);
            let is_full = whole.map(&mut take_row).any(|taken| taken.is_none());
            self.pixels.copy_within(written - rest..written, 0);
            written = rest;
            match decoded {
                _ if is_full => break Ok(()),
                Ok(Status::Enough) => {}
                Ok(Status::Starved) => match self.data.refill(bytes) {
                    Ok(true) => {}
                    ended => break ended.map(|_| ()),
                },
                ended => break ended.map(|_| ()),
            }
        };
        if written > 0 {
            take_row(&self.pixels[..written]);
        }
        ended.and_then(|()| self.data.skip_rest(bytes))
    }

    fn decode_batch(&mut self, written: &mut usize, wanted: usize) -> Result<Status, Broken> {
        let mut input = self.data.input();
        let decoded = self
            .lzw
            .decode(&mut input, &mut self.pixels, written, wanted);
        let used = input.used;
        self.data.use_up_to(used);
        decoded
    }
}
