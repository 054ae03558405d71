-- For how long whoever approves a batch wants that it can still be cancelled: the longest counts.

ALTER TABLE approvals ADD COLUMN cancel_window BIGINT NOT NULL DEFAULT 0;
