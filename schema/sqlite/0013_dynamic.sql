-- Whether a server's address may follow what its agent reports, and when each family last did.
ALTER TABLE server ADD COLUMN dynamic INTEGER NOT NULL DEFAULT 0;
ALTER TABLE server ADD COLUMN followed_ipv4 TEXT NOT NULL DEFAULT '[]';  -- times
ALTER TABLE server ADD COLUMN followed_ipv6 TEXT NOT NULL DEFAULT '[]';  -- times
-- The epoch of its pool that people were last told a move of.
ALTER TABLE domain ADD COLUMN told_epoch INTEGER NOT NULL DEFAULT -1;
