use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use thumbnailify_core::{Delivery, Depth, Error, Job, JobQueue, MediaId, Published, Result};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::clock::Now;
use super::database::Database;
use super::fault::Fault;
use super::leases::{Lease, Leases};
use super::record::{note_queued, stored};
use super::settings::EmbeddedSettings;
use super::writer::Durability;
use crate::spelling::{read_options, read_trace, spell_options, spell_trace};

const CHECK: &str = "SELECT 1 FROM job LIMIT 1";

const ALL: &str = "SELECT seq, queued_at_ms FROM job";

/// The time at which it is due is that of its lease, which is not kept here.
const INSERT: &str = "
INSERT INTO job (media_id, epoch, media_type, bytes, sha256, options, trace, due_ms, queued_at_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)
ON CONFLICT (media_id, epoch) DO NOTHING";

const IS_QUEUED: &str = "SELECT 1 FROM job WHERE media_id = ?1 AND epoch = ?2";

const SELECT: &str = "
SELECT media_id, media_type, bytes, sha256, epoch, options, trace FROM job WHERE seq = ?1";

const DELETE: &str = "DELETE FROM job WHERE seq = ?1";

/// A pull looks again after this time at the latest, since a command beside this process may queue a job.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The queue in the table `job`.
///
/// The table says which jobs there are, and memory with whom each is: who pulls is in this process.
#[derive(Clone, Debug)]
pub(super) struct EmbeddedQueue {
    pub(super) database: Arc<Database>,
    lease: Duration,
    max_jobs: u64,
    leases: Arc<Mutex<Leases>>,
    /// When the table was looked into last for jobs of others.
    looked_at: Arc<Mutex<Option<Instant>>>,
    /// Wakes a waiting pull when a job comes, and all of them when the time of one changes: each waits for the
    /// first time that it knows of.
    changed: Arc<Notify>,
}

impl EmbeddedQueue {
    pub(super) fn new(database: Arc<Database>, settings: &EmbeddedSettings) -> Self {
        Self {
            database,
            lease: settings.lease(),
            max_jobs: settings.max_jobs,
            leases: Arc::default(),
            looked_at: Arc::default(),
            changed: Arc::default(),
        }
    }

    pub(super) fn leases(&self) -> MutexGuard<'_, Leases> {
        locked(&self.leases)
    }

    /// Sees to it that the jobs are known which came from elsewhere: from an earlier process, and from a command
    /// beside this one.
    pub(super) async fn look(&self, longest_ago: Duration) -> Result<()> {
        let last = *locked(&self.looked_at);
        if last.is_some_and(|last| last.elapsed() < longest_ago) {
            return Ok(());
        }
        *locked(&self.looked_at) = Some(Instant::now());
        let (clock, leases) = (self.database.clock(), Arc::clone(&self.leases));
        let then = move |jobs: &Vec<(i64, u64)>| {
            let (mut leases, now) = (locked(&leases), clock.now());
            for (seq, queued_at_ms) in jobs {
                leases.learn(*seq, *queued_at_ms, now.elapsed_ms);
            }
        };
        let looked = self
            .database
            .write_then(Durability::Process, all, then)
            .await;
        if looked.is_err() {
            *locked(&self.looked_at) = None;
        }
        looked.map(drop)
    }

    /// Leases a job that is due. Else tells how long to wait for one.
    fn lease_next(&self) -> Result<Lease, Duration> {
        let now = self.database.clock().now();
        let leased = self.leases().lease(now.elapsed_ms, now.after(self.lease));
        leased.map_err(|next_due_ms| {
            let wait = next_due_ms.map_or(LOOK_AGAIN, |due_ms| now.until(due_ms));
            wait.clamp(Duration::from_millis(1), LOOK_AGAIN)
        })
    }

    /// Reads a job that is leased. `None` where it cannot be read or has gone; left in its place, it would be the next
    /// to be leased for ever.
    async fn read(&self, lease: Lease) -> Result<Option<Job>> {
        let find = move |connection: &Connection| {
            let mut select = connection.prepare_cached(SELECT)?;
            let found = select.query_row([lease.seq], |row| Ok(read_job(row)));
            Ok(found.optional()?)
        };
        match self.database.read_row(find).await? {
            Some(Ok(job)) => return Ok(Some(job)),
            Some(Err(fault)) => tracing::error!(
                seq = lease.seq,
                error = &fault as &dyn std::error::Error,
                "a job that cannot be read is dropped"
            ),
            None => {}
        }
        self.take_off(lease);
        Ok(None)
    }

    /// Takes a job off at once, and out of the table with the next write. A job that comes back since the process ended
    /// before is known to be done with by its status.
    fn take_off(&self, lease: Lease) {
        if !self.leases().take_off(lease) {
            return;
        }
        let leases = Arc::clone(&self.leases);
        let delete = move |connection: &Connection| {
            connection.prepare_cached(DELETE)?.execute([lease.seq])?;
            Ok(())
        };
        let gone = move |_: Result<()>| locked(&leases).gone(lease.seq);
        self.database.write_later(delete, gone);
    }

    /// Sets when the job is handed out again. Without effect when the job is with another by now.
    fn set_due(&self, lease: Lease, span: Duration) {
        let due_ms = self.database.clock().now().after(span);
        self.leases().set_due(lease, due_ms);
        self.changed.notify_waiters();
    }
}

