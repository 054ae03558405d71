DROP TRIGGER fact_of_a_change;

CREATE TRIGGER fact_of_a_change AFTER UPDATE OF facts ON refunds WHEN NEW.facts > OLD.facts BEGIN
    INSERT INTO facts (refund, number, at, source, what, detail)
    VALUES (NEW.id, NEW.facts, MAX(NEW.changed_at, NEW.fact_at), NEW.fact_source, NEW.fact_what, NEW.fact_detail);
END;
