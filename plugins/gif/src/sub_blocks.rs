use crate::broken::Broken;
use crate::bytes::Bytes;
use crate::lzw::{Input, PADDING};

/// So much is gathered at once, if there is as much.
const GATHERED_BYTES: usize = 8 * 1024;

/// The data of an image, gathered from its sub-blocks of at most 255 bytes (`GIF89a`, section 15).
#[derive(Debug)]
pub(crate) struct SubBlocks {
    /// The data, and the zeros after it.
    data: Vec<u8>,
    used: usize,
    /// Set once there are no more, well or badly ended.
    end: Option<Result<(), Broken>>,
}

impl SubBlocks {
    pub(crate) fn new() -> Self {
        Self {
            data: Vec::with_capacity(GATHERED_BYTES + usize::from(u8::MAX) + PADDING),
            used: 0,
            end: None,
        }
    }

    /// Prepares for the data of another image.
    pub(crate) fn start(&mut self) {
        self.data.clear();
        self.used = 0;
        self.end = None;
    }

    /// What is gathered and not yet used.
    pub(crate) fn input(&self) -> Input<'_> {
        Input {
            bytes: &self.data,
            used: self.used,
            end: self.data.len().saturating_sub(PADDING),
        }
    }

    /// Says how much of that has been used.
    pub(crate) fn use_up_to(&mut self, used: usize) {
        self.used = used;
    }

    /// Gathers more when all is used; tells whether there was any. Of a file that is cut off, what is there
    /// comes before the error.
    pub(crate) fn refill(&mut self, bytes: &mut Bytes<'_>) -> Result<bool, Broken> {
        self.data.clear();
        self.used = 0;
        while self.end.is_none() && self.data.len() < GATHERED_BYTES {
            match bytes.append_sub_block(&mut self.data) {
                Ok(0) => self.end = Some(Ok(())),
                Ok(_) => {}
                Err(broken) => self.end = Some(Err(broken)),
            }
        }
        let is_empty = self.data.is_empty();
        self.data.extend_from_slice(&[0; PADDING]);
        match self.end {
            Some(Err(broken)) if is_empty => Err(broken),
            _ => Ok(!is_empty),
        }
    }

    /// Reads to the end of the data.
    pub(crate) fn skip_rest(&mut self, bytes: &mut Bytes<'_>) -> Result<(), Broken> {
        self.end.unwrap_or_else(|| bytes.skip_sub_blocks())
    }
}
