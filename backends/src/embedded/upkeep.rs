use std::sync::PoisonError;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use thumbnailify_core::{
    Counts, Due, DueReason, Known, MediaId, QueueUpkeep, Reissue, Result, Status, StatusUpkeep,
    SystemId,
};

use super::clock::Now;
use super::fault::Fault;
use super::job_queue::EmbeddedQueue;
use super::record::{Found, Record, columns, read_record};
use super::status_store::EmbeddedStatuses;
use super::writer::Durability;

/// Over the index `media_due`.
const DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM media WHERE state = 'Processing' AND deleted_at_ms IS NULL AND due_ms <= ?1
ORDER BY due_ms LIMIT ?2"
);

/// Over the index `media_of_state`.
const COUNTS: &str = "
SELECT count(*) FILTER (WHERE state = 'Processing'), count(*) FILTER (WHERE state = 'Completed'),
    count(*) FILTER (WHERE state = 'Error')
FROM media WHERE deleted_at_ms IS NULL";

const SYSTEM: &str = "SELECT id FROM system";

const JOIN: &str = "INSERT INTO system (only, id) VALUES (1, ?1) ON CONFLICT DO NOTHING";

#[async_trait]
impl QueueUpkeep for EmbeddedQueue {
    async fn oldest(&self) -> Result<Option<Duration>> {
        self.look(Duration::MAX).await?;
        let oldest_ms = self.leases().oldest_ms();
        let now_ms = self.database.clock().now().unix_ms;
        // One that does not know when it came may have come at any time.
        Ok(oldest_ms.map(|came_ms| Duration::from_millis(now_ms.saturating_sub(came_ms))))
    }

    /// A job is handed out or gone.
    async fn remove_ghosts(&self) -> Result<u64> {
        Ok(0)
    }
}

#[async_trait]
impl StatusUpkeep for EmbeddedStatuses {
    async fn due(&self, ahead: Duration, limit: u16) -> Result<Vec<Due>> {
        let clock = self.database.clock();
        let find = move |connection: &Connection| due(connection, clock.now(), ahead, limit);
        self.database.read(find).await
    }

    async fn reissue(&self, id: MediaId, epoch: u32, message: &str) -> Result<Reissue> {
        let message = message.to_owned();
        let step = move |record: &mut Record, now| {
            let is_done = record.reissue(epoch, &message, now);
            is_done.then(|| Box::new(record.status.clone()))
        };
        let found = self.change(id, Durability::Power, step).await?;
        Ok(found
            .live()
            .flatten()
            .map_or(Reissue::NotNeeded, Reissue::Done))
    }

    async fn delete_unchanged(&self, id: MediaId, version: u64) -> Result<Option<Status>> {
        self.bury(id, move |status| status.version == version).await
    }

    async fn look_up(&self, ids: &[MediaId]) -> Result<Vec<Known>> {
        let ids = ids.to_vec();
        let find = move |connection: &Connection| {
            let known = ids.iter().map(|id| look_up(connection, *id));
            known.collect()
        };
        self.database.read(find).await
    }

    async fn counts(&self) -> Result<Counts> {
        let count = |connection: &Connection| {
            let [processing, completed, error] = connection.query_row(COUNTS, [], |row| {
                let counts = [row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?];
                Ok(counts.map(i64::unsigned_abs))
            })?;
            Ok(Counts {
                processing,
                completed,
                error,
            })
        };
        self.database.read(count).await
    }

    /// The lists are indexes of the table itself.
    async fn mend_lists(&self) -> Result<u64> {
        Ok(0)
    }

    async fn now(&self) -> Result<Duration> {
        Ok(Duration::from_millis(self.database.clock().now().unix_ms))
    }

    async fn system(&self) -> Result<Option<SystemId>> {
        self.database.read(system).await
    }

    async fn join(&self, id: SystemId) -> Result<SystemId> {
        let join = move |connection: &Connection| {
            connection.execute(JOIN, [id.as_bytes()])?;
            Ok(system(connection)?.unwrap_or(id))
        };
        self.database.write(Durability::Power, join).await
    }

    /// An outcome is durable when it is answered.
    fn settles_in(&self) -> Duration {
        Duration::ZERO
    }

    /// No other process has the database, but several parts of this one may ask.
    async fn lead(&self, name: &str, term: Duration) -> Result<bool> {
        let mut leader = self.leader.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_free = match &*leader {
            Some((leader, until)) => leader == name || *until <= now,
            None => true,
        };
        if is_free {
            *leader = Some((name.to_owned(), now + term));
        }
        Ok(is_free)
    }

    async fn resign(&self, name: &str) -> Result<()> {
        let mut leader = self.leader.lock().unwrap_or_else(PoisonError::into_inner);
        if leader.as_ref().is_some_and(|(leader, _)| leader == name) {
            *leader = None;
        }
        Ok(())
    }
}

fn due(connection: &Connection, now: Now, ahead: Duration, limit: u16) -> Result<Vec<Due>, Fault> {
    let mut select = connection.prepare_cached(DUE)?;
    let mut rows = select.query(params![now.after(ahead), limit])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, record) = read_record(row)?;
        match record {
            Ok(record) => due.push(record.due(now)),
            Err(fault) => {
                let error = &fault as &dyn std::error::Error;
                tracing::warn!(media.id = %id, error, "a record that is due cannot be read");
            }
        }
    }
    Ok(due)
}

fn system(connection: &Connection) -> Result<Option<SystemId>, Fault> {
    let id = connection.query_row(SYSTEM, [], |row| row.get(0));
    Ok(id.optional()?.map(SystemId::from_bytes))
}

fn look_up(connection: &Connection, id: MediaId) -> Result<Known, Fault> {
    Ok(match Record::find(connection, id) {
        Ok(Found::Live(record)) => Known::Live(Box::new(record.status)),
        Ok(Found::Deleted) => Known::Deleted,
        Ok(Found::Absent) => Known::Absent,
        Err(Fault::Field(_)) => Known::Unreadable,
        Err(fault) => return Err(fault),
    })
}

impl Record {
    fn due(self, now: Now) -> Due {
        let written_ms = self.status.updated_at_ms.max(self.published_at_ms);
        let silent_for = match self.holder {
            Some(holder) => now.since(holder.lease_until_ms),
            None => Duration::from_millis(now.unix_ms.saturating_sub(written_ms)),
        };
        let reason = match self.holder {
            Some(_) => DueReason::Lapsed,
            None if self.published_epoch < self.status.epoch => DueReason::Unpublished,
            None => DueReason::Unclaimed,
        };
        Due {
            status: self.status,
            reason,
            silent_for,
        }
    }
}
