use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{
    Cost, FaultKind, HandlerIdentity, ListRequest, MediaId, MediaType, Original, Page, Result,
    Status, Thumbnail, ThumbnailOptions,
};

/// Holds one record per medium and decides who may write it.
///
/// Every method is atomic and may be repeated after `Unavailable`. Final states change only by `delete`, and an
/// Error by `reopen`.
/// Each write that changes the status adds 1 to [`Status::version`] and is the last [`crate::Transition`]
/// of its history; `published`, `beat` and repeats change none. Only `create` makes a record. A worker's write needs the token of the current claim.
/// Times are those of the store's own clock.
#[async_trait]
pub trait StatusStore: Debug + Send + Sync {
    /// Records a new upload as Processing and queued.
    ///
    /// A repeat with the same `request` token succeeds; a record of another request is `AlreadyExists`,
    /// also after it was deleted.
    async fn create(&self, new: &NewMedia) -> Result<()>;

    /// Notes that the job of this epoch is in the queue. Harmless to lose, repeat, or call late.
    async fn published(&self, id: MediaId, epoch: u32) -> Result<()>;

    /// Reads the status. `None` when the id is unknown or deleted.
    async fn get(&self, id: MediaId) -> Result<Option<Status>>;

    /// Lists media, the newest first, in the order of [`crate::Cursor`].
    ///
    /// Whoever follows [`Page::next`] to the end comes by each medium that is there all the while exactly
    /// once, whatever is created and deleted between the pages. A medium that comes meanwhile has its
    /// place before all others, so it is not listed, unless the store's clock went back.
    ///
    /// The state that is asked for is that at the time at which the page is read. A medium whose state
    /// changes keeps its place: it is listed if it is of the state when its place is come by, and is not
    /// if it becomes so later.
    ///
    /// The work of a call depends on the limit and not on how much there is. What is found to be gone, of
    /// another state or unreadable is passed over and not made up for, so a page may have fewer media than
    /// the limit, or none, and still a next one.
    async fn list(&self, request: &ListRequest) -> Result<Page>;

    /// Asks for the right to work on a medium. A granted claim has counted an attempt before it returns.
    async fn claim(&self, id: MediaId, request: &ClaimRequest) -> Result<Claim>;

    /// Extends the claim to `lease` from now.
    async fn beat(&self, id: MediaId, token: ClaimToken, lease: Duration) -> Result<Hold>;

    /// Records the outcome. A repeat with the same token is `Stored` again.
    async fn finish(&self, id: MediaId, token: ClaimToken, verdict: &Verdict) -> Result<Finish>;

    /// Gives the claim back after an attempt without an outcome. The attempt stays counted, and where the
    /// handler is to blame it counts among [`Status::handler_faults`] too.
    async fn retry(
        &self,
        id: MediaId,
        token: ClaimToken,
        blame: Blame,
        reason: &str,
    ) -> Result<Hold>;

    /// Gives the claim back unused. The attempt is not counted.
    async fn release(&self, id: MediaId, token: ClaimToken, reason: &str) -> Result<Hold>;

    /// Makes an Error Processing and queued again, in the next epoch, with no attempts and nothing of its outcome
    /// left.
    ///
    /// `epoch` is that of the Error. A repeat, or the same wish of another, finds it done and changes nothing.
    async fn reopen(&self, id: MediaId, epoch: u32, message: &str) -> Result<Reopen>;

    /// Makes a medium an Error again that `reopen` opened, where the queue took no job for it. Tells whether it is one
    /// now: a repeat says so again.
    ///
    /// `epoch` is that of the job. Nothing happens to a medium of another epoch, or whose job is known to be in the
    /// queue, or was claimed in this epoch.
    async fn take_back(&self, id: MediaId, epoch: u32, error: &Verdict) -> Result<bool>;

    /// Deletes the record and leaves a tombstone, so that nothing can bring the medium back. Returns
    /// what the record was, `None` when the id is unknown or deleted already. After a reply that was lost
    /// on the way the answer may lack what does not name the medium's files.
    async fn delete(&self, id: MediaId) -> Result<Option<Status>>;

