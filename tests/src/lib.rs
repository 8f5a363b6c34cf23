//! What the tests of the whole system stand on: the stack in one process, the program as a process of its
//! own, a client, pictures made on the spot, and handlers built as authors build them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a harness that fails fails the test"
)]

pub mod authors;
mod client;
pub mod components;
mod crash_point;
mod eventually;
mod exposition;
pub mod pictures;
mod process;
mod repeating_queue;
pub mod sandboxed;
mod stack;

pub use client::{Client, Upload};
pub use crash_point::{CRASH_AT, heed_crash_point};
pub use eventually::eventually;
pub use exposition::Exposition;
pub use process::Process;
pub use stack::{Backends, Stack, compile_cache, program_under_test};
