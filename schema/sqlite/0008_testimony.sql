-- What a pool's policy says of evidence and probes, and what observers said of a server's service.
ALTER TABLE pool ADD COLUMN evidence TEXT NOT NULL DEFAULT 'two_of';
ALTER TABLE pool ADD COLUMN confirm_agreed_s INTEGER NOT NULL DEFAULT 5;
ALTER TABLE pool ADD COLUMN probe TEXT NOT NULL DEFAULT 'auto';
ALTER TABLE pool ADD COLUMN probe_status TEXT NOT NULL DEFAULT '200-499';
ALTER TABLE pool ADD COLUMN probe_text TEXT NOT NULL DEFAULT '';
ALTER TABLE pool ADD COLUMN probe_certificate TEXT NOT NULL DEFAULT 'record';
ALTER TABLE pool ADD COLUMN probe_interval_s INTEGER NOT NULL DEFAULT 5;
ALTER TABLE pool ADD COLUMN probe_timeout_s INTEGER NOT NULL DEFAULT 3;
ALTER TABLE pool ADD COLUMN fast_interval_s INTEGER NOT NULL DEFAULT 1;
ALTER TABLE pool ADD COLUMN probe_fall INTEGER NOT NULL DEFAULT 3;
ALTER TABLE pool ADD COLUMN probe_rise INTEGER NOT NULL DEFAULT 2;
ALTER TABLE sighting ADD COLUMN observer INTEGER NOT NULL DEFAULT 0;  -- a server; 0: the controller
ALTER TABLE sighting ADD COLUMN service TEXT NOT NULL DEFAULT '';     -- the probe; '': the link
