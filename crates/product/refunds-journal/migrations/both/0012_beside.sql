-- The provider's id of a refund that was accepted under the reference beside the one that is known: both may be paid.

ALTER TABLE refunds ADD COLUMN beside TEXT;
CREATE INDEX refunds_beside ON refunds (beside) WHERE beside IS NOT NULL;

-- Attempts that may have happened are counted on over all calls, and none is where nothing has.

UPDATE refunds SET tries = 0
WHERE (state = 'rejected' AND why <> 'rejected, as somebody says') OR (state = 'not_sent' AND why IS NOT NULL);
