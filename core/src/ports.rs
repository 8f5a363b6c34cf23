use std::sync::Arc;

use crate::{CatalogStore, DeadLetters, JobQueue, MediaStore, Quarantine, StatusStore, Upkeep};

/// The backends of one process, chosen where it is wired together.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Hands out the jobs.
    pub queue: Arc<dyn JobQueue>,
    /// Holds the status of every medium.
    pub status: Arc<dyn StatusStore>,
    /// Holds originals and thumbnails.
    pub media: Arc<dyn MediaStore>,
    /// Knows what the workers can handle.
    pub catalog: Arc<dyn CatalogStore>,
    /// Knows on which uploads a handler crashed.
    pub quarantine: Arc<dyn Quarantine>,
    /// Keeps the letters of jobs that were given up.
    pub dead_letters: Arc<dyn DeadLetters>,
    /// Looks after all of it.
    pub upkeep: Upkeep,
}
