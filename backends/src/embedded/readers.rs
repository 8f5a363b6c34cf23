use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};
use thumbnailify_core::{Error, Result};
use tokio::sync::Semaphore;
use tokio::task;
use tokio::task::coop::consume_budget;

use super::database::connect;
use super::fault::{BACKEND, Fault};

/// Reads are short, so a few connections serve many askers.
const MAX_CONNECTIONS: usize = 4;

/// Connections for reading, opened as they are needed.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Idle>,
    permits: Semaphore,
}

/// Connections that nobody reads with now.
#[derive(Debug, Default)]
struct Idle(Mutex<Vec<Connection>>);

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Arc::default(),
            permits: Semaphore::new(MAX_CONNECTIONS),
        }
    }

    /// Reads a row by its key on this very thread: it takes some microseconds, and to hand it to a thread that may
    /// wait takes several times that.
    pub(super) async fn read_row<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        // Whoever reads again and again lets others have their turn.
        consume_budget().await;
        match self.idle.take() {
            Some(connection) => self.idle.read_with(connection, step),
            None => self.read(step).await,
        }
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        let permit = self.permits.acquire().await;
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let read = task::spawn_blocking(move || read_with(&path, &idle, step)).await;
        drop(permit);
        read.map_err(|error| Error::unavailable(BACKEND, error))?
    }
}

fn read_with<T>(
    path: &PathBuf,
    idle: &Idle,
    step: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T> {
    let connection = match idle.take() {
        Some(connection) => connection,
        None => connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
    };
    idle.read_with(connection, step)
}

impl Idle {
    fn take(&self) -> Option<Connection> {
        self.connections().pop()
    }

    /// Reads, and keeps the connection for the next, unless it failed.
    fn read_with<T>(
        &self,
        connection: Connection,
        step: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T> {
        let answer = step(&connection)?;
        self.connections().push(connection);
        Ok(answer)
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
