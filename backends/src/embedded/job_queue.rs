use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use thumbnailify_core::{Delivery, Depth, Error, Job, JobQueue, MediaId, Published, Result};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::clock::Now;
use super::database::Database;
use super::fault::Fault;
use super::record::stored;
use super::settings::EmbeddedSettings;
use super::writer::Durability;
use crate::spelling::{read_options, read_trace, spell_options, spell_trace};

const COUNT: &str = "SELECT count(*) FROM job";

/// Over the index on `due_ms`. The queue is bounded.
const COUNT_BY_DUE: &str = "
SELECT count(*) FILTER (WHERE due_ms <= ?1), count(*) FILTER (WHERE due_ms > ?1) FROM job";

const INSERT: &str = "
INSERT INTO job (media_id, epoch, media_type, bytes, sha256, options, trace, due_ms, queued_at_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (media_id, epoch) DO NOTHING";

const IS_QUEUED: &str = "SELECT 1 FROM job WHERE media_id = ?1 AND epoch = ?2";

const LEASE: &str = "
UPDATE job SET due_ms = ?2, attempt = attempt + 1
WHERE seq = (SELECT seq FROM job WHERE due_ms <= ?1 ORDER BY due_ms, seq LIMIT 1)
RETURNING seq, media_id, epoch, media_type, bytes, sha256, options, trace, queued_at_ms,
    attempt";

const DISCARD: &str = "DELETE FROM job WHERE seq = ?1";

const NEXT_DUE: &str = "SELECT min(due_ms) FROM job";

/// The attempt tells the holder from one whose lease is over.
const SET_DUE: &str = "
UPDATE job SET due_ms = ?4 WHERE media_id = ?1 AND epoch = ?2 AND attempt = ?3";

const DELETE: &str = "DELETE FROM job WHERE media_id = ?1 AND epoch = ?2 AND attempt = ?3";

/// A pull looks again after this time at the latest, since a command beside this process may queue a job.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The queue in the table `job`.
#[derive(Clone, Debug)]
pub(super) struct EmbeddedQueue {
    pub(super) database: Arc<Database>,
    lease: Duration,
    max_jobs: u64,
    /// Wakes a waiting pull when a job comes, and all of them when the time of one changes: each waits for the
    /// first time that it knows of.
    changed: Arc<Notify>,
}

/// What a look into the queue found.
enum Next {
    Leased(Leased),
    NothingFor(Duration),
}

/// A job with what the queue knows of it.
#[derive(Debug)]
struct Leased {
    job: Job,
    attempt: u32,
    waited: Option<Duration>,
}

impl EmbeddedQueue {
    pub(super) fn new(database: Arc<Database>, settings: &EmbeddedSettings) -> Self {
        Self {
            database,
            lease: settings.lease(),
            max_jobs: settings.max_jobs,
            changed: Arc::default(),
        }
    }

    async fn lease_next(&self) -> Result<Next> {
        let (clock, lease) = (self.database.clock(), self.lease);
        let step = move |connection: &Connection| lease_next(connection, clock.now(), lease);
        self.database.write(Durability::Process, step).await
    }
}

#[async_trait]
impl JobQueue for EmbeddedQueue {
    async fn publish(&self, job: &Job) -> Result<Published> {
        let (clock, max_jobs, job) = (self.database.clock(), self.max_jobs, job.clone());
        let changed = Arc::clone(&self.changed);
        let step = move |connection: &Connection| {
            let published = insert(connection, &job, max_jobs, clock.now())?;
            // The pull that wakes asks the writer, and so comes after this write. One that is given another job
            // meanwhile passes the notice on.
            changed.notify_one();
            Ok(published)
        };
        self.database.write(Durability::Power, step).await
    }

    async fn pull(&self) -> Result<Box<dyn Delivery>> {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.lease_next().await? {
                Next::Leased(leased) => {
                    let queue = self.clone();
                    return Ok(Box::new(EmbeddedDelivery { queue, leased }));
                }
                // No matter which of the two it was.
                Next::NothingFor(wait) => drop(timeout(wait, changed).await),
            }
        }
    }

    async fn depth(&self) -> Result<Depth> {
        let clock = self.database.clock();
        let count = move |connection: &Connection| count_by_due(connection, clock.now());
        self.database.read(count).await
    }

    async fn check(&self) -> Result<()> {
        let count = |connection: &Connection| {
            connection.query_row(COUNT, [], |_| Ok(()))?;
            Ok(())
        };
        self.database.read(count).await
    }
}

fn count_by_due(connection: &Connection, now: Now) -> Result<Depth, Fault> {
    let mut count = connection.prepare_cached(COUNT_BY_DUE)?;
    let [waiting, leased] = count.query_row([now.elapsed_ms], |row| {
        Ok([row.get::<_, i64>(0)?, row.get(1)?].map(i64::unsigned_abs))
    })?;
    Ok(Depth { waiting, leased })
}

