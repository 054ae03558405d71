-- Who puts the lines of a batch down, so that no two do at once, and until when they are taken to be alive.

ALTER TABLE batches ADD COLUMN planner BIGINT NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN planned_until BIGINT NOT NULL DEFAULT 0;
