//! The words of Thumbnailify and the ports between its rooms.
//!
//! No IO happens here and no task is started: this crate says what a job, a status and a stored medium
//! are, and which rules a queue, a status store and a media store must keep. Each port has a contract
//! suite (feature `contract`) that every backend passes.

mod catalog;
mod counters;
mod crash_points;
mod dead_letter;
mod error;
mod fault;
mod job;
mod listing;
mod may_name;
mod media_id;
mod media_key;
mod media_type;
mod options;
mod original_stays;
mod status;
mod system_id;
mod trace;
mod transition;

mod catalog_store;
mod dead_letters;
mod job_queue;
mod media_store;
mod ports;
mod quarantine;
mod setting;
mod status_store;
mod try_again;
mod upkeep;

#[cfg(feature = "contract")]
pub mod contract;

pub use catalog::{Budgets, Catalog, HandledType, HandlerState, HandlerSummary, LoadFaultKind};
pub use catalog_store::{Announcement, CatalogStore};
pub use counters::{Durations, HandlerCounters};
#[cfg(feature = "crash-points")]
pub use crash_points::{at_crash_point, watch_crash_points};
pub use dead_letter::DeadLetter;
pub use dead_letters::{DeadLetters, LetterPage, LetterPlace};
pub use error::{BoxError, Error, Result};
pub use fault::FaultKind;
pub use job::Job;
pub use job_queue::{Delivery, Depth, JobQueue, Published};
pub use listing::{Cursor, ListRequest, Page, PageLimit};
pub use media_id::MediaId;
pub use media_key::{MediaFile, MediaKey};
pub use media_store::{ByteStream, MediaStore, Source};
pub use media_type::{InvalidMediaType, MediaType};
pub use options::{
    Color, Fit, Frames, InvalidOption, InvalidValue, OutputFormat, Quality, Side, ThumbnailOptions,
    Upscale,
};
pub use original_stays::OriginalStays;
pub use ports::Ports;
pub use quarantine::{Case, Crash, Crashes, Quarantine};
pub use setting::InvalidSetting;
pub use status::{Cost, HandlerIdentity, Original, Phase, Service, State, Status, Thumbnail};
pub use status_store::{
    Blame, Claim, ClaimRequest, ClaimToken, Finish, Hold, NewMedia, Reopen, StatusStore, Verdict,
};
pub use system_id::SystemId;
pub use trace::{InvalidRequestId, InvalidTraceparent, RequestId, Trace, Traceparent};
pub use transition::Transition;
pub use try_again::{TryAgain, try_again};
pub use upkeep::{
    Belonging, Counts, Due, DueReason, Known, MediaUpkeep, QueueUpkeep, Reissue, Shard,
    StatusUpkeep, StoredFile, Upkeep,
};
