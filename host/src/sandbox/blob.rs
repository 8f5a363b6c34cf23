use std::time::{Duration, Instant};

use thumbnailify_core::Source;
use wasmtime::component::Resource;

use super::bindings::source::{Host, HostBlob};
use super::fault::Fault;
use super::guest::Guest;

/// The most that one read gives, whatever the guest asks for. The interface promises at least 64 KiB.
const READ_MAX_BYTES: u32 = 1 << 20;

/// The upload as the guest holds it.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Blob(pub(super) Box<dyn Source>);

/// What the guest may still read. It lives outside the blob, which the guest can drop.
#[derive(Debug)]
pub(super) struct ReadBudget {
    pub(super) bytes: u64,
    pub(super) calls: u32,
    /// How long reading took so far.
    pub(super) waited: Duration,
}

impl ReadBudget {
    fn spend(&mut self, bytes: u64) -> Result<(), Fault> {
        self.calls = self.calls.checked_sub(1).ok_or(Fault::TooManyReads)?;
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Fault::TooMuchRead)?;
        Ok(())
    }
}

impl Host for Guest {}

impl HostBlob for Guest {
    fn size(&mut self, blob: Resource<Blob>) -> wasmtime::Result<u64> {
        Ok(self.table.get(&blob)?.0.size())
    }

    fn read_at(
        &mut self,
        blob: Resource<Blob>,
        offset: u64,
        len: u32,
    ) -> wasmtime::Result<Vec<u8>> {
        let source = &self.table.get(&blob)?.0;
        let len = u64::from(len.min(READ_MAX_BYTES)).min(source.size().saturating_sub(offset));
        self.reads.spend(len)?;
        let mut bytes = vec![0; usize::try_from(len)?];
        let started = Instant::now();
        let count = source.read_at(offset, &mut bytes).map_err(Fault::Source)?;
        self.reads.waited += started.elapsed();
        bytes.truncate(count);
        Ok(bytes)
    }

    fn drop(&mut self, blob: Resource<Blob>) -> wasmtime::Result<()> {
        self.table.delete(blob)?;
        Ok(())
    }
}
