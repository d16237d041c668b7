-- Which recipients have a message that others still lack, in the words of the channel's driver.
ALTER TABLE outbox ADD COLUMN served TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_partly_served ON outbox (id) WHERE state = 'pending' AND served <> '';
