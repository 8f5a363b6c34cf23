-- `job` is the queue: a job is out with a holder while `due_ms` lies ahead. `media` is the status; a
-- deleted medium stays as a tombstone. Times named `due` and `lease` count from the opening of the file.

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
