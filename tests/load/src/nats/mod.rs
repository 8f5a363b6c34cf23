//! Load straight on the queue, by a producer that knows of it what `docs/queue.md` says, and no more.

mod bare;
mod journey;
mod message;
mod mode;
mod notices;
mod producer;

pub use bare::BareQueue;
pub use mode::{NatsMode, QueueAddresses};
