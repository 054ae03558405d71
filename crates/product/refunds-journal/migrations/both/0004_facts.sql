-- What the last change of a refund says of itself. A trigger appends it to the facts, so that no change that says
-- something can be without its fact.

ALTER TABLE refunds ADD COLUMN fact_source TEXT;
ALTER TABLE refunds ADD COLUMN fact_what TEXT;
ALTER TABLE refunds ADD COLUMN fact_detail TEXT;
