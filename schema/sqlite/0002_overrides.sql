-- What people force, what pools may be, and what decisions were made from. Overrides are JSON
-- objects {"who", "why", "since", "until"}, times in milliseconds.

ALTER TABLE server ADD COLUMN maintenance TEXT;

ALTER TABLE pool ADD COLUMN mode TEXT NOT NULL DEFAULT 'failover';
ALTER TABLE pool ADD COLUMN max_answers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pool ADD COLUMN answers TEXT NOT NULL DEFAULT 'member_order';
ALTER TABLE pool ADD COLUMN implicit INTEGER NOT NULL DEFAULT 1;  -- goes with its last domain
ALTER TABLE pool ADD COLUMN targets TEXT NOT NULL DEFAULT '[]';   -- servers; []: the fallback
ALTER TABLE pool ADD COLUMN would TEXT NOT NULL DEFAULT '[]';     -- the same, in a dry run
ALTER TABLE pool ADD COLUMN hold TEXT;
ALTER TABLE pool ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pool ADD COLUMN preferred TEXT;
ALTER TABLE pool ADD COLUMN preferred_server INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pool ADD COLUMN observe TEXT;
ALTER TABLE pool ADD COLUMN failovers TEXT NOT NULL DEFAULT '[]';  -- times
ALTER TABLE pool ADD COLUMN change_window INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pool ADD COLUMN change_count INTEGER NOT NULL DEFAULT 0;
UPDATE pool SET targets = iif(target = 0, '[]', '[' || target || ']');
UPDATE pool SET would = targets;
ALTER TABLE pool DROP COLUMN target;

ALTER TABLE domain ADD COLUMN ignored TEXT;
ALTER TABLE domain ADD COLUMN stranger_why TEXT NOT NULL DEFAULT '';  -- '': other content
ALTER TABLE domain ADD COLUMN adopted_epoch INTEGER NOT NULL DEFAULT -1;  -- of the pool; -1: none
ALTER TABLE domain ADD COLUMN change_window INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN change_count INTEGER NOT NULL DEFAULT 0;

CREATE TABLE controls (
    only            INTEGER PRIMARY KEY CHECK (only = 1),
    pause           TEXT,
    observe         TEXT,
    losses_accepted TEXT
) STRICT;
INSERT INTO controls (only) VALUES (1);

ALTER TABLE log ADD COLUMN evidence TEXT NOT NULL DEFAULT '';  -- JSON; '': no decision

-- What the engine was told about servers, for trying other policies on it. Append-only.
CREATE TABLE sighting (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    server INTEGER NOT NULL,  -- 0: the controller itself
    sight  TEXT NOT NULL
) STRICT;
CREATE INDEX sighting_at ON sighting (at);
