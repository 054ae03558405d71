-- Each provider is asked for by itself: one of which nothing is due does not read what is due of the others.

DROP INDEX refunds_due;
CREATE INDEX refunds_due ON refunds (provider, place, due_at) WHERE due_at IS NOT NULL;
