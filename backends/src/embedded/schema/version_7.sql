-- The last writes of a record, a line for each (see `history.rs`), the worker that holds the claim or held it last,
-- and how many attempts of the epoch a crash of the handler ended.

ALTER TABLE media ADD COLUMN history TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN worker TEXT;
ALTER TABLE media ADD COLUMN handler_faults INTEGER NOT NULL DEFAULT 0;

-- The letters of jobs that were given up, as JSON, one for each medium and numbered in the order in which they came. Not
-- even the number of one that was removed is used again, since a list may go on from it.

CREATE TABLE dead_letter (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    media_id    BLOB NOT NULL UNIQUE,
    letter      TEXT NOT NULL,
    added_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letter_age ON dead_letter (added_at_ms);
