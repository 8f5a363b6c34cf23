use std::ffi::OsString;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use tempfile::TempDir;

use crate::free_port::free_port;
use crate::node::{Launch, Node};
use crate::ready::Ready;
use crate::snapshot::Snapshot;

/// The file of a server's folder that is for people.
pub(crate) const LOG: &str = "server.log";

/// How long a server may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(10);

/// A NATS or Redis server with a port and a folder of its own, as a [`Node`] that is yet to be started.
#[derive(Debug)]
pub struct Server {
    url: String,
    // Before the folder: the process ends before its files go.
    node: Node,
    folder: PathBuf,
    _temporary: Option<TempDir>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Nats,
    Redis,
}

impl Server {
    /// Prepares a NATS server with `JetStream`, in a temporary folder.
    ///
    /// # Errors
    /// No temporary folder can be made.
    pub fn nats() -> Result<Self> {
        Self::temporary(Kind::Nats)
    }

    /// Prepares a Redis server that logs every write to its folder, a temporary one.
    ///
    /// # Errors
    /// No temporary folder can be made.
    pub fn redis() -> Result<Self> {
        Self::temporary(Kind::Redis)
    }

    /// Prepares a NATS server with `JetStream` in a folder that stays.
    #[must_use]
    pub fn nats_in(folder: &Path) -> Self {
        Self::prepare(Kind::Nats, folder)
    }

    /// Prepares a Redis server that logs every write to a folder that stays.
    #[must_use]
    pub fn redis_in(folder: &Path) -> Self {
        Self::prepare(Kind::Redis, folder)
    }

    fn temporary(kind: Kind) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let prepared = Self::prepare(kind, folder.path());
        Ok(Self {
            _temporary: Some(folder),
            ..prepared
        })
    }

    fn prepare(kind: Kind, folder: &Path) -> Self {
        let port = free_port();
        Self {
            url: kind.url(port),
            node: Node::new(Launch {
                program: kind.program().into(),
                arguments: kind.arguments(port, folder),
                variables: Vec::new(),
                missing: kind.missing(),
                log: folder.join(LOG),
                ready: kind.ready(port),
                start_limit: START_LIMIT,
            }),
            folder: folder.to_owned(),
            _temporary: None,
        }
    }

    /// The address for a client, also while the server is down.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Copies the files of the running server, which stands still meanwhile.
    ///
    /// # Errors
    /// It does not run, or a file cannot be copied.
    pub fn snapshot(&self) -> Result<Snapshot> {
        self.node.pause()?;
        let snapshot = Snapshot::of(&self.folder);
        self.node.resume()?;
        snapshot
    }

    /// Kills the server and starts it with the files that it had once. Blocks until it serves.
    ///
    /// # Errors
    /// It does not run, a file cannot be copied, or it does not get ready.
    pub fn go_back_to(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.node.kill()?;
        snapshot.put_back(&self.folder)?;
        self.node.start()
    }
}

impl Deref for Server {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl DerefMut for Server {
    fn deref_mut(&mut self) -> &mut Node {
        &mut self.node
    }
}

impl Kind {
    fn url(self, port: u16) -> String {
        match self {
            Self::Nats => format!("nats://127.0.0.1:{port}"),
            Self::Redis => format!("redis://127.0.0.1:{port}"),
        }
    }

    /// The program, where Debian puts it; `/usr/sbin` is often not in the search path.
    fn program(self) -> &'static str {
        match self {
            Self::Nats => "/usr/sbin/nats-server",
            Self::Redis => "/usr/bin/redis-server",
        }
    }

    fn arguments(self, port: u16, folder: &Path) -> Vec<OsString> {
        let port = port.to_string();
        let options = match self {
            Self::Nats => vec!["-js", "-a", "127.0.0.1", "-p", &port, "-sd"],
            Self::Redis => vec![
                "--bind",
                "127.0.0.1",
                "--port",
                &port,
                "--appendonly",
                "yes",
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
                "--dir",
            ],
        };
        let options = options.into_iter().map(OsString::from);
        options.chain([folder.into()]).collect()
    }

    fn ready(self, port: u16) -> Ready {
        match self {
            Self::Nats => Ready::Nats(port),
            Self::Redis => Ready::Redis(port),
        }
    }

    fn missing(self) -> String {
        let package = match self {
            Self::Nats => "nats-server",
            Self::Redis => "redis-server",
        };
        format!(
            "{} cannot be started; the Debian package {package} has it",
            self.program()
        )
    }
}
