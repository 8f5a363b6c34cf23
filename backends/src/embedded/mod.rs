//! The queue, the dead letters, the status and the quarantine in one SQLite file, for a single process that needs no server.
//!
//! One thread writes, and commits together what was asked for while it was busy with the disk. What was
//! answered survives `kill -9` in any case, but for leases and acknowledgements of jobs; what the doc of a port calls
//! durable, a power cut too.

mod catalog;
mod clock;
mod database;
mod dead_letters;
mod fault;
mod folder_lock;
mod job_queue;
mod leases;
mod list;
mod quarantine;
mod readers;
mod record;
mod schema;
mod settings;
mod status_store;
mod transitions;
mod upkeep;
mod writer;

use std::path::Path;
use std::sync::Arc;

use thumbnailify_core::{
    CatalogStore, DeadLetters, JobQueue, Quarantine, QueueUpkeep, Result, StatusStore, StatusUpkeep,
};

pub use catalog::LocalCatalog;
pub use settings::EmbeddedSettings;

use database::Database;
use dead_letters::EmbeddedDeadLetters;
use job_queue::EmbeddedQueue;
use quarantine::EmbeddedQuarantine;
use status_store::EmbeddedStatuses;

/// The ports that one database serves. When the last of them is dropped, what was asked for is written
/// and the file is closed.
#[derive(Clone, Debug)]
pub struct Embedded {
    queue: Arc<EmbeddedQueue>,
    statuses: Arc<EmbeddedStatuses>,
    catalog: Arc<LocalCatalog>,
    quarantine: Arc<EmbeddedQuarantine>,
    dead_letters: Arc<EmbeddedDeadLetters>,
}

impl Embedded {
    /// Opens the database in a folder with the default settings; see [`Embedded::open_with`].
    ///
    /// # Errors
    /// As [`Embedded::open_with`].
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, &EmbeddedSettings::default())
    }

    /// Opens the database in a folder and makes both where they are missing. Blocks for the disk.
    ///
    /// Leases and claims of an earlier process are over, since nobody can hold them any more.
    ///
    /// # Errors
    /// `Unavailable` when another process has the folder open or it cannot be used, `DiskFull`, or
    /// `Broken` when the file is not a database of ours.
    pub fn open_with(dir: &Path, settings: &EmbeddedSettings) -> Result<Self> {
        Ok(Self::on(Database::open(dir, settings.patience)?, settings))
    }

    /// Opens the database of a folder beside the process that it belongs to, if one runs: to look into it, and for
    /// single changes by hand. It must be there and of the version of this program. Blocks for the disk.
    ///
    /// Whoever waits for a job or for a change in the other process hears of one that is made here only when it
    /// looks again by itself.
    ///
    /// # Errors
    /// `Unavailable` when there is no database or it cannot be used, or `Broken` when it is of another version.
    pub fn open_beside(dir: &Path, settings: &EmbeddedSettings) -> Result<Self> {
        Ok(Self::on(
            Database::open_beside(dir, settings.patience)?,
            settings,
        ))
    }

    fn on(database: Database, settings: &EmbeddedSettings) -> Self {
        let database = Arc::new(database);
        Self {
            queue: Arc::new(EmbeddedQueue::new(Arc::clone(&database), settings)),
            statuses: Arc::new(EmbeddedStatuses::new(
                Arc::clone(&database),
                settings.tombstone_ttl(),
            )),
            catalog: Arc::new(LocalCatalog::new(settings.forget_worker_after())),
            quarantine: Arc::new(EmbeddedQuarantine::new(Arc::clone(&database))),
            dead_letters: Arc::new(EmbeddedDeadLetters::new(
                database,
                settings.dead_letters.clone(),
            )),
        }
    }

    /// The queue.
    #[must_use]
    pub fn job_queue(&self) -> Arc<dyn JobQueue> {
        Arc::clone(&self.queue) as Arc<dyn JobQueue>
    }

    /// The status of every medium.
    #[must_use]
    pub fn status_store(&self) -> Arc<dyn StatusStore> {
        Arc::clone(&self.statuses) as Arc<dyn StatusStore>
    }

    /// The queue, for who looks after it.
    #[must_use]
    pub fn queue_upkeep(&self) -> Arc<dyn QueueUpkeep> {
        Arc::clone(&self.queue) as Arc<dyn QueueUpkeep>
    }

    /// The statuses, for who looks after them.
    #[must_use]
    pub fn status_upkeep(&self) -> Arc<dyn StatusUpkeep> {
        Arc::clone(&self.statuses) as Arc<dyn StatusUpkeep>
    }

    /// What the worker in this process can handle.
    #[must_use]
    pub fn catalog_store(&self) -> Arc<dyn CatalogStore> {
        Arc::clone(&self.catalog) as Arc<dyn CatalogStore>
    }

    /// The letters of jobs that were given up.
    #[must_use]
    pub fn dead_letters(&self) -> Arc<dyn DeadLetters> {
        Arc::clone(&self.dead_letters) as Arc<dyn DeadLetters>
    }

    /// On which uploads a handler crashed.
    #[must_use]
    pub fn quarantine(&self) -> Arc<dyn Quarantine> {
        Arc::clone(&self.quarantine) as Arc<dyn Quarantine>
    }
}
