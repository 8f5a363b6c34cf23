//! Takes jobs, runs each one's handler in a sandbox, finishes the picture natively and records the outcome.
//!
//! The handler is an untrusted WebAssembly component: it sees one upload through a read-only view and
//! gives back pixels. Everything that a client is served is encoded here, from those pixels.

mod config;
mod error;

pub mod picture;
pub mod sandbox;

mod failure;
mod handler;
mod registry;
mod thumbnailer;
mod untrusted_text;

mod worker;

pub use config::{Limits, ThumbnailSpec, WorkerConfig};
pub use error::{Error, Result};
pub use failure::{Failure, FailureKind, Ran};
pub use handler::{Handler, Origin};
pub use registry::Registry;
pub use thumbnailer::{Made, Render, Thumbnailer};
pub use worker::Worker;
