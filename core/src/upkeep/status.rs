use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::{MediaId, Result, Status, SystemId};

/// Finds the records that something should have happened to, and puts right what is out of step.
///
/// The rules of [`crate::StatusStore`] hold here as well.
#[async_trait]
pub trait StatusUpkeep: Debug + Send + Sync {
    /// Lists open media whose time for a look comes within `ahead` from now, the longest due first, `limit` at
    /// most. A medium is due
    ///
    /// * 10 seconds after its job became current, unless it was published by then,
    /// * 10 minutes after `published`, `retry` or `release`,
    /// * when the lease of its claim is over.
    ///
    /// A medium stays due until one of these moves its time.
    async fn due(&self, ahead: Duration, limit: u16) -> Result<Vec<Due>>;

    /// Makes the next epoch of a medium current, whose job is then to be published: the medium waits for a worker
    /// as after `create`, and jobs of older epochs are superseded.
    ///
    /// `epoch` is the current one; for another nothing happens, so that a repeat does no harm. Nothing happens
    /// either while a claim holds, to an Error, and to what was deleted. The attempts of an open medium stay
    /// counted; a Completed one loses its thumbnail and begins anew.
    async fn reissue(&self, id: MediaId, epoch: u32, message: &str) -> Result<Reissue>;

    /// Deletes a record as [`crate::StatusStore::delete`] does, while its version is still this one. `None` when it
    /// is not, or the id is unknown or deleted already.
    async fn delete_unchanged(&self, id: MediaId, version: u64) -> Result<Option<Status>>;

    /// Looks up what is known of some media, in their order.
    async fn look_up(&self, ids: &[MediaId]) -> Result<Vec<Known>>;

    /// Counts the media of each state.
    async fn counts(&self) -> Result<Counts>;

    /// Puts the lists and the times of [`StatusUpkeep::due`] back in step with the records, and returns how many
    /// media were out of step. It goes through all media.
    async fn mend_lists(&self) -> Result<u64>;

    /// Asks to be the one who looks after the system for `term` from now. The answer is yes to one name at a
    /// time: to who asks first, and to the same again until the term has gone by without a call.
    async fn lead(&self, name: &str, term: Duration) -> Result<bool>;

    /// The time since 1970 (UTC) by the clock that the records go by.
    async fn now(&self) -> Result<Duration>;

    /// Which system the records are of. `None` where nobody has said so yet, or it was lost.
    async fn system(&self) -> Result<Option<SystemId>>;

    /// Says which system the records are of, unless it is said already. Returns what is said.
    async fn join(&self, system: SystemId) -> Result<SystemId>;

    /// How long an answered write may still be lost when the power of the store fails. Nothing where it is durable
    /// when it is answered.
    fn settles_in(&self) -> Duration;

    /// Ends the term of this name, if it has one.
    async fn resign(&self, name: &str) -> Result<()>;
}

/// An open medium that something should have happened to.
#[derive(Clone, PartialEq, Debug)]
pub struct Due {
    /// Where it stands.
    pub status: Status,
    /// What should have happened.
    pub reason: DueReason,
    /// How long nothing was heard of it: since its status was written, its job noted as published, or its lease
    /// over, whichever was last.
    pub silent_for: Duration,
}

/// Why a medium is due for a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DueReason {
    /// Its job is not known to be in the queue.
    Unpublished,
    /// Its job was published or given back, and no worker has claimed it since.
    Unclaimed,
    /// A worker claimed it, and its lease is over.
    Lapsed,
}

/// The answer to `reissue`.
#[derive(Clone, PartialEq, Debug)]
pub enum Reissue {
    /// The status as it is now. Its job is to be published.
    Done(Box<Status>),
    /// Nothing happened, since there is no need of it any more.
    NotNeeded,
}

/// What a store knows of an id.
#[derive(Clone, PartialEq, Debug)]
pub enum Known {
    /// The medium.
    Live(Box<Status>),
    /// That it was deleted.
    Deleted,
    /// That there is a record, which cannot be read.
    Unreadable,
    /// Nothing.
    Absent,
}

/// How many media there are of each state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Those without an outcome.
    pub processing: u64,
    /// Those with a thumbnail.
    pub completed: u64,
    /// Those without.
    pub error: u64,
}
