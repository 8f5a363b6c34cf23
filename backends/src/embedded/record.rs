use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Row, params};
use thumbnailify_core::{
    ClaimToken, FaultKind, MediaId, NewMedia, Original, Phase, Service, State, Status, Transition,
};
use uuid::Uuid;

use super::clock::Now;
use super::fault::Fault;
use crate::history::{read_history, spell_history, spell_reason};
use crate::spelling::{
    from_json, read, read_optional, read_options, spell, spell_options, to_json,
};

/// What is read of a row, in the order in which it is read: to look each column up by its name takes longer than the
/// rest of the reading.
macro_rules! columns {
    () => {
        "media_id, deleted_at_ms, created_at_ms, media_type, service, state, phase, message, code, version, epoch,
    attempts, handler_faults, updated_at_ms, original_bytes, original_sha256, options, thumbnail, handler, cost,
    fault, history, request, holder, holds_end_only, lease_until_ms, given_back, worker, due_ms, published_epoch,
    published_at_ms"
    };
}
pub(super) use columns;

const SELECT: &str = concat!("SELECT ", columns!(), " FROM media WHERE media_id = ?1");

const INSERT: &str = "
INSERT INTO media (media_id, request, media_type, service, state, phase, message, code, version, epoch,
    attempts, created_at_ms, updated_at_ms, original_bytes, original_sha256, options, history, due_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 202, 1, 1, 0, ?8, ?8, ?9, ?10, ?11, ?12, ?13)";

const UPDATE: &str = "
UPDATE media SET service = ?2, state = ?3, phase = ?4, message = ?5, code = ?6, version = ?7,
    attempts = ?8, updated_at_ms = ?9, thumbnail = ?10, handler = ?11, cost = ?12, fault = ?13,
    holder = ?14, holds_end_only = ?15, lease_until_ms = ?16, given_back = ?17, epoch = ?18,
    due_ms = ?19, published_epoch = ?20, published_at_ms = ?21, handler_faults = ?22, worker = ?23,
    history = ?24
WHERE media_id = ?1";

/// As [`Record::published`] has it, of a record that nobody has claimed.
const NOTE_QUEUED: &str = "
UPDATE media SET published_epoch = ?2, published_at_ms = ?3, due_ms = ?4
WHERE media_id = ?1 AND epoch = ?2 AND published_epoch < ?2 AND holder IS NULL
    AND state = 'Processing' AND deleted_at_ms IS NULL";

const IS_NOTED_QUEUED: &str = "
SELECT 1 FROM media
WHERE media_id = ?1 AND published_epoch >= ?2
    AND (state <> 'Processing' OR due_ms >= ?3 OR holder IS NOT NULL AND lease_until_ms > ?4)";

/// One row of `media`: the status, and who may write it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Record {
    pub(super) status: Status,
    /// Marks the request that made the record.
    pub(super) request: Uuid,
    /// Who holds the claim, or who held it when the outcome was recorded.
    pub(super) holder: Option<Holder>,
    /// Who gave the claim back last.
    pub(super) given_back: Option<Uuid>,
    /// The name of the worker that holds the claim or held it last.
    pub(super) worker: Option<String>,
    /// When somebody should look after it, unless it is final by then.
    pub(super) due_ms: i64,
    /// The epoch whose job is known to be in the queue.
    pub(super) published_epoch: u32,
    pub(super) published_at_ms: u64,
}

/// A claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Holder {
    pub(super) token: Uuid,
    /// The attempts are used up, so the claim is for recording the end.
    pub(super) end_only: bool,
    pub(super) lease_until_ms: i64,
}

/// What is under an id.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Found<T> {
    Live(T),
    Deleted,
    Absent,
}

impl Record {
    pub(super) fn is_held_by(&self, token: ClaimToken) -> bool {
        self.holder
            .is_some_and(|holder| holder.token == *token.as_uuid())
    }

