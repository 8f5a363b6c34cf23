//! Real processes for tests, which can be killed, paused and started again on the same port.
//!
//! A [`Server`] is NATS or Redis with a free port and a folder of its own; it ends when it is dropped, and
//! its folder outlives a kill, so that a server started again finds what it had stored. A [`Cluster`] is all
//! processes of an installation, and a [`Solo`] the one of an installation on embedded backends. A [`FaultProxy`] is a bad network before a server.

mod cluster;
mod free_port;
mod node;
mod pause;
mod proxy;
mod ready;
mod server;
mod snapshot;
mod solo;

pub use cluster::{Cluster, ClusterPlan};
pub use node::Node;
pub use pause::pause;
pub use proxy::{Fault, FaultProxy, Loss};
pub use server::Server;
pub use snapshot::Snapshot;
pub use solo::{Solo, SoloPlan};
