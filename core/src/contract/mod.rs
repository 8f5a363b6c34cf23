//! The rules of each port as a suite that every backend passes.
//!
//! Each function runs the rules of one port one after the other and panics at the first that is broken.
//! Nothing sleeps for luck: the suites wait on conditions, each with a deadline.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a suite reports by panicking"
)]

mod catalog_store;
mod dead_letters;
mod job_queue;
mod media_store;
mod media_upkeep;
mod quarantine;
mod queue_upkeep;
mod sample;
mod status_store;
mod status_upkeep;
mod wait;

pub use catalog_store::catalog_store;
pub use dead_letters::{dead_letters, full_dead_letters};
pub use job_queue::{full_job_queue, job_queue};
pub use media_store::media_store;
pub use media_upkeep::media_upkeep;
pub use quarantine::quarantine;
pub use queue_upkeep::queue_upkeep;
pub use status_store::status_store;
pub use status_upkeep::status_upkeep;
