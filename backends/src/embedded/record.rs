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

const SELECT: &str = "SELECT * FROM media WHERE media_id = ?1";

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
            let deleted_at_ms: Option<i64> = row.get("deleted_at_ms")?;
            Ok(match deleted_at_ms {
                Some(_) => Ok(Found::Deleted),
                None => read_record(row, id).map(Found::Live),
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

pub(super) fn read_record(row: &Row<'_>, id: MediaId) -> Result<Record, Fault> {
    let holder: Option<[u8; 16]> = row.get("holder")?;
    let (end_only, lease_until_ms) = (row.get("holds_end_only")?, row.get("lease_until_ms")?);
    let given_back: Option<[u8; 16]> = row.get("given_back")?;
    Ok(Record {
        status: read_status(row, id)?,
        request: Uuid::from_bytes(row.get("request")?),
        holder: holder.map(|token| Holder {
            token: Uuid::from_bytes(token),
            end_only,
            lease_until_ms,
        }),
        given_back: given_back.map(Uuid::from_bytes),
        worker: row.get("worker")?,
        due_ms: row.get("due_ms")?,
        published_epoch: row.get("published_epoch")?,
        published_at_ms: row.get::<_, i64>("published_at_ms")?.unsigned_abs(),
    })
}

pub(super) fn read_status(row: &Row<'_>, id: MediaId) -> Result<Status, Fault> {
    let text = |column| row.get::<_, String>(column);
    let optional = |column| row.get::<_, Option<String>>(column);
    let number = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    let wrong = |field: &str| Fault::Field(format!("the {field} of {id} is not one"));
    let created_at_ms = number("created_at_ms")?;
    Ok(Status {
        media_id: id,
        media_type: text("media_type")?
            .parse()
            .map_err(|_| wrong("media type"))?,
        service: read(&text("service")?).map_err(|_| wrong("service"))?,
        state: read(&text("state")?).map_err(|_| wrong("state"))?,
        phase: read(&text("phase")?).map_err(|_| wrong("phase"))?,
        message: text("message")?,
        code: row.get("code")?,
        version: number("version")?,
        epoch: row.get("epoch")?,
        attempts: row.get("attempts")?,
        handler_faults: row.get("handler_faults")?,
        created_at_ms,
        updated_at_ms: number("updated_at_ms")?,
        original: Original {
            bytes: number("original_bytes")?,
            sha256: text("original_sha256")?,
        },
        options: read_options(optional("options")?.as_deref()).map_err(|_| wrong("options"))?,
        thumbnail: from_json(optional("thumbnail")?.as_deref()).map_err(|_| wrong("thumbnail"))?,
        handler: from_json(optional("handler")?.as_deref()).map_err(|_| wrong("handler"))?,
        cost: from_json(optional("cost")?.as_deref()).map_err(|_| wrong("cost"))?,
        fault: read_optional(optional("fault")?.as_deref()).map_err(|_| wrong("fault"))?,
        history: read_history(&text("history")?, created_at_ms),
    })
}

/// SQLite's integers are signed; no count or time of ours comes near their end.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
