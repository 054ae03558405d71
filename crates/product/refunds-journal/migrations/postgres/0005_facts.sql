CREATE FUNCTION append_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO facts (refund, number, at, source, what, detail)
    VALUES (NEW.id, NEW.facts, NEW.changed_at, NEW.fact_source, NEW.fact_what, NEW.fact_detail);
    RETURN NULL;
END
$$;

CREATE TRIGGER fact_of_a_new_refund AFTER INSERT ON refunds FOR EACH ROW
    WHEN (NEW.facts > 0) EXECUTE FUNCTION append_fact();

CREATE TRIGGER fact_of_a_change AFTER UPDATE OF facts ON refunds FOR EACH ROW
    WHEN (NEW.facts > OLD.facts) EXECUTE FUNCTION append_fact();
