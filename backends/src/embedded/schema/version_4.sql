-- The lists, by time and within a millisecond by id: all media, and those of each state. The second also finds
-- the open media, for which there was an index of its own.

CREATE INDEX media_listed ON media (created_at_ms, media_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX media_of_state ON media (state, created_at_ms, media_id) WHERE deleted_at_ms IS NULL;
DROP INDEX media_open;
