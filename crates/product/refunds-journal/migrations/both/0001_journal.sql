-- What is known of refunds, before, while and after they are sent. Times are milliseconds of Unix time by the
-- database's clock, except `first_sent_at`, which is by the sender's. Amounts are decimals as texts.

CREATE TABLE payments (
    id TEXT NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    -- What was paid, where somebody has told it.
    total TEXT,
    currency TEXT,
    -- Written by whoever decides on a refund of it, so that they decide one after the other.
    turn BIGINT NOT NULL
);

CREATE TABLE refunds (
    id TEXT NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    place TEXT NOT NULL,
    reference TEXT NOT NULL,
    payment TEXT NOT NULL REFERENCES payments (id),
    -- What is asked for, personal data included; NULL once it is forgotten.
    action TEXT,
    -- Tells the same request from another, also when it is forgotten.
    digest TEXT NOT NULL,
    -- NULL for everything that was paid.
    amount TEXT,
    currency TEXT,
    state TEXT NOT NULL,
    -- The state to go back to where nothing happens by what is being sent.
    before TEXT NOT NULL,
    -- Whether workers may send it.
    queued BIGINT NOT NULL,
    -- What the provider told last.
    status TEXT,
    refund_id TEXT,
    retry_mark TEXT,
    -- What a reconciliation needs, while it is in doubt.
    record TEXT,
    why TEXT,
    -- The row of evidence that decided.
    evidence TEXT,
    -- Since when only a person or an event can settle it.
    waits_since BIGINT,
    -- What events have told.
    progress TEXT,
    -- Counts those who took it on; whoever holds an older number may not send.
    fence BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    -- Whether nothing has happened by what was sent under the present fence.
    clean BIGINT NOT NULL,
    -- Whether a reconciliation was begun under it.
    reconciling BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    first_sent_at BIGINT,
    -- When a worker is to look at it; NULL for never.
    due_at BIGINT,
    -- How often it was looked at without an end.
    looks BIGINT NOT NULL,
    batch TEXT,
    line BIGINT,
    facts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX refunds_of_payment ON refunds (payment);
CREATE INDEX refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX refunds_of_batch ON refunds (batch, line) WHERE batch IS NOT NULL;
CREATE INDEX refunds_by_id ON refunds (provider, place, refund_id) WHERE refund_id IS NOT NULL;
CREATE INDEX refunds_changed ON refunds (changed_at);

-- What was learnt and from where; nothing here is ever changed.
CREATE TABLE facts (
    refund TEXT NOT NULL REFERENCES refunds (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    source TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (refund, number)
);
