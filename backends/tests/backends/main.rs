//! Runs the contract suites of the ports on every backend, and what is particular to each.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test reports by panicking"
)]

mod bad_network;
mod belonging;
mod disk;
mod embedded;
mod killed_process;
mod model;
mod nats;
mod redis;
mod redis_lists;
mod sample;
mod upkeep;
