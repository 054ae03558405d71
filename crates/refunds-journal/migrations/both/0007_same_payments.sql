-- One payment can have two names, such as a payin and its payment attempt: the row of the second names the first,
-- under which the refunds of both are.

ALTER TABLE payments ADD COLUMN same_as TEXT;
