-- Attempts that may have happened: those by which nothing happened say nothing of the others.

ALTER TABLE refunds ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
UPDATE refunds SET tries = attempts;
