-- To whom a refund is handed out is not said by when it is due: no index holds these, so that handing out is cheap. What
-- is handed out is free again once it is due at another time.

ALTER TABLE refunds ADD COLUMN handed_for BIGINT NOT NULL DEFAULT -1;
ALTER TABLE refunds ADD COLUMN handed_until BIGINT NOT NULL DEFAULT 0;

CREATE INDEX refunds_waiting ON refunds (waits_since) WHERE waits_since IS NOT NULL;
