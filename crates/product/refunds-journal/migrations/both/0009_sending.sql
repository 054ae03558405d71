-- What is being sent is handed out until its lease ends, and no index holds what that changes: `changed_at` says when
-- something was learnt, and `fact_at` when a fact was put down that changes nothing else.

ALTER TABLE refunds ADD COLUMN fact_at BIGINT NOT NULL DEFAULT 0;
