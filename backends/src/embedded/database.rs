use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use thumbnailify_core::{Error, Result};

use super::clock::Clock;
use super::fault::{BACKEND, Fault, sqlite_error};
use super::folder_lock::FolderLock;
use super::readers::Readers;
use super::schema;
use super::writer::{Durability, Writer};
use crate::Patience;

/// The name of the file in its folder.
const FILE: &str = "thumbnailify.sqlite";

/// Far above what a commit takes; only a foreign program in the file can hold a write up at all.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The file, with one writer and a few readers.
#[derive(Debug)]
pub(super) struct Database {
    clock: Clock,
    // Dropped in this order: the last write is done before another process may have the folder.
    writer: Writer,
    readers: Readers,
    /// None where another process has the folder.
    _lock: Option<FolderLock>,
}

impl Database {
    pub(super) fn open(dir: &Path, patience: Patience) -> Result<Self> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|error| Error::unavailable(BACKEND, error))?;
        let lock = FolderLock::acquire(dir)?;
        let clock = Clock::start(patience);
        let path = dir.join(FILE);
        let mut connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::prepare(&mut connection, clock.now())?;
        Ok(Self {
            clock,
            writer: Writer::start(connection)?,
            readers: Readers::new(path),
            _lock: Some(lock),
        })
    }

    /// Opens a file that another process may have open, and changes nothing about it.
    pub(super) fn open_beside(dir: &Path, patience: Patience) -> Result<Self> {
        let path = dir.join(FILE);
        if !path.exists() {
            let missing = format!("there is no {}", path.display());
            return Err(Error::unavailable(BACKEND, missing));
        }
        let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::check(&connection)?;
        Ok(Self {
            clock: Clock::start(patience),
            writer: Writer::start(connection)?,
            readers: Readers::new(path),
            _lock: None,
        })
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    /// Runs a step in a transaction, alone or with others, and returns once it is committed.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        self.writer.write(durability, step).await
    }

    /// Like [`Self::write`], and lets everybody know once it is committed, even if whoever has asked has gone.
    pub(super) async fn write_then<T: Send + 'static>(
        &self,
        durability: Durability,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
        then: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T> {
        self.writer.write_then(durability, step, then).await
    }

    /// Leaves something to be written along with the next write, and at the end at the latest. It is lost with the
    /// process.
    pub(super) fn write_later(
        &self,
        step: impl FnOnce(&Connection) -> Result<(), Fault> + Send + 'static,
        then: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        self.writer.write_later(step, then);
    }

    /// Runs a step that only reads; it sees every write that was answered before.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        self.readers.read(step).await
    }

    /// Like [`Self::read`], for a step that looks up a row by its key and does nothing else.
    pub(super) async fn read_row<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        self.readers.read_row(step).await
    }
}

/// Opens the file for writing, and makes it, or for reading.
pub(super) fn connect(path: &PathBuf, access: OpenFlags) -> Result<Connection> {
    let mut flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(
        OpenFlags::SQLITE_OPEN_CREATE,
        access == OpenFlags::SQLITE_OPEN_READ_WRITE,
    );
    configured(path, flags).map_err(|error| sqlite_error(&error))
}

fn configured(path: &PathBuf, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(32);
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
    }
    Ok(connection)
}
