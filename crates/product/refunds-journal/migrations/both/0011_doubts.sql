-- What is in doubt, to be counted: only that has a record, and taking a refund on changes none.

CREATE INDEX refunds_in_doubt ON refunds (provider) WHERE record IS NOT NULL;
