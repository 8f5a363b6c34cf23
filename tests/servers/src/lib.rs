//! Real servers for tests, which can be killed, paused and started again on the same port.
//!
//! Every server has a free port and a temporary folder of its own, and ends when it is dropped. Its
//! folder outlives a kill, so that a server started again finds what it had stored.

mod free_port;
mod ready;
mod server;

pub use server::Server;
