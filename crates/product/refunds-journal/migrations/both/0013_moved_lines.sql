-- Lines of cancelled batches that were planned anew in another one.

CREATE TABLE moved_lines (
    batch TEXT NOT NULL,
    line BIGINT NOT NULL,
    provider TEXT NOT NULL,
    place TEXT NOT NULL,
    reference TEXT NOT NULL,
    payment TEXT NOT NULL,
    amount TEXT,
    currency TEXT,
    into_batch TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (batch, line)
);
