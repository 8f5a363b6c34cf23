use std::fmt::Debug;

use async_trait::async_trait;

use crate::{Catalog, Result};

/// Brings what the workers can handle to every API process.
#[async_trait]
pub trait CatalogStore: Debug + Send + Sync {
    /// Says what this worker can handle. Repeated every few seconds, which also tells that the worker lives;
    /// a worker is forgotten a minute after its last announcement.
    async fn announce(&self, worker: &str, catalog: &Catalog) -> Result<()>;

    /// What the live workers announced, sorted by worker.
    ///
    /// When no worker lives, the answer is the one that was heard last, however long ago: uploads are
    /// accepted while the workers are away. Empty only when there never was a worker.
    async fn announced(&self) -> Result<Vec<Announcement>>;
}

/// What one worker can handle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announcement {
    /// The name of the worker process.
    pub worker: String,
    /// Its handlers.
    pub catalog: Catalog,
}
