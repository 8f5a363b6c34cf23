//! Puts load on Thumbnailify and tells how it stood it.
//!
//! The arrivals are planned before the run, and every latency counts from the planned time, whatever
//! the server does in between. Every accepted upload is followed to its end. See `docs/load.md`.

pub mod cli;
pub mod cost;
pub mod journal;
pub mod journey;
pub mod modes;
pub mod nats;
pub mod pacing;
pub mod pictures;
pub mod progress;
pub mod report;
pub mod tally;
pub mod target;
pub mod witness;

mod http;
mod open_files;

pub use open_files::raise_open_files;
