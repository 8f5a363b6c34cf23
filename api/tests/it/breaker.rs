//! Stands between the API and the real backends and fails their calls on command, as a network does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use thumbnailify_core::{
    Announcement, Blame, ByteStream, Catalog, CatalogStore, Claim, ClaimRequest, ClaimToken,
    Delivery, Depth, Error, Finish, Hold, Job, JobQueue, ListRequest, MediaId, MediaKey,
    MediaStore, NewMedia, Page, Ports, Published, Reopen, Result, Source, Status, StatusStore,
    Verdict,
};
use tokio::sync::{Notify, broadcast};

/// How a call fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    Unavailable,
    QueueFull,
    DiskFull,
    Broken,
    Panic,
    /// It does not come back until it is mended.
    Hang,
}

/// The faults that are planned, by the name of the call. A call named `.. answered` is done and then
/// fails.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breaker(Arc<Plans>);

#[derive(Debug, Default)]
struct Plans {
    faults: Mutex<HashMap<&'static str, (Fault, u32)>>,
    calls: Mutex<HashMap<&'static str, u32>>,
    mended: Notify,
}

impl Breaker {
    /// Fails every such call from now on.
    pub(crate) fn fail(&self, call: &'static str, fault: Fault) {
        self.fail_times(call, fault, u32::MAX);
    }

    /// Fails the next calls.
    pub(crate) fn fail_times(&self, call: &'static str, fault: Fault, times: u32) {
        self.0.faults.lock().unwrap().insert(call, (fault, times));
    }

    /// Lets such calls through again.
    pub(crate) fn mend(&self, call: &'static str) {
        self.0.faults.lock().unwrap().remove(call);
        self.0.mended.notify_waiters();
    }

    /// Lets the calls that hang see what is planned for them now.
    pub(crate) fn wake(&self) {
        self.0.mended.notify_waiters();
    }

    /// How often the call was made.
    pub(crate) fn calls(&self, call: &'static str) -> u32 {
        self.0
            .calls
            .lock()
            .unwrap()
            .get(call)
            .copied()
            .unwrap_or_default()
    }

    /// Puts the breaker in front of the ports.
    pub(crate) fn in_front_of(&self, ports: Ports) -> Ports {
        Ports {
            queue: Arc::new(Broken {
                breaker: self.clone(),
                port: ports.queue,
            }),
            status: Arc::new(Broken {
                breaker: self.clone(),
                port: ports.status,
            }),
            media: Arc::new(Broken {
                breaker: self.clone(),
                port: ports.media,
            }),
            catalog: Arc::new(Broken {
                breaker: self.clone(),
                port: ports.catalog,
            }),
            quarantine: ports.quarantine,
            dead_letters: ports.dead_letters,
            upkeep: ports.upkeep,
        }
    }

    async fn pass(&self, call: &'static str) -> Result<()> {
        *self.0.calls.lock().unwrap().entry(call).or_default() += 1;
        loop {
            let mended = self.0.mended.notified();
            match self.next_fault(call) {
                None => return Ok(()),
                Some(Fault::Unavailable) => return Err(Error::unavailable("breaker", "cut")),
                Some(Fault::QueueFull) => return Err(Error::QueueFull),
                Some(Fault::DiskFull) => return Err(Error::DiskFull),
                Some(Fault::Broken) => return Err(Error::broken("breaker", "secret detail")),
                Some(Fault::Panic) => panic!("a panic on command"),
                Some(Fault::Hang) => mended.await,
            }
        }
    }

    fn next_fault(&self, call: &'static str) -> Option<Fault> {
        let mut faults = self.0.faults.lock().unwrap();
        let (fault, times) = faults.get_mut(call)?;
        if *times == 0 {
            return None;
        }
        *times -= 1;
        Some(*fault)
    }
}

/// A port behind the breaker.
#[derive(Debug)]
struct Broken<P: ?Sized> {
    breaker: Breaker,
    port: Arc<P>,
}

#[async_trait]
impl JobQueue for Broken<dyn JobQueue> {
    async fn publish(&self, job: &Job) -> Result<Published> {
        self.breaker.pass("queue.publish").await?;
        let published = self.port.publish(job).await?;
        self.breaker.pass("queue.publish answered").await?;
        Ok(published)
    }

