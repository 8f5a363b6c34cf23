-- Which request a job goes back to, as JSON; nothing where nothing is known. When it was queued is in
-- milliseconds since 1970 (UTC), and 0 where that is not known.

ALTER TABLE job ADD COLUMN trace TEXT;
ALTER TABLE job ADD COLUMN queued_at_ms INTEGER NOT NULL DEFAULT 0;