    pub(super) fn find(connection: &Connection, id: MediaId) -> Result<Found<Self>, Fault> {
        let mut select = connection.prepare_cached(SELECT)?;
        let found = select.query_row([id.as_bytes()], |row| {
            let mut columns = Columns::of(row);
            let (id, deleted_at_ms) = (columns.id()?, columns.next::<Option<i64>>()?);
            Ok(match deleted_at_ms {
                Some(_) => Ok(Found::Deleted),
                None => read_columns(&mut columns, id).map(Found::Live),
            })
        });
        found.optional()?.unwrap_or(Ok(Found::Absent))
    }

    pub(super) fn insert(connection: &Connection, new: &NewMedia, now: Now) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(INSERT)?;
        insert.execute(params![
            new.media_id.as_bytes(),
            new.request.as_bytes(),
            new.media_type.as_str(),
            spell(Service::Webserver),
            spell(State::Processing),
            spell(Phase::Queued),
            new.message,
            stored(now.unix_ms),
            stored(new.original.bytes),
            new.original.sha256,
            spell_options(&new.options),
            spell_history(&[accepted(now)], now.unix_ms),
            now.due_if_unpublished(),
        ])?;
        Ok(())
    }

    /// Writes what can change of a record.
    pub(super) fn update(&self, connection: &Connection) -> Result<(), Fault> {
        let (status, holder) = (&self.status, self.holder);
        let mut update = connection.prepare_cached(UPDATE)?;
        update.execute(params![
            status.media_id.as_bytes(),
            spell(status.service),
            spell(status.state),
            spell(status.phase),
            status.message,
            status.code,
            stored(status.version),
            status.attempts,
            stored(status.updated_at_ms),
            to_json(status.thumbnail.as_ref()),
            to_json(status.handler.as_ref()),
            to_json(status.cost.as_ref()),
            status.fault.map(FaultKind::as_str),
            holder.map(|holder| holder.token.into_bytes()),
            holder.is_some_and(|holder| holder.end_only),
            holder.map_or(0, |holder| holder.lease_until_ms),
            self.given_back.map(Uuid::into_bytes),
            status.epoch,
            self.due_ms,
            self.published_epoch,
            stored(self.published_at_ms),
            status.handler_faults,
            self.worker,
            spell_history(&status.history, status.created_at_ms),
        ])?;
        Ok(())
    }

    /// Counts a write and keeps it in the history.
    pub(super) fn written(&mut self, service: Service, reason: &str, now: Now) {
        let status = &mut self.status;
        status.service = service;
        status.version += 1;
        status.updated_at_ms = status.updated_at_ms.max(now.unix_ms);
        let worker = self
            .worker
            .as_deref()
            .filter(|_| service == Service::Worker);
        let reason = Some(spell_reason(reason)).filter(|reason| !reason.is_empty());
        status.history.push(Transition {
            version: status.version,
            at_ms: now.unix_ms,
            service,
            worker: worker.map(str::to_owned),
            state: status.state,
            phase: status.phase,
            epoch: status.epoch,
            attempts: status.attempts,
            reason,
        });
        let surplus = status.history.len().saturating_sub(Transition::KEPT);
        status.history.drain(..surplus);
    }
}

/// Tells whether a record has it already, and lately, that its job is in the queue.
pub(super) fn is_noted_queued(
    connection: &Connection,
    id: MediaId,
    epoch: u32,
    now: Now,
) -> Result<bool, Fault> {
    let lately = now.after(now.patience.unclaimed * 9 / 10);
    let mut select = connection.prepare_cached(IS_NOTED_QUEUED)?;
    Ok(select.exists(params![id.as_bytes(), epoch, lately, now.elapsed_ms])?)
}

/// Notes in the record of a job, if there is one, that it is in the queue.
pub(super) fn note_queued(
    connection: &Connection,
    id: MediaId,
    epoch: u32,
    now: Now,
) -> Result<(), Fault> {
    let times = (stored(now.unix_ms), now.due_if_unclaimed());
    let values = params![id.as_bytes(), epoch, times.0, times.1];
    connection.prepare_cached(NOTE_QUEUED)?.execute(values)?;
    Ok(())
}

