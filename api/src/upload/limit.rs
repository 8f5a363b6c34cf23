use super::fault::Fault;

/// Counts bytes against the most that there may be.
#[derive(Debug)]
pub(super) struct Limit {
    max_bytes: u64,
    left: u64,
}

impl Limit {
    pub(super) fn new(max_bytes: u64) -> Self {
        Self {
            max_bytes,
            left: max_bytes,
        }
    }

    /// Takes bytes off the limit.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(bytes).ok_or(Fault::TooLarge)?;
        Ok(())
    }

    pub(super) fn is_untouched(&self) -> bool {
        self.left == self.max_bytes
    }
}
