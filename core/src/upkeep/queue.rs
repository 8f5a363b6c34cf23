use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::Result;

/// Tells what is in a queue, and removes what it will never hand out.
#[async_trait]
pub trait QueueUpkeep: Debug + Send + Sync {
    /// How long ago the oldest job that is in the queue came, whether it waits or is with a holder. `None` when
    /// there is no job. A job that came longer ago than that is not in the queue any more.
    async fn oldest(&self) -> Result<Option<Duration>>;

    /// Removes what fills the queue and will not be handed out any more, and returns how many jobs that were.
    ///
    /// A job that is still to be handed out, or is with a holder, is never removed. What a server counts wrongly
    /// for a moment must not count, so it takes two calls a while apart to remove anything.
    async fn remove_ghosts(&self) -> Result<u64>;
}
