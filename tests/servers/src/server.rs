use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::free_port::free_port;
use crate::ready;

/// How long a server may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(10);

/// A server with a port and a folder of its own. Dropping it ends the process.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    port: u16,
    folder: TempDir,
    child: Option<Child>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Nats,
    Redis,
}

impl Server {
    /// Prepares a NATS server with `JetStream`. It runs after [`Server::start`].
    ///
    /// # Errors
    /// No temporary folder can be made.
    pub fn nats() -> Result<Self> {
        Self::prepare(Kind::Nats)
    }

    /// Prepares a Redis server that logs every write to its folder. It runs after [`Server::start`].
    ///
    /// # Errors
    /// No temporary folder can be made.
    pub fn redis() -> Result<Self> {
        Self::prepare(Kind::Redis)
    }

    fn prepare(kind: Kind) -> Result<Self> {
        Ok(Self {
            kind,
            port: free_port(),
            folder: tempfile::tempdir()?,
            child: None,
        })
    }

    /// The address for a client, also while the server is down.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = match self.kind {
            Kind::Nats => "nats",
            Kind::Redis => "redis",
        };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// Starts the server, or starts it again on the same port and folder. Blocks until it serves.
    ///
    /// # Errors
    /// The program is missing, or it does not serve in time; the error shows its log.
    #[expect(clippy::disallowed_methods, reason = "a condition with a deadline")]
    pub fn start(&mut self) -> Result<()> {
        ensure!(self.child.is_none(), "the server runs already");
        let child = self.command().stdin(Stdio::null()).spawn();
        self.child = Some(child.with_context(|| self.kind.missing())?);
        let deadline = Instant::now() + START_LIMIT;
        while !self.is_ready() {
            if self.has_ended()? || Instant::now() > deadline {
                let log = fs::read_to_string(self.log_path()).unwrap_or_default();
                bail!(
                    "{:?} on port {} does not serve:\n{log}",
                    self.kind,
                    self.port
                );
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Ends the server as a crash would, with no chance to clean up.
    ///
    /// # Errors
    /// The server does not run.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Stops the process in its tracks: its connections stay open and nothing answers.
    ///
    /// # Errors
    /// The server does not run.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets a paused process go on.
    ///
    /// # Errors
    /// The server does not run.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let child = self.child.as_ref().context("the server does not run")?;
        kill_process(Pid::from_child(child), signal)?;
        Ok(())
    }

    fn is_ready(&self) -> bool {
        match self.kind {
            Kind::Nats => ready::nats(self.port),
            Kind::Redis => ready::redis(self.port),
        }
    }

    fn has_ended(&mut self) -> Result<bool> {
        let ended = match &mut self.child {
            Some(child) => child.try_wait()?.is_some(),
            None => true,
        };
        Ok(ended)
    }

    fn command(&self) -> Command {
        let (port, folder) = (self.port.to_string(), self.folder.path());
        let mut command = Command::new(self.kind.program());
        match self.kind {
            Kind::Nats => command.args(["-js", "-a", "127.0.0.1", "-p", &port, "-sd"]),
            Kind::Redis => command.args([
                "--bind",
                "127.0.0.1",
                "--port",
                &port,
                "--appendonly",
                "yes",
                "--save",
                "",
                "--dir",
            ]),
        };
        command.arg(folder);
        command.arg(self.kind.log_option()).arg(self.log_path());
        command
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}

impl Kind {
    /// The program, where Debian puts it; `/usr/sbin` is often not in the search path.
    fn program(self) -> &'static str {
        match self {
            Self::Nats => "/usr/sbin/nats-server",
            Self::Redis => "/usr/bin/redis-server",
        }
    }

    fn log_option(self) -> &'static str {
        match self {
            Self::Nats => "-l",
            Self::Redis => "--logfile",
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

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_some() {
            // Nothing is left to do for a process that ended by itself.
            self.kill().ok();
        }
    }
}
