-- Of one statement all changes are of one moment, and a page of a list begins between them.

DROP INDEX refunds_changed;
CREATE INDEX refunds_changed ON refunds (changed_at, id);
