use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rusqlite::{Connection, params};
use thumbnailify_core::{
    Blame, Claim, ClaimRequest, ClaimToken, Error, Finish, Hold, ListRequest, MediaId, NewMedia,
    Page, Reopen, Result, Status, StatusStore, Verdict,
};
use tokio::sync::broadcast;

use super::clock::Now;
use super::database::Database;
use super::fault::Fault;
use super::list::list;
use super::record::{Found, Record, is_noted_queued};
use super::writer::Durability;
use crate::CHANGES_KEPT;

/// What identified the upload or its uploader is gone; the id stays taken.
const BURY: &str = "
UPDATE media SET deleted_at_ms = ?2, message = '', thumbnail = NULL, original_sha256 = '',
    holder = NULL, given_back = NULL, worker = NULL, history = ''
WHERE media_id = ?1";

/// The first entry of the index `media_open`.
const OLDEST_OPEN: &str = "
SELECT min(created_at_ms) FROM media WHERE state = 'Processing' AND deleted_at_ms IS NULL";

const FORGET_TOMBSTONES: &str = "DELETE FROM media WHERE deleted_at_ms < ?1";

/// The status in the table `media`.
#[derive(Debug)]
pub(super) struct EmbeddedStatuses {
    pub(super) database: Arc<Database>,
    changes: broadcast::Sender<MediaId>,
    /// Longer than any job can be on its way, so that a late one finds the tombstone. `None`: for ever.
    tombstone_ttl: Option<Duration>,
    /// Who looks after the system, and until when.
    pub(super) leader: Mutex<Option<(String, Instant)>>,
}

impl EmbeddedStatuses {
    pub(super) fn new(database: Arc<Database>, tombstone_ttl: Option<Duration>) -> Self {
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        Self {
            database,
            changes,
            tombstone_ttl,
            leader: Mutex::default(),
        }
    }

    /// Runs a step in a transaction, with the time at which it runs.
    async fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        step: impl FnOnce(&Connection, Now) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        let clock = self.database.clock();
        let step = move |connection: &Connection| step(connection, clock.now());
        self.database.write(durability, step).await
    }

    /// Lets a step change a record that is there, and stores it if it did.
    pub(super) async fn change<T: Send + 'static>(
        &self,
        id: MediaId,
        durability: Durability,
        step: impl FnOnce(&mut Record, Now) -> T + Send + 'static,
    ) -> Result<Found<T>> {
        let change = move |connection: &Connection, now| change(connection, id, now, step);
        let (found, changed) = self.write(durability, change).await?;
        if changed {
            self.tell(id);
        }
        Ok(found)
    }

    /// Leaves a tombstone of a record that is as wanted, and returns what it was.
    pub(super) async fn bury(
        &self,
        id: MediaId,
        is_wanted: impl FnOnce(&Status) -> bool + Send + 'static,
    ) -> Result<Option<Status>> {
        let ttl = self.tombstone_ttl;
        let step = move |connection: &Connection, now| match Record::find(connection, id)? {
            Found::Live(record) if is_wanted(&record.status) => {
                bury(connection, id, ttl, now)?;
                Ok(Some(record.status))
            }
            _ => Ok(None),
        };
        let status = self.write(Durability::Power, step).await?;
        if status.is_some() {
            self.tell(id);
        }
        Ok(status)
    }

    fn tell(&self, id: MediaId) {
        // That nobody listens is fine.
        self.changes.send(id).ok();
    }
}

#[async_trait]
impl StatusStore for EmbeddedStatuses {
    async fn create(&self, new: &NewMedia) -> Result<()> {
        let (id, new) = (new.media_id, new.clone());
        let step = move |connection: &Connection, now| create(connection, &new, now);
        self.write(Durability::Power, step).await?;
        self.tell(id);
        Ok(())
    }

    /// The queue has noted it in most cases, since it is in the same database.
    async fn published(&self, id: MediaId, epoch: u32) -> Result<()> {
        let now = self.database.clock().now();
        let is_noted = move |connection: &Connection| is_noted_queued(connection, id, epoch, now);
        if self.database.read_row(is_noted).await? {
            return Ok(());
        }
        let step = move |record: &mut Record, now| record.published(epoch, now);
        self.change(id, Durability::Process, step).await?;
        Ok(())
    }

    async fn get(&self, id: MediaId) -> Result<Option<Status>> {
        let find = move |connection: &Connection| Record::find(connection, id);
        Ok(match self.database.read_row(find).await? {
            Found::Live(record) => Some(record.status),
            Found::Deleted | Found::Absent => None,
        })
    }

    async fn list(&self, request: &ListRequest) -> Result<Page> {
        let request = *request;
        self.database
            .read(move |connection| list(connection, &request))
            .await
    }

    async fn claim(&self, id: MediaId, request: &ClaimRequest) -> Result<Claim> {
        let request = request.clone();
        let step = move |record: &mut Record, now| record.claim(&request, now);
        Ok(match self.change(id, Durability::Process, step).await? {
            Found::Live(claim) => claim,
            Found::Deleted => Claim::Deleted,
            Found::Absent => Claim::Absent,
        })
    }

