-- Many refunds that are planned, approved and sent together.

CREATE TABLE batches (
    -- Of the file's content and of where it is sent.
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- planning, planned, approved, cancelled
    state TEXT NOT NULL,
    lines BIGINT NOT NULL,
    -- Sums per provider and currency, as JSON.
    sums TEXT NOT NULL,
    -- Sums from which on a second person is needed, as JSON.
    second_above TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it may be sent, once it is approved.
    runs_from BIGINT
);

CREATE TABLE approvals (
    batch TEXT NOT NULL REFERENCES batches (id),
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (batch, person)
);
