//! Stands between a client and its server and does on command what networks do.

mod door;
mod fault;
mod line;
mod link;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result};

use crate::free_port::free_port;
use crate::server::Server;

pub use fault::{Fault, Loss};
use link::Link;

/// Passes connections on to a server, until it is told otherwise. Dropping it ends all of them.
#[derive(Debug)]
pub struct FaultProxy {
    scheme: String,
    link: Arc<Link>,
}

impl FaultProxy {
    /// Starts a proxy before a server, which need not run yet. It listens when this returns.
    ///
    /// # Errors
    /// The server's address is none, or there is no free port.
    pub fn before(server: &Server) -> Result<Self> {
        let url = server.url();
        let (scheme, address) = url.split_once("://").context("the URL has no scheme")?;
        let server: SocketAddr = address.parse()?;
        let door = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let link = Arc::new(Link::new(door, server));
        let for_door = Arc::clone(&link);
        thread::spawn(move || door::keep(&for_door));
        link.wait_until_listening();
        Ok(Self {
            scheme: scheme.to_owned(),
            link,
        })
    }

    /// The address for a client, in place of the server's.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.link.door)
    }

    /// Sets what happens to all connections from now on. Blocks until it holds.
    pub fn set(&self, fault: Fault) {
        self.link.set(fault);
    }

    /// Loses the next answers that have this part in them: the server did what was asked for, and nobody
    /// hears of it. Replaces what was to be lost before.
    pub fn lose(&self, part: &[u8], answers: usize, loss: Loss) {
        self.link.lose(part, answers, loss);
    }

    /// How many answers were lost since the start.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.link.lost()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.link.close();
    }
}