    async fn beat(&self, id: MediaId, token: ClaimToken, lease: Duration) -> Result<Hold> {
        let step = move |record: &mut Record, now| record.beat(token, lease, now);
        let found = self.change(id, Durability::Process, step).await?;
        Ok(found.live().unwrap_or(Hold::Lost))
    }

    async fn finish(&self, id: MediaId, token: ClaimToken, verdict: &Verdict) -> Result<Finish> {
        let verdict = verdict.clone();
        let step = move |record: &mut Record, now| record.finish(token, &verdict, now);
        Ok(match self.change(id, Durability::Power, step).await? {
            Found::Live(finish) => finish,
            Found::Deleted => Finish::Deleted,
            Found::Absent => Finish::Absent,
        })
    }

    async fn retry(
        &self,
        id: MediaId,
        token: ClaimToken,
        blame: Blame,
        reason: &str,
    ) -> Result<Hold> {
        let reason = reason.to_owned();
        let step = move |record: &mut Record, now| record.retry(token, blame, &reason, now);
        let found = self.change(id, Durability::Process, step).await?;
        Ok(found.live().unwrap_or(Hold::Lost))
    }

    async fn release(&self, id: MediaId, token: ClaimToken, reason: &str) -> Result<Hold> {
        let reason = reason.to_owned();
        let step = move |record: &mut Record, now| record.release(token, &reason, now);
        let found = self.change(id, Durability::Process, step).await?;
        Ok(found.live().unwrap_or(Hold::Lost))
    }

    async fn reopen(&self, id: MediaId, epoch: u32, message: &str) -> Result<Reopen> {
        let message = message.to_owned();
        let step = move |record: &mut Record, now| record.reopen(epoch, &message, now);
        let found = self.change(id, Durability::Power, step).await?;
        Ok(found.live().unwrap_or(Reopen::Absent))
    }

    async fn take_back(&self, id: MediaId, epoch: u32, error: &Verdict) -> Result<bool> {
        let error = error.clone();
        let step = move |record: &mut Record, now| record.take_back(epoch, &error, now);
        let found = self.change(id, Durability::Power, step).await?;
        Ok(found.live().unwrap_or(false))
    }

    async fn delete(&self, id: MediaId) -> Result<Option<Status>> {
        self.bury(id, |_| true).await
    }

    fn changes(&self) -> broadcast::Receiver<MediaId> {
        self.changes.subscribe()
    }

    async fn oldest_open(&self) -> Result<Option<Duration>> {
        let clock = self.database.clock();
        let oldest = move |connection: &Connection| {
            let mut oldest = connection.prepare_cached(OLDEST_OPEN)?;
            let created_at_ms: Option<i64> = oldest.query_row([], |row| row.get(0))?;
            let now_ms = clock.now().unix_ms;
            let age_ms = |created: i64| now_ms.saturating_sub(created.unsigned_abs());
            Ok(created_at_ms.map(|created| Duration::from_millis(age_ms(created))))
        };
        self.database.read(oldest).await
    }

    async fn check(&self) -> Result<()> {
        self.write(Durability::Process, |_, _| Ok(())).await
    }
}

impl<T> Found<T> {
    pub(super) fn live(self) -> Option<T> {
        match self {
            Self::Live(found) => Some(found),
            Self::Deleted | Self::Absent => None,
        }
    }
}

fn create(connection: &Connection, new: &NewMedia, now: Now) -> Result<(), Fault> {
    match Record::find(connection, new.media_id)? {
        Found::Absent => Record::insert(connection, new, now),
        Found::Live(record) if record.request == new.request => Ok(()),
        Found::Live(_) | Found::Deleted => Err(Error::AlreadyExists(new.media_id).into()),
    }
}

/// Returns what the step answered, and whether the status is another now.
fn change<T>(
    connection: &Connection,
    id: MediaId,
    now: Now,
    step: impl FnOnce(&mut Record, Now) -> T,
) -> Result<(Found<T>, bool), Fault> {
    let before = match Record::find(connection, id)? {
        Found::Live(record) => record,
        Found::Deleted => return Ok((Found::Deleted, false)),
        Found::Absent => return Ok((Found::Absent, false)),
    };
    let mut record = before.clone();
    let answer = step(&mut record, now);
    if record != before {
        record.update(connection)?;
    }
    Ok((Found::Live(answer), record.status != before.status))
}

fn bury(
    connection: &Connection,
    id: MediaId,
    tombstone_ttl: Option<Duration>,
    now: Now,
) -> Result<(), Fault> {
    let now_ms = i64::try_from(now.unix_ms).unwrap_or(i64::MAX);
    let mut bury = connection.prepare_cached(BURY)?;
    bury.execute(params![id.as_bytes(), now_ms])?;
    if let Some(ttl) = tombstone_ttl {
        let ttl_ms = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        let mut forget = connection.prepare_cached(FORGET_TOMBSTONES)?;
        forget.execute([now_ms.saturating_sub(ttl_ms)])?;
    }
    Ok(())
}
