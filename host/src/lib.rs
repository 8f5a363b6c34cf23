//! Takes jobs, runs each one's handler in a sandbox, finishes the picture natively and records the outcome.
//!
//! The handler is an untrusted WebAssembly component: it sees one upload through a read-only view and
//! gives back pixels. Everything that a client is served is encoded here, from those pixels.

mod config;
mod error;

pub mod picture;
pub mod sandbox;

mod candidate;
mod description;
mod failure;
mod handler;
mod loader;
mod record;
mod registry;
mod request;
mod thumbnailer;
mod trust;
mod untrusted_text;

mod folder;
mod reconciler;
mod worker;

pub mod conformance;

pub use candidate::Candidate;
pub use config::{
    BudgetPolicy, Class, CompileConfig, InvalidListen, Limits, LimitsChange, Listen,
    ReconcileConfig, RetentionConfig, ServiceConfig, ThumbnailSpec, WorkerConfig,
};
pub use error::{Error, Result};
pub use failure::{Failure, FailureKind, Ran, Times};
pub use folder::Folder;
pub use handler::{Handler, Origin};
pub use loader::Loader;
pub use reconciler::{Examination, Finding, Kind, Reconciler, RepairMetrics};
pub use registry::Registry;
pub use thumbnailer::{Made, Render, Thumbnailer};
pub use trust::{TrustConfig, TrustError, TrustPolicy};
pub use worker::{JobMetrics, Worker};
