use wasmtime::ResourceLimiter;

/// The tables of a guest may hold this many elements together; interpreters compiled to Wasm have some
/// tens of thousands of functions in theirs.
pub(super) const TABLE_ELEMENTS_MAX: usize = 100_000;
/// Core instances of one component. Rust and C need three; a Python interpreter with the shims of its
/// toolchain needs more than eight.
pub(super) const INSTANCES_MAX: usize = 32;
/// Linear memories of one component.
pub(super) const MEMORIES_MAX: usize = 2;
/// Tables of one component.
pub(super) const TABLES_MAX: usize = 4;

/// Bounds the sum of a guest's linear memories and remembers the largest sum and a refusal.
///
/// A guest that is refused memory usually traps with `unreachable`, as it does in a panic; the memory
/// of the refusal tells the two apart.
#[derive(Debug)]
pub(super) struct MemoryMeter {
    limit_bytes: usize,
    used_bytes: usize,
    peak_bytes: usize,
    refused: bool,
    /// What the last growth added, until it is known to have worked.
    growing_bytes: usize,
    host_failed: bool,
    table_elements: usize,
}

impl MemoryMeter {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes,
            used_bytes: 0,
            peak_bytes: 0,
            refused: false,
            growing_bytes: 0,
            host_failed: false,
            table_elements: 0,
        }
    }

    pub(super) fn peak_bytes(&self) -> u64 {
        u64::try_from(self.peak_bytes).unwrap_or(u64::MAX)
    }

    /// The guest asked for more than its limit.
    pub(super) fn refused(&self) -> bool {
        self.refused
    }

    /// The host had no memory for what the guest may have.
    pub(super) fn host_failed(&self) -> bool {
        self.host_failed
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false); // A limit of the guest's own.
        }
        let growing = desired.saturating_sub(current);
        let used = self.used_bytes.saturating_add(growing);
        if used > self.limit_bytes {
            self.refused = true;
            return Ok(false);
        }
        self.used_bytes = used;
        self.growing_bytes = growing;
        self.peak_bytes = self.peak_bytes.max(used);
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.host_failed = true;
        self.used_bytes = self.used_bytes.saturating_sub(self.growing_bytes);
        self.growing_bytes = 0;
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let elements = self
            .table_elements
            .saturating_add(desired.saturating_sub(current));
        if elements > TABLE_ELEMENTS_MAX {
            return Ok(false);
        }
        self.table_elements = elements;
        Ok(true)
    }

    fn instances(&self) -> usize {
        INSTANCES_MAX
    }

    fn tables(&self) -> usize {
        TABLES_MAX
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_memories_is_bounded_and_not_each_alone() {
        let mut meter = MemoryMeter::new(100);
        assert!(meter.memory_growing(0, 60, None).unwrap());
        assert!(!meter.memory_growing(0, 60, None).unwrap());
        assert!(meter.refused());
        assert!(meter.memory_growing(60, 100, None).unwrap());
        assert_eq!(meter.peak_bytes(), 100);
    }

    #[test]
    fn a_limit_of_the_guests_own_is_no_refusal_of_ours() {
        let mut meter = MemoryMeter::new(100);
        assert!(!meter.memory_growing(0, 60, Some(50)).unwrap());
        assert!(!meter.refused());
    }
}
