use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use thumbnailify_core::{Case, Crash, Crashes, Quarantine, Result};

use super::database::Database;
use super::fault::Fault;
use super::writer::Durability;
use crate::spelling::read;

const FORGET: &str = "DELETE FROM crash WHERE forget_at_ms <= ?1";

/// A repeat gets a new number, and so becomes the last.
const NOTE: &str = "
REPLACE INTO crash (upload_sha256, handler_sha256, run, fault, message, culprit_sha256, forget_at_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const KEEP: &str = "
UPDATE crash SET forget_at_ms = ?3 WHERE upload_sha256 = ?1 AND handler_sha256 = ?2";

const SELECT: &str = "
SELECT count(*) OVER () AS count, fault, message, culprit_sha256 FROM crash
WHERE upload_sha256 = ?1 AND handler_sha256 = ?2 AND forget_at_ms > ?3
ORDER BY seq DESC LIMIT 1";

const LIFT: &str = "DELETE FROM crash WHERE upload_sha256 = ?1 AND handler_sha256 = ?2";

/// The quarantine in the table `crash`.
///
/// It goes by the time of day, since it outlives the process: a clock that is set forgets sooner or later.
#[derive(Debug)]
pub(super) struct EmbeddedQuarantine {
    database: Arc<Database>,
}

impl EmbeddedQuarantine {
    pub(super) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Quarantine for EmbeddedQuarantine {
    async fn note(&self, case: &Case, run: &str, crash: &Crash, keep: Duration) -> Result<Crashes> {
        let (clock, case) = (self.database.clock(), case.clone());
        let (run, crash) = (run.to_owned(), crash.clone());
        let step = move |connection: &Connection| {
            let now_ms = stored(clock.now().unix_ms.into());
            note(connection, &case, &run, &crash, now_ms, keep)?;
            select(connection, &case, now_ms)
        };
        self.database.write(Durability::Process, step).await
    }

    async fn crashes(&self, case: &Case) -> Result<Crashes> {
        let (clock, case) = (self.database.clock(), case.clone());
        let step = move |connection: &Connection| {
            select(connection, &case, stored(clock.now().unix_ms.into()))
        };
        self.database.read(step).await
    }

    async fn lift(&self, case: &Case) -> Result<()> {
        let case = case.clone();
        let step = move |connection: &Connection| {
            let values = params![case.upload_sha256, case.handler_sha256];
            connection.prepare_cached(LIFT)?.execute(values)?;
            Ok(())
        };
        self.database.write(Durability::Process, step).await
    }
}

fn note(
    connection: &Connection,
    case: &Case,
    run: &str,
    crash: &Crash,
    now_ms: i64,
    keep: Duration,
) -> Result<(), Fault> {
    connection.prepare_cached(FORGET)?.execute([now_ms])?;
    let (upload, handler) = (&case.upload_sha256, &case.handler_sha256);
    let Crash {
        fault,
        message,
        culprit_sha256: culprit,
    } = crash;
    let fault = fault.as_str();
    let forget_at_ms = now_ms.saturating_add(stored(keep.as_millis()));
    let crash = params![upload, handler, run, fault, message, culprit, forget_at_ms];
    connection.prepare_cached(NOTE)?.execute(crash)?;
    let times = params![upload, handler, forget_at_ms];
    connection.prepare_cached(KEEP)?.execute(times)?;
    Ok(())
}

fn select(connection: &Connection, case: &Case, now_ms: i64) -> Result<Crashes, Fault> {
    let values = params![case.upload_sha256, case.handler_sha256, now_ms];
    let mut select = connection.prepare_cached(SELECT)?;
    let crashes = select.query_row(values, |row| Ok(read_crashes(row)));
    crashes.optional()?.unwrap_or(Ok(Crashes::default()))
}

fn read_crashes(row: &Row<'_>) -> Result<Crashes, Fault> {
    let fault: String = row.get("fault")?;
    let last = Crash {
        fault: read(&fault).map_err(|error| Fault::Field(format!("a crash: {error}")))?,
        message: row.get("message")?,
        culprit_sha256: row.get("culprit_sha256")?,
    };
    Ok(Crashes {
        count: row.get("count")?,
        last: Some(last),
    })
}

/// SQLite's integers are signed; no time of ours comes near their end.
fn stored(ms: u128) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