#[async_trait]
impl JobQueue for EmbeddedQueue {
    // An open medium is queued anew at the start of a process that finds no job of it, so no power cut loses one.
    async fn publish(&self, job: &Job) -> Result<Published> {
        self.look(Duration::MAX).await?;
        let (clock, job) = (self.database.clock(), job.clone());
        let is_full = self.leases().len() >= self.max_jobs;
        let insert = move |connection: &Connection| insert(connection, &job, is_full, clock.now());
        let (leases, changed) = (Arc::clone(&self.leases), Arc::clone(&self.changed));
        let then = move |inserted: &Option<(i64, Now)>| {
            if let Some((seq, now)) = *inserted {
                locked(&leases).add(seq, now.unix_ms, now.elapsed_ms);
                // A pull that wakes and is given another job passes the notice on.
                changed.notify_one();
            }
        };
        let inserted = self.database.write_then(Durability::Process, insert, then);
        Ok(match inserted.await? {
            Some(_) => Published::Stored,
            None => Published::Duplicate,
        })
    }

    async fn pull(&self) -> Result<Box<dyn Delivery>> {
        loop {
            self.look(LOOK_AGAIN).await?;
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let lease = match self.lease_next() {
                Ok(lease) => lease,
                Err(wait) => {
                    // No matter which of the two it was.
                    drop(timeout(wait, changed).await);
                    continue;
                }
            };
            if let Some(job) = self.read(lease).await? {
                let queue = self.clone();
                let waited = waited(lease, self.database.clock().now());
                return Ok(Box::new(EmbeddedDelivery {
                    queue,
                    job,
                    lease,
                    waited,
                }));
            }
        }
    }

    async fn depth(&self) -> Result<Depth> {
        self.look(Duration::MAX).await?;
        Ok(self.leases().depth(self.database.clock().now().elapsed_ms))
    }

    async fn check(&self) -> Result<()> {
        let check = |connection: &Connection| {
            connection.prepare_cached(CHECK)?.exists([])?;
            Ok(())
        };
        self.database.read(check).await
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing here panics halfway through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn all(connection: &Connection) -> Result<Vec<(i64, u64)>, Fault> {
    let mut select = connection.prepare_cached(ALL)?;
    let jobs = select.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(jobs.collect::<rusqlite::Result<_>>()?)
}

/// Returns the number of the job and when it came; `None` where it is in the queue already.
fn insert(
    connection: &Connection,
    job: &Job,
    is_full: bool,
    now: Now,
) -> Result<Option<(i64, Now)>, Fault> {
    let id = job.media_id.as_bytes();
    let mut is_queued = connection.prepare_cached(IS_QUEUED)?;
    if is_queued.exists(params![id, job.epoch])? {
        return Ok(None);
    }
    if is_full {
        return Err(Error::QueueFull.into());
    }
    let bytes = i64::try_from(job.bytes).unwrap_or(i64::MAX);
    let values = params![
        id,
        job.epoch,
        job.media_type.as_str(),
        bytes,
        job.sha256,
        spell_options(&job.options),
        spell_trace(&job.trace),
        stored(now.unix_ms)
    ];
    let seq = connection.prepare_cached(INSERT)?.insert(values)?;
    note_queued(connection, job.media_id, job.epoch, now)?;
    Ok(Some((seq, now)))
}

/// How long a job was in the queue, if it was there all the time.
fn waited(lease: Lease, now: Now) -> Option<Duration> {
    let knows = lease.attempt == 1 && lease.queued_at_ms > 0;
    knows.then(|| Duration::from_millis(now.unix_ms.saturating_sub(lease.queued_at_ms)))
}

/// The columns are those of [`SELECT`].
fn read_job(row: &Row<'_>) -> Result<Job, Fault> {
    let media_type: String = row.get(1)?;
    let bytes: i64 = row.get(2)?;
    let options: Option<String> = row.get(5)?;
    let trace: Option<String> = row.get(6)?;
    Ok(Job {
        media_id: MediaId::from_bytes(row.get(0)?),
        media_type: media_type
            .parse()
            .map_err(|error| Fault::Field(format!("a job: {error}")))?,
        bytes: u64::try_from(bytes).unwrap_or(0),
        sha256: row.get(3)?,
        epoch: row.get(4)?,
        options: read_options(options.as_deref())
            .map_err(|error| Fault::Field(format!("the options of a job: {error}")))?,
        trace: read_trace(trace.as_deref()),
    })
}

/// One handing-over of a job.
#[derive(Debug)]
struct EmbeddedDelivery {
    queue: EmbeddedQueue,
    job: Job,
    lease: Lease,
    waited: Option<Duration>,
}

#[async_trait]
impl Delivery for EmbeddedDelivery {
    fn job(&self) -> &Job {
        &self.job
    }

    fn attempt(&self) -> u64 {
        self.lease.attempt.into()
    }

    fn waited(&self) -> Option<Duration> {
        self.waited
    }

    async fn progress(&self) -> Result<()> {
        self.queue.set_due(self.lease, self.queue.lease);
        Ok(())
    }

    async fn ack(self: Box<Self>) -> Result<()> {
        self.queue.take_off(self.lease);
        Ok(())
    }

    async fn nak(self: Box<Self>, delay: Duration) -> Result<()> {
        self.queue.set_due(self.lease, delay);
        Ok(())
    }
}
