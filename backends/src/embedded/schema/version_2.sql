-- The hash of the upload is in its job, and how a handler went wrong in the status. `crash` is the
-- quarantine: one row for each run that crashed, numbered in the order in which they were noted.

ALTER TABLE job ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
UPDATE job SET sha256 = media.original_sha256 FROM media WHERE media.media_id = job.media_id;

ALTER TABLE media ADD COLUMN fault TEXT;

CREATE TABLE crash (
    seq            INTEGER PRIMARY KEY,
    upload_sha256  TEXT NOT NULL,
    handler_sha256 TEXT NOT NULL,
    run            TEXT NOT NULL,
    fault          TEXT NOT NULL,
    message        TEXT NOT NULL,
    culprit_sha256 TEXT NOT NULL,
    forget_at_ms   INTEGER NOT NULL,
    UNIQUE (upload_sha256, handler_sha256, run)
) STRICT;
CREATE INDEX crash_forget ON crash (forget_at_ms);