fn insert(connection: &Connection, job: &Job, max_jobs: u64, now: Now) -> Result<Published, Fault> {
    let id = job.media_id.as_bytes();
    let mut is_queued = connection.prepare_cached(IS_QUEUED)?;
    if is_queued.exists(params![id, job.epoch])? {
        return Ok(Published::Duplicate);
    }
    let count: i64 = connection
        .prepare_cached(COUNT)?
        .query_row([], |row| row.get(0))?;
    if u64::try_from(count).is_ok_and(|count| count >= max_jobs) {
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
        now.elapsed_ms,
        stored(now.unix_ms)
    ];
    connection.prepare_cached(INSERT)?.execute(values)?;
    Ok(Published::Stored)
}

fn lease_next(connection: &Connection, now: Now, lease: Duration) -> Result<Next, Fault> {
    let times = [now.elapsed_ms, now.after(lease)];
    let mut statement = connection.prepare_cached(LEASE)?;
    let mut lease_row = || {
        let leased = statement.query_row(times, |row| Ok((row.get("seq")?, read_leased(row, now))));
        leased.optional()
    };
    while let Some((seq, leased)) = lease_row()? {
        match leased {
            Ok(leased) => return Ok(Next::Leased(leased)),
            Err(fault) => discard(connection, seq, &fault)?,
        }
    }
    let mut next_due = connection.prepare_cached(NEXT_DUE)?;
    let next_due: Option<i64> = next_due.query_row([], |row| row.get(0))?;
    // A job that is leased from now on is due after a lease at the soonest, so nothing of this process is missed.
    let longest = lease.min(LOOK_AGAIN);
    let wait = next_due.map_or(longest, |due_ms| now.until(due_ms).min(longest));
    Ok(Next::NothingFor(wait.max(Duration::from_millis(1))))
}

/// Drops a job that cannot be read. Left in its place, it would be the next to be leased for ever.
fn discard(connection: &Connection, seq: i64, fault: &Fault) -> Result<(), Fault> {
    tracing::error!(
        seq,
        error = fault as &dyn std::error::Error,
        "a job that cannot be read is dropped"
    );
    connection.prepare_cached(DISCARD)?.execute([seq])?;
    Ok(())
}

fn read_leased(row: &Row<'_>, now: Now) -> Result<Leased, Fault> {
    let attempt = row.get("attempt")?;
    let queued_at_ms = row.get::<_, i64>("queued_at_ms")?.unsigned_abs();
    let knows = attempt == 1 && queued_at_ms > 0;
    let waited_ms = now.unix_ms.saturating_sub(queued_at_ms);
    Ok(Leased {
        job: read_job(row)?,
        attempt,
        waited: knows.then_some(Duration::from_millis(waited_ms)),
    })
}

fn read_job(row: &Row<'_>) -> Result<Job, Fault> {
    let media_type: String = row.get("media_type")?;
    let bytes: i64 = row.get("bytes")?;
    let options: Option<String> = row.get("options")?;
    let trace: Option<String> = row.get("trace")?;
    Ok(Job {
        media_id: MediaId::from_bytes(row.get("media_id")?),
        media_type: media_type
            .parse()
            .map_err(|error| Fault::Field(format!("a job: {error}")))?,
        bytes: u64::try_from(bytes).unwrap_or(0),
        sha256: row.get("sha256")?,
        epoch: row.get("epoch")?,
        options: read_options(options.as_deref())
            .map_err(|error| Fault::Field(format!("the options of a job: {error}")))?,
        trace: read_trace(trace.as_deref()),
    })
}

/// One handing-over of a job, known by the attempt.
#[derive(Debug)]
struct EmbeddedDelivery {
    queue: EmbeddedQueue,
    leased: Leased,
}

impl Leased {
    /// What the row is known by.
    fn key(&self) -> (MediaId, u32, u32) {
        (self.job.media_id, self.job.epoch, self.attempt)
    }
}

impl EmbeddedDelivery {
    /// Sets when the job is handed out again. Without effect when the job is with another by now.
    async fn set_due(&self, span: Duration) -> Result<()> {
        let (clock, changed) = (self.queue.database.clock(), Arc::clone(&self.queue.changed));
        let (id, epoch, attempt) = self.leased.key();
        let step = move |connection: &Connection| {
            let values = params![id.as_bytes(), epoch, attempt, clock.now().after(span)];
            connection.prepare_cached(SET_DUE)?.execute(values)?;
            changed.notify_waiters();
            Ok(())
        };
        self.queue.database.write(Durability::Process, step).await
    }
}

#[async_trait]
impl Delivery for EmbeddedDelivery {
    fn job(&self) -> &Job {
        &self.leased.job
    }

    fn attempt(&self) -> u64 {
        self.leased.attempt.into()
    }

    fn waited(&self) -> Option<Duration> {
        self.leased.waited
    }

    async fn progress(&self) -> Result<()> {
        self.set_due(self.queue.lease).await
    }

    async fn ack(self: Box<Self>) -> Result<()> {
        let (id, epoch, attempt) = self.leased.key();
        let step = move |connection: &Connection| {
            let values = params![id.as_bytes(), epoch, attempt];
            connection.prepare_cached(DELETE)?.execute(values)?;
            Ok(())
        };
        self.queue.database.write(Durability::Process, step).await
    }

    async fn nak(self: Box<Self>, delay: Duration) -> Result<()> {
        self.set_due(delay).await
    }
}
