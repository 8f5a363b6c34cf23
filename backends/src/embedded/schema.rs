use rusqlite::Connection;
use thumbnailify_core::{Error, Result};

use super::clock::Now;
use super::fault::{BACKEND, Fault};

/// Counted up with each change of the tables.
const VERSION: i64 = 1;

/// `job` is the queue: a job is out with a holder while `due_ms` lies ahead. `media` is the status; a
/// deleted medium stays as a tombstone. Times named `due` and `lease` count from the opening of the file.
const TABLES: &str = "
CREATE TABLE job (
    seq        INTEGER PRIMARY KEY,
    media_id   BLOB NOT NULL,
    epoch      INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    due_ms     INTEGER NOT NULL,
    attempt    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (media_id, epoch)
) STRICT;
CREATE INDEX job_due ON job (due_ms, seq);

CREATE TABLE media (
    media_id        BLOB NOT NULL PRIMARY KEY,
    request         BLOB NOT NULL,
    media_type      TEXT NOT NULL,
    service         TEXT NOT NULL,
    state           TEXT NOT NULL,
    phase           TEXT NOT NULL,
    message         TEXT NOT NULL,
    code            INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    epoch           INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    updated_at_ms   INTEGER NOT NULL,
    original_bytes  INTEGER NOT NULL,
    original_sha256 TEXT NOT NULL,
    thumbnail       TEXT,
    handler         TEXT,
    cost            TEXT,
    holder          BLOB,
    holds_end_only  INTEGER NOT NULL DEFAULT 0,
    lease_until_ms  INTEGER NOT NULL DEFAULT 0,
    given_back      BLOB,
    published_epoch INTEGER NOT NULL DEFAULT 0,
    deleted_at_ms   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX media_open ON media (created_at_ms)
    WHERE state = 'Processing' AND deleted_at_ms IS NULL;
CREATE INDEX media_deleted ON media (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;
";

/// A claim that its holder did not live to end counts as an attempt that ended.
const RELEASE_CLAIMS: &str = "
UPDATE media SET holder = NULL, phase = 'retrying', version = version + 1, updated_at_ms = ?1
WHERE state = 'Processing' AND deleted_at_ms IS NULL AND holder IS NOT NULL";

/// An upload is recorded and queued in two steps, and a process may have been killed between them.
const QUEUE_FORGOTTEN_JOBS: &str = "
INSERT INTO job (media_id, epoch, media_type, bytes, due_ms)
SELECT media_id, epoch, media_type, original_bytes, 0 FROM media
WHERE state = 'Processing' AND deleted_at_ms IS NULL
ORDER BY created_at_ms
ON CONFLICT (media_id, epoch) DO NOTHING";

/// Makes the tables where they are missing, and puts right what an earlier process left undone.
pub(super) fn prepare(connection: &mut Connection, now: Now) -> Result<(), Fault> {
    let transaction = connection.transaction()?;
    let version = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        VERSION => {}
        other => return Err(unknown_version(other).into()),
    }
    transaction.execute("UPDATE job SET due_ms = 0", [])?;
    let unix_ms = i64::try_from(now.unix_ms).unwrap_or(i64::MAX);
    transaction.execute(RELEASE_CLAIMS, [unix_ms])?;
    transaction.execute(QUEUE_FORGOTTEN_JOBS, [])?;
    Ok(transaction.commit()?)
}

fn unknown_version(version: i64) -> Error {
    let detail = format!("the file is of version {version}; this program knows {VERSION}");
    Error::broken(BACKEND, detail)
}