    async fn pull(&self) -> Result<Box<dyn Delivery>> {
        self.port.pull().await
    }

    async fn depth(&self) -> Result<Depth> {
        self.breaker.pass("queue.depth").await?;
        self.port.depth().await
    }

    async fn check(&self) -> Result<()> {
        self.breaker.pass("queue.check").await?;
        self.port.check().await
    }
}

#[async_trait]
impl StatusStore for Broken<dyn StatusStore> {
    async fn create(&self, new: &NewMedia) -> Result<()> {
        self.breaker.pass("status.create").await?;
        self.port.create(new).await?;
        self.breaker.pass("status.create answered").await
    }

    async fn published(&self, id: MediaId, epoch: u32) -> Result<()> {
        self.breaker.pass("status.published").await?;
        self.port.published(id, epoch).await
    }

    async fn get(&self, id: MediaId) -> Result<Option<Status>> {
        self.breaker.pass("status.get").await?;
        self.port.get(id).await
    }

    async fn list(&self, request: &ListRequest) -> Result<Page> {
        self.breaker.pass("status.list").await?;
        self.port.list(request).await
    }

    async fn claim(&self, id: MediaId, request: &ClaimRequest) -> Result<Claim> {
        self.port.claim(id, request).await
    }

    async fn beat(&self, id: MediaId, token: ClaimToken, lease: Duration) -> Result<Hold> {
        self.port.beat(id, token, lease).await
    }

    async fn finish(&self, id: MediaId, token: ClaimToken, verdict: &Verdict) -> Result<Finish> {
        self.port.finish(id, token, verdict).await
    }

    async fn retry(
        &self,
        id: MediaId,
        token: ClaimToken,
        blame: Blame,
        reason: &str,
    ) -> Result<Hold> {
        self.port.retry(id, token, blame, reason).await
    }

    async fn release(&self, id: MediaId, token: ClaimToken, reason: &str) -> Result<Hold> {
        self.port.release(id, token, reason).await
    }

    async fn reopen(&self, id: MediaId, epoch: u32, message: &str) -> Result<Reopen> {
        self.breaker.pass("status.reopen").await?;
        self.port.reopen(id, epoch, message).await
    }

    async fn take_back(&self, id: MediaId, epoch: u32, error: &Verdict) -> Result<bool> {
        self.breaker.pass("status.take_back").await?;
        self.port.take_back(id, epoch, error).await
    }

    async fn delete(&self, id: MediaId) -> Result<Option<Status>> {
        self.breaker.pass("status.delete").await?;
        self.port.delete(id).await
    }

    fn changes(&self) -> broadcast::Receiver<MediaId> {
        self.port.changes()
    }

    async fn oldest_open(&self) -> Result<Option<Duration>> {
        self.breaker.pass("status.oldest_open").await?;
        self.port.oldest_open().await
    }

    async fn check(&self) -> Result<()> {
        self.breaker.pass("status.check").await?;
        self.port.check().await
    }
}

#[async_trait]
impl MediaStore for Broken<dyn MediaStore> {
    async fn put(&self, key: &MediaKey, body: ByteStream<'_>) -> Result<u64> {
        self.breaker.pass("media.put").await?;
        let bytes = self.port.put(key, body).await?;
        self.breaker.pass("media.put answered").await?;
        Ok(bytes)
    }

    async fn get(&self, key: &MediaKey) -> Result<Option<Bytes>> {
        self.port.get(key).await
    }

    async fn open(&self, key: &MediaKey) -> Result<Option<Box<dyn Source>>> {
        self.port.open(key).await
    }

    async fn delete(&self, key: &MediaKey) -> Result<()> {
        self.breaker.pass("media.delete").await?;
        self.port.delete(key).await
    }

    async fn check(&self) -> Result<()> {
        self.port.check().await
    }
}

#[async_trait]
impl CatalogStore for Broken<dyn CatalogStore> {
    async fn announce(&self, worker: &str, catalog: &Catalog) -> Result<()> {
        self.port.announce(worker, catalog).await
    }

    async fn announced(&self) -> Result<Vec<Announcement>> {
        self.breaker.pass("catalog.announced").await?;
        self.port.announced().await
    }
}
