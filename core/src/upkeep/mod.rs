//! What the ports offer to whoever looks after the whole: what crashes, outages and lost writes left behind.
//!
//! Nothing of it is needed to take an upload in or to work on it.

mod belonging;
mod media;
mod queue;
mod status;

pub use belonging::Belonging;
pub use media::{MediaUpkeep, Shard, StoredFile};
pub use queue::QueueUpkeep;
pub use status::{Counts, Due, DueReason, Known, Reissue, StatusUpkeep};

use std::sync::Arc;

/// The backends of one process, as who looks after them sees them.
#[derive(Clone, Debug)]
pub struct Upkeep {
    /// The queue.
    pub queue: Arc<dyn QueueUpkeep>,
    /// The status of every medium.
    pub status: Arc<dyn StatusUpkeep>,
    /// Originals and thumbnails.
    pub media: Arc<dyn MediaUpkeep>,
}
