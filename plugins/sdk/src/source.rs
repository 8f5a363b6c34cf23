use crate::Blob;

/// The bytes of an upload, read by offset.
///
/// The host's [`Blob`] is one, and so is a slice, which is all that a native test needs.
pub trait Source {
    /// Its length in bytes.
    fn size(&self) -> u64;

    /// Reads up to `len` bytes from `offset` on; fewer at the end, or where the host gives less at once.
    ///
    /// It is empty only when `len` is 0 or `offset` is at or beyond the end.
    fn read_at(&self, offset: u64, len: u32) -> Vec<u8>;
}

impl Source for Blob {
    fn size(&self) -> u64 {
        Self::size(self)
    }

    fn read_at(&self, offset: u64, len: u32) -> Vec<u8> {
        Self::read_at(self, offset, len)
    }
}

impl Source for &[u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, len: u32) -> Vec<u8> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.get(offset..));
        let rest = rest.unwrap_or_default();
        rest[..rest.len().min(len as usize)].to_vec()
    }
}