/// The first transition of every medium.
fn accepted(now: Now) -> Transition {
    Transition {
        version: 1,
        at_ms: now.unix_ms,
        service: Service::Webserver,
        worker: None,
        state: State::Processing,
        phase: Phase::Queued,
        epoch: 1,
        attempts: 0,
        reason: None,
    }
}

/// The columns of a row, one after the other.
struct Columns<'row> {
    row: &'row Row<'row>,
    at: usize,
}

impl<'row> Columns<'row> {
    fn of(row: &'row Row<'row>) -> Self {
        Self { row, at: 0 }
    }

    fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.at += 1;
        self.row.get(self.at - 1)
    }

    fn id(&mut self) -> rusqlite::Result<MediaId> {
        self.next().map(MediaId::from_bytes)
    }

    fn number(&mut self) -> rusqlite::Result<u64> {
        self.next().map(i64::unsigned_abs)
    }

    /// Reads what is kept as text. The closure gives `None` where the text is not of the kind.
    fn read<T>(
        &mut self,
        id: MediaId,
        field: &str,
        read: impl FnOnce(Option<&str>) -> Option<T>,
    ) -> Result<T, Fault> {
        let column = self.row.get_ref(self.at)?;
        self.at += 1;
        let text = column.as_str_or_null().map_err(rusqlite::Error::from)?;
        read(text).ok_or_else(|| Fault::Field(format!("the {field} of {id} is not one")))
    }
}

pub(super) fn read_record(row: &Row<'_>) -> Result<(MediaId, Result<Record, Fault>), Fault> {
    let mut columns = Columns::of(row);
    let (id, _deleted_at_ms) = (columns.id()?, columns.next::<Option<i64>>()?);
    Ok((id, read_columns(&mut columns, id)))
}

/// Reads what comes after the id and the time of the deletion.
fn read_columns(columns: &mut Columns<'_>, id: MediaId) -> Result<Record, Fault> {
    let status = read_status(columns, id)?;
    let request = Uuid::from_bytes(columns.next()?);
    let holder: Option<[u8; 16]> = columns.next()?;
    let (end_only, lease_until_ms) = (columns.next()?, columns.next()?);
    Ok(Record {
        status,
        request,
        holder: holder.map(|token| Holder {
            token: Uuid::from_bytes(token),
            end_only,
            lease_until_ms,
        }),
        given_back: columns.next::<Option<[u8; 16]>>()?.map(Uuid::from_bytes),
        worker: columns.next()?,
        due_ms: columns.next()?,
        published_epoch: columns.next()?,
        published_at_ms: columns.number()?,
    })
}

fn read_status(columns: &mut Columns<'_>, id: MediaId) -> Result<Status, Fault> {
    let created_at_ms = columns.number()?;
    Ok(Status {
        media_id: id,
        created_at_ms,
        media_type: columns.read(id, "media type", |text| text?.parse().ok())?,
        service: columns.read(id, "service", |text| read(text?).ok())?,
        state: columns.read(id, "state", |text| read(text?).ok())?,
        phase: columns.read(id, "phase", |text| read(text?).ok())?,
        message: columns.next()?,
        code: columns.next()?,
        version: columns.number()?,
        epoch: columns.next()?,
        attempts: columns.next()?,
        handler_faults: columns.next()?,
        updated_at_ms: columns.number()?,
        original: Original {
            bytes: columns.number()?,
            sha256: columns.next()?,
        },
        options: columns.read(id, "options", |text| read_options(text).ok())?,
        thumbnail: columns.read(id, "thumbnail", |text| from_json(text).ok())?,
        handler: columns.read(id, "handler", |text| from_json(text).ok())?,
        cost: columns.read(id, "cost", |text| from_json(text).ok())?,
        fault: columns.read(id, "fault", |text| read_optional(text).ok())?,
        history: columns.read(id, "history", |text| {
            Some(read_history(text?, created_at_ms))
        })?,
    })
}

/// SQLite's integers are signed; no count or time of ours comes near their end.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
