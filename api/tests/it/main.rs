//! The API from outside: the real router on a real listener over the embedded backends.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail as tests do, and the lint knows test functions alone"
)]

mod breaker;
mod deletion;
mod faults;
mod handlers;
mod harness;
mod health;
mod listing;
mod metrics;
mod options;
mod request_id;
mod retrying;
mod routes;
mod serving;
mod status;
mod thumbnail;
mod upload;
