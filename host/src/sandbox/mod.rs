//! Runs a component that is not trusted: its own memory, no files, sockets, clocks or environment, and a
//! budget for everything that it may take.
//!
//! Knows components and uploads, and nothing of jobs, queues or statuses. Every call gets a fresh store
//! and instance, so nothing of one upload can reach the next.

mod bindings;
mod blob;
mod cache;
mod compile_here;
mod compiler;
mod component_bytes;
mod effort;
mod engine;
mod fault;
mod guest;
mod interface;
mod memory_meter;
mod program;
mod ticker;

pub use bindings::types;
pub use cache::CompileCache;
pub use compile_here::compile_here;
pub use compiler::Compiler;
pub use component_bytes::ComponentBytes;
pub use effort::Effort;
pub use engine::Sandbox;
pub use fault::Fault;
pub(crate) use fault::over_budget;
pub use guest::LogLine;
pub use program::{Call, Program, Run};
