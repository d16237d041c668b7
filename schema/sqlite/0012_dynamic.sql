-- Whether a server's address may follow what its agent reports, and when it last did; 0: never.
ALTER TABLE server ADD COLUMN dynamic INTEGER NOT NULL DEFAULT 0;
ALTER TABLE server ADD COLUMN address_followed INTEGER NOT NULL DEFAULT 0;
-- The epoch of its pool that people were last told a move of.
ALTER TABLE domain ADD COLUMN told_epoch INTEGER NOT NULL DEFAULT -1;
