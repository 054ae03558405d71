-- What was sent and what is queued are looked for by themselves, and what is queued by its batch as well: nobody walks past what is due
-- and not his to send.

DROP INDEX refunds_due;
CREATE INDEX refunds_sent_due ON refunds (provider, place, due_at) WHERE due_at IS NOT NULL AND state <> 'not_sent';
CREATE INDEX refunds_queued_due ON refunds (provider, place, due_at) WHERE due_at IS NOT NULL AND state = 'not_sent';
CREATE INDEX refunds_queued_due_of_batch ON refunds (batch, due_at) WHERE due_at IS NOT NULL AND state = 'not_sent';
