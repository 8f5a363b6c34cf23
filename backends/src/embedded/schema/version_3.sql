-- What the thumbnail is to be like, as JSON; nothing where nothing is said. In `media` it is for a job that
-- is queued anew.

ALTER TABLE job ADD COLUMN options TEXT;
ALTER TABLE media ADD COLUMN options TEXT;
