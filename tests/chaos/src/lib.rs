//! Puts load on a system while its processes are killed and stopped at random, and tells whether it kept its promises.
//!
//! Everything runs on the loopback address, and only processes that were started here are touched. What is done to
//! whom, and when, comes from a seed.

mod fault;
mod injector;
mod plan;
mod report;
mod run;
mod settings;
mod system;

pub use report::Report;
pub use run::{Chaos, Voice, run};
pub use system::Kind;
