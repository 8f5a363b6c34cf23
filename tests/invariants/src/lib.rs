//! Tells from what clients saw whether the system kept its promises.
//!
//! A client writes an [`Entry`] for each request. [`check`] looks for what may never be in such a log, whatever was
//! killed, stopped or cut off meanwhile, and [`Remains`] for what may never be left when everything is over. The
//! promises are listed in `docs/reliability.md`.

mod answer;
mod check;
mod documented;
mod entry;
mod findings;
mod image;
mod invariant;
mod log;
mod remains;
mod report;

#[cfg(test)]
mod sample;

pub use check::{Bounds, check};
pub use entry::Entry;
pub use findings::{Findings, Violation};
pub use invariant::Invariant;
pub use log::read_log;
pub use remains::Remains;
