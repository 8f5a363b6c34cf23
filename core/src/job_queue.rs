use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::{Job, Result};

/// A work queue that hands every job out at least once.
///
/// The queue is a disposable cache of work: an acknowledgement proves nothing about who owns a job
/// (the claim in the [`crate::StatusStore`] does), and any job may be handed out again.
#[async_trait]
pub trait JobQueue: Debug + Send + Sync {
    /// Adds a job and returns once the queue has it.
    ///
    /// A repeat with the same id and epoch adds nothing and answers [`Published::Duplicate`] while the
    /// job is in the queue. `QueueFull` stores nothing. After `Unavailable` the job may or may not be
    /// there: publish again, the repeat is harmless.
    async fn publish(&self, job: &Job) -> Result<Published>;

    /// Waits for the next job and leases it.
    ///
    /// A job is with one holder at a time; when its lease runs out without `progress`, it is handed out
    /// again. Nothing is leased ahead of the call. Dropping the future may leave one job leased, which
    /// then comes back after the lease.
    async fn pull(&self) -> Result<Box<dyn Delivery>>;

    /// Counts the jobs in the queue.
    async fn depth(&self) -> Result<Depth>;

    /// Checks that the queue can be reached and used.
    async fn check(&self) -> Result<()>;
}

/// How many jobs are in a queue. Both may be a moment old.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Depth {
    /// Jobs that the next pulls get.
    pub waiting: u64,
    /// Jobs that are with a holder, or that were given back and come again later.
    pub leased: u64,
}

/// The answer to a publish.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Published {
    /// The job was added.
    Stored,
    /// The queue has the job already.
    Duplicate,
}

/// One handing-over of a job. Dropping it does nothing: the lease runs out and the job comes back.
#[async_trait]
pub trait Delivery: Debug + Send + Sync {
    /// The job.
    fn job(&self) -> &Job;

    /// How often the job was handed out, from 1. A hint: servers may forget.
    fn attempt(&self) -> u64;

    /// How long the job was in the queue until now. `None` where it was handed out before, since it did not
    /// wait all the time, and where the queue does not know.
    fn waited(&self) -> Option<Duration>;

    /// Extends the lease to its full length from now.
    async fn progress(&self) -> Result<()>;

    /// Takes the job off the queue.
    async fn ack(self: Box<Self>) -> Result<()>;

    /// Gives the job back, to be handed out again no sooner than after `delay`.
    async fn nak(self: Box<Self>, delay: Duration) -> Result<()>;
}
