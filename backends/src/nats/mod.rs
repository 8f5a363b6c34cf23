//! The queue in NATS JetStream (server 2.9 or later).
//!
//! A stream with the retention of a work queue holds the jobs, and one durable consumer, shared by all
//! workers, hands them out. Both are made when they are missing, at any time. An outage is waited out:
//! the client reconnects by itself, for ever. A second stream has the letters of jobs that were given up.

mod connect;
mod dead_letters;
mod delivery;
mod job_queue;
mod outage;
mod settings;
mod subject;
mod topology;
mod upkeep;

pub use dead_letters::NatsDeadLetters;
pub use job_queue::NatsQueue;
pub use settings::NatsSettings;

use crate::DeadLetterSettings;

/// The name of this backend in errors.
const BACKEND: &str = "nats";
