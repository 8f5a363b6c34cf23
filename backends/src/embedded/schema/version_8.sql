-- Which system the records are of: one row, once somebody has said so.

CREATE TABLE system (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    id   BLOB NOT NULL
) STRICT;
