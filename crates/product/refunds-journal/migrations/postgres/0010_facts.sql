CREATE OR REPLACE FUNCTION append_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO facts (refund, number, at, source, what, detail)
    VALUES (NEW.id, NEW.facts, GREATEST(NEW.changed_at, NEW.fact_at), NEW.fact_source, NEW.fact_what, NEW.fact_detail);
    RETURN NULL;
END
$$;

-- Facts are of the row that appends them, and no refund is deleted.
ALTER TABLE facts DROP CONSTRAINT facts_refund_fkey;
