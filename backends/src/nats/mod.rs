//! The queue in NATS JetStream (server 2.9 or later).
//!
//! A stream with the retention of a work queue holds the jobs, and one durable consumer, shared by all
//! workers, hands them out. Both are made when they are missing, at any time. An outage is waited out:
//! the client reconnects by itself, for ever.

mod connect;
mod delivery;
mod job_queue;
mod outage;
mod settings;
mod subject;
mod topology;
mod upkeep;

pub use job_queue::NatsQueue;
pub use settings::NatsSettings;

/// The name of this backend in errors.
const BACKEND: &str = "nats";
