use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use thumbnailify_core::{Error, Result};
use tokio::sync::{mpsc, oneshot};

use super::fault::{BACKEND, Fault, sqlite_error};

/// How many requests are committed together at most.
const MAX_BATCH: usize = 64;

/// How many requests wait for the writer before the next asker waits for room.
const MAX_WAITING: usize = 1_024;

/// What a write must survive once it is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Durability {
    /// The end of the process.
    Process,
    /// The end of power.
    Power,
}

impl Durability {
    /// The word of SQLite's for it.
    fn level(self) -> &'static str {
        match self {
            Self::Process => "NORMAL",
            Self::Power => "FULL",
        }
    }
}

/// The one thread that writes.
///
/// It commits together what waits when it comes back from the last commit. It does not linger for more:
/// the flush of a commit takes milliseconds, in which the next batch gathers by itself.
#[derive(Debug)]
pub(super) struct Writer {
    requests: Option<mpsc::Sender<Request>>,
    later: Arc<Later>,
    thread: Option<JoinHandle<()>>,
}

struct Request {
    durability: Durability,
    work: Work,
}

/// What is written along with the next request that somebody waits for.
#[derive(Default)]
struct Later(Mutex<Vec<Work>>);

/// Runs inside of the transaction, and returns how to answer once it is committed or not.
type Work = Box<dyn FnOnce(&Connection) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<()>)>;

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self> {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        let later = Arc::<Later>::default();
        let given = Arc::clone(&later);
        let thread = thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_all(&connection, receiver, &given))
            .map_err(|error| Error::unavailable(BACKEND, error))?;
        Ok(Self {
            requests: Some(sender),
            later,
            thread: Some(thread),
        })
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        self.write_then(durability, step, |_| {}).await
    }

    /// Writes, and once it is committed lets everybody know, even if whoever has asked has gone.
    pub(super) async fn write_then<T: Send + 'static>(
        &self,
        durability: Durability,
        step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
        then: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        let work = work(step, move |result: Result<T>| {
            if let Ok(value) = &result {
                then(value);
            }
            // Whoever has asked may have gone; the write stands all the same.
            sender.send(result).ok();
        });
        let requests = self.requests.as_ref().ok_or_else(ended)?;
        let sent = requests.send(Request { durability, work }).await;
        sent.map_err(|_| ended())?;
        receiver.await.map_err(|_| ended())?
    }

    /// Leaves something to be written along with the next request, before it, and at the end at the latest. Wakes
    /// nobody, and is lost with the process.
    pub(super) fn write_later(
        &self,
        step: impl FnOnce(&Connection) -> Result<(), Fault> + Send + 'static,
        then: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        self.later.works().push(work(step, then));
    }
}

/// A step that is taken back if it fails halfway, and who is told what came of it.
fn work<T: Send + 'static>(
    step: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    then: impl FnOnce(Result<T>) + Send + 'static,
) -> Work {
    Box::new(move |connection: &Connection| {
        let result = all_or_nothing(connection, step).map_err(Error::from);
        Box::new(move |committed: Result<()>| {
            then(result.and_then(|value| committed.map(|()| value)));
        })
    })
}

impl Later {
    fn works(&self) -> MutexGuard<'_, Vec<Work>> {
        // A list is whole at any moment, so a panic elsewhere does not matter.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Later {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Later")
            .field(&self.works().len())
            .finish()
    }
}

impl Drop for Writer {
    /// Waits until everything that was asked for is written.
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn ended() -> Error {
    Error::unavailable(BACKEND, "the write was given up")
}

fn write_all(connection: &Connection, mut requests: mpsc::Receiver<Request>, later: &Later) {
    // What the connection is set to.
    let mut durability = None;
    while let Some(first) = requests.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            let Ok(request) = requests.try_recv() else {
                break;
            };
            batch.push(request);
        }
        write_batch(connection, &mut durability, later, batch);
    }
    write_batch(connection, &mut durability, later, Vec::new());
}

fn write_batch(
    connection: &Connection,
    durability: &mut Option<Durability>,
    later: &Later,
    batch: Vec<Request>,
) {
    let left = mem::take(&mut *later.works());
    let mut answers = Vec::with_capacity(left.len() + batch.len());
    let committed = set_durability(connection, durability, &batch).and_then(|()| {
        let asked = batch.into_iter().map(|request| request.work);
        commit(connection, left.into_iter().chain(asked), &mut answers)
    });
    if let Err(error) = &committed {
        tracing::error!(%error, "writes to the embedded database failed");
    }
    for answer in answers {
        let committed = committed.as_ref().map(drop).map_err(sqlite_error);
        answer(committed);
    }
}

/// Sees to it that the next commit outlives what the most demanding of its requests must.
fn set_durability(
    connection: &Connection,
    durability: &mut Option<Durability>,
    batch: &[Request],
) -> rusqlite::Result<()> {
    let is_power = |request: &Request| request.durability == Durability::Power;
    let wanted = if batch.iter().any(is_power) {
        Durability::Power
    } else {
        Durability::Process
    };
    if *durability != Some(wanted) {
        *durability = None;
        connection.pragma_update(None, "synchronous", wanted.level())?;
        *durability = Some(wanted);
    }
    Ok(())
}

/// Commits a batch. Requests that it does not come to are dropped, which tells their askers.
fn commit(
    connection: &Connection,
    works: impl Iterator<Item = Work>,
    answers: &mut Vec<Answer>,
) -> rusqlite::Result<()> {
    // A transaction that begins by reading could not write any more once another process has, beside the one that the
    // database belongs to; this one waits for its turn.
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    for work in works {
        answers.push(work(connection));
        // A full disk and the like end the whole transaction; the commit below then says so.
        if connection.is_autocommit() {
            break;
        }
    }
    let committed = connection
        .prepare_cached("COMMIT")
        .and_then(|mut commit| commit.execute([]));
    if committed.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    committed.map(drop)
}

/// Takes back what a step did that fails halfway, so that it does not spoil its batch.
fn all_or_nothing<T>(
    connection: &Connection,
    step: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    connection.prepare_cached("SAVEPOINT step")?.execute([])?;
    let result = step(connection);
    if result.is_err() && !connection.is_autocommit() {
        connection.prepare_cached("ROLLBACK TO step")?.execute([])?;
    }
    if !connection.is_autocommit() {
        connection.prepare_cached("RELEASE step")?.execute([])?;
    }
    result
}
