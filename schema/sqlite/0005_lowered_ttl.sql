-- The TTL that the service last showed as ours and that was not the record's normal one; -1: none.
ALTER TABLE domain ADD COLUMN lowered_ttl INTEGER NOT NULL DEFAULT -1;
