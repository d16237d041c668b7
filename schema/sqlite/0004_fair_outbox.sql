-- Whose turn it is in a channel's queue. What is about one server (or, where none is named, one
-- pool) and what belongs to one incident keeps its order; otherwise nobody's news waits behind all
-- of somebody else's. 0: about several, or about nothing in particular.
ALTER TABLE outbox ADD COLUMN subject INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN incident INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
DROP INDEX outbox_pending;
CREATE INDEX outbox_pending ON outbox (channel, turn, id) WHERE state = 'pending';
CREATE INDEX outbox_subject ON outbox (channel, subject, turn, id)
    WHERE state = 'pending' AND subject <> 0;
CREATE INDEX outbox_incident ON outbox (channel, incident, turn)
    WHERE state = 'pending' AND incident <> 0;