    /// Subscribes to the ids of media whose status changed.
    ///
    /// A hint and no more: it may be lost, late or repeated, so a reader subscribes, reads, and reads
    /// again now and then. A store may listen only from the first call on, which is made within a runtime.
    fn changes(&self) -> broadcast::Receiver<MediaId>;

    /// How long ago the oldest medium was created that has no outcome yet. `None` where every one has its own.
    async fn oldest_open(&self) -> Result<Option<Duration>>;

    /// Checks that the store can be reached and used.
    async fn check(&self) -> Result<()>;
}

/// Proves the right to write: random, so that nobody else has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClaimToken(Uuid);

impl ClaimToken {
    /// Makes a new random token.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The token as a UUID, for storing.
    #[must_use]
    pub fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

/// A new upload.
#[derive(Clone, PartialEq, Debug)]
pub struct NewMedia {
    /// Its id.
    pub media_id: MediaId,
    /// Its media type.
    pub media_type: MediaType,
    /// The stored bytes.
    pub original: Original,
    /// What the thumbnail is to be like.
    pub options: ThumbnailOptions,
    /// The message that the status starts with.
    pub message: String,
    /// Marks the request, so that its repeat is known from a second upload.
    pub request: Uuid,
}

/// What a worker asks for with a claim.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimRequest {
    /// The token that the claim is held under.
    pub token: ClaimToken,
    /// The epoch of the job.
    pub epoch: u32,
    /// How long the claim holds without a beat.
    pub lease: Duration,
    /// How many attempts an epoch may have, this one included.
    pub attempt_budget: u32,
    /// The name of the worker that asks, for the history.
    pub worker: String,
}

/// Whose fault it is that an attempt has no outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blame {
    /// The handler crashed.
    Handler,
    /// Anything else on our side.
    Machine,
}

/// The answer to a claim.
#[derive(Clone, PartialEq, Debug)]
pub enum Claim {
    /// The claim is held. Asked again with the same token, the answer is the same.
    Granted {
        /// Which attempt this is, from 1.
        attempt: u32,
    },
    /// The claim is held, for recording the end only: the attempts are used up.
    Exhausted {
        /// How many attempts there were.
        attempts: u32,
    },
    /// Another holds the claim.
    Busy {
        /// How long its lease still runs.
        remaining: Duration,
    },
    /// The medium has its outcome. The status says which.
    Final(Box<Status>),
    /// The medium was deleted.
    Deleted,
    /// The job is of an older epoch than the status.
    Superseded,
    /// There is no record of the id.
    Absent,
}

/// Whether a claim is still held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// It was held at the time of the call.
    Held,
    /// Another owns the medium, or it is final, deleted or unknown: stop working on it.
    Lost,
}

/// The answer to `finish`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finish {
    /// The outcome is recorded.
    Stored,
    /// Another owns the medium or has finished it: delete your own thumbnail.
    Lost,
    /// The medium was deleted: delete your own thumbnail and the original.
    Deleted,
    /// There is no record of the id. Since none is worked on without, it was lost: keep the original, of which the
    /// record is made anew.
    Absent,
}

/// The answer to `reopen`.
#[derive(Clone, PartialEq, Debug)]
pub enum Reopen {
    /// This call opened it. The status says how it stands.
    Reopened(Box<Status>),
    /// It was opened before, by another call or by this one, whose answer was lost. The status says how it stands.
    OpenBefore(Box<Status>),
    /// It is no Error of this epoch.
    NotFailed(Box<Status>),
    /// The medium was deleted or never existed.
    Absent,
}

/// The outcome of a medium.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// The thumbnail is stored.
    Completed {
        /// One sentence for people.
        message: String,
        /// The thumbnail.
        thumbnail: Thumbnail,
        /// Who made it.
        handler: HandlerIdentity,
        /// What it took.
        cost: Cost,
    },
    /// There will be no thumbnail.
    Error {
        /// Why, in one sentence for people.
        message: String,
        /// The HTTP status code that tells the kind of error.
        code: u16,
        /// Who found it, where a handler was run.
        handler: Option<HandlerIdentity>,
        /// What it took, where a handler was run.
        cost: Option<Cost>,
        /// How the handler went wrong, where it is the handler's fault.
        fault: Option<FaultKind>,
    },
}
