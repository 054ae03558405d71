-- Each refund is written several times, at best within its page.
ALTER TABLE refunds SET (fillfactor = 50);
