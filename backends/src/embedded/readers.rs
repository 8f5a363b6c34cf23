use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use thumbnailify_core::{Error, Result};
use tokio::sync::Semaphore;
use tokio::task;

use super::database::connect;
use super::fault::{BACKEND, Fault};

/// Reads are short, so a few connections serve many askers.
const MAX_CONNECTIONS: usize = 4;

/// Connections for reading, opened as they are needed.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Semaphore,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Arc::default(),
            permits: Semaphore::new(MAX_CONNECTIONS),
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
    idle: &Mutex<Vec<Connection>>,
    step: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T> {
    let lock = || idle.lock().unwrap_or_else(PoisonError::into_inner);
    let idle_connection = lock().pop();
    let connection = match idle_connection {
        Some(connection) => connection,
        None => connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
    };
    let answer = step(&connection)?;
    lock().push(connection);
    Ok(answer)
}
