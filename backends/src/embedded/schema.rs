use rusqlite::Connection;
use thumbnailify_core::{Error, Result};

use super::clock::Now;
use super::fault::{BACKEND, Fault};

/// What makes each version of the tables from the one before. A released version never changes.
const VERSIONS: [&str; 8] = [
    include_str!("schema/version_1.sql"),
    include_str!("schema/version_2.sql"),
    include_str!("schema/version_3.sql"),
    include_str!("schema/version_4.sql"),
    include_str!("schema/version_5.sql"),
    include_str!("schema/version_6.sql"),
    include_str!("schema/version_7.sql"),
    include_str!("schema/version_8.sql"),
];

/// The version that this program knows: how many there are.
const VERSION: i64 = VERSIONS.len() as i64;

/// A claim that its holder did not live to end counts as an attempt that ended.
const RELEASE_CLAIMS: &str = "
UPDATE media SET holder = NULL, phase = 'retrying', version = version + 1, updated_at_ms = ?1,
    history = history || (version + 1) || ' ' || (?1 - created_at_ms) || ' retrying worker ' || epoch || ' '
        || attempts || ' ' || coalesce(worker, '-') || ' the process ended before the attempt did' || char(10)
WHERE state = 'Processing' AND deleted_at_ms IS NULL AND holder IS NOT NULL";

/// An upload is recorded and queued in two steps, and a process may have been killed between them.
const QUEUE_FORGOTTEN_JOBS: &str = "
INSERT INTO job (media_id, epoch, media_type, bytes, sha256, options, due_ms, queued_at_ms)
SELECT media_id, epoch, media_type, original_bytes, original_sha256, options, 0, ?1 FROM media
WHERE state = 'Processing' AND deleted_at_ms IS NULL
ORDER BY created_at_ms
ON CONFLICT (media_id, epoch) DO NOTHING";

/// Times of another process mean nothing in this one. A claim is over by now, so none is due for its lease.
const START_TIMES: &str = "
UPDATE media SET due_ms = iif(published_epoch < epoch, ?1, ?2)
WHERE state = 'Processing' AND deleted_at_ms IS NULL";

/// Brings the tables up to date, and puts right what an earlier process left undone.
pub(super) fn prepare(connection: &mut Connection, now: Now) -> Result<(), Fault> {
    let transaction = connection.transaction()?;
    upgrade(&transaction)?;
    transaction.execute("UPDATE job SET due_ms = 0", [])?;
    let unix_ms = i64::try_from(now.unix_ms).unwrap_or(i64::MAX);
    transaction.execute(RELEASE_CLAIMS, [unix_ms])?;
    transaction.execute(QUEUE_FORGOTTEN_JOBS, [unix_ms])?;
    let times = [now.due_if_unpublished(), now.due_if_unclaimed()];
    transaction.execute(START_TIMES, times)?;
    Ok(transaction.commit()?)
}

/// Passes a file whose tables are those of this program.
pub(super) fn check(connection: &Connection) -> Result<(), Fault> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == VERSION {
        return Ok(());
    }
    Err(unknown_version(found).into())
}

/// Makes each version that is missing, from none in a new file.
fn upgrade(connection: &Connection) -> Result<(), Fault> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = usize::try_from(found)
        .ok()
        .and_then(|made| VERSIONS.get(made..));
    for tables in missing.ok_or_else(|| unknown_version(found))? {
        connection.execute_batch(tables)?;
    }
    Ok(connection.pragma_update(None, "user_version", VERSION)?)
}

fn unknown_version(version: i64) -> Error {
    let detail = format!("the file is of version {version}; this program knows {VERSION}");
    Error::broken(BACKEND, detail)
}
