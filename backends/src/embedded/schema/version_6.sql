-- When somebody should look after an open medium, counted from the opening of the file, and when its job was noted
-- as published, in milliseconds since 1970 (UTC).

ALTER TABLE media ADD COLUMN due_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN published_at_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX media_due ON media (due_ms) WHERE state = 'Processing' AND deleted_at_ms IS NULL;
