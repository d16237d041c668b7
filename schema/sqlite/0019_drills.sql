-- Practice switches: a row each, which stays when its pool is gone. While one lasts it belongs to
-- its pool's row, and there is at most one of each pool.
CREATE TABLE drill (
    id                INTEGER PRIMARY KEY,
    pool              INTEGER NOT NULL,
    pool_name         TEXT NOT NULL,
    from_server       INTEGER NOT NULL,
    to_server         INTEGER NOT NULL,
    from_name         TEXT NOT NULL,
    to_name           TEXT NOT NULL,
    who               TEXT NOT NULL,
    why               TEXT NOT NULL,
    scheduled         INTEGER NOT NULL,
    started           INTEGER NOT NULL,
    home_since        INTEGER NOT NULL,  -- 0: not yet
    ended             INTEGER NOT NULL,  -- 0: not yet
    phase             TEXT NOT NULL CHECK (phase IN ('away', 'home', 'ended')),
    result            TEXT NOT NULL CHECK (result IN ('none', 'passed', 'failed', 'aborted')),
    reason            TEXT NOT NULL,
    stay_s            INTEGER NOT NULL,
    estimate_ms       INTEGER NOT NULL,  -- -1: not known
    epoch             INTEGER NOT NULL,
    away_confirmed_ms INTEGER NOT NULL,  -- -1: not yet, and so the others
    away_served_ms    INTEGER NOT NULL,
    home_confirmed_ms INTEGER NOT NULL,
    home_served_ms    INTEGER NOT NULL
) STRICT;
CREATE INDEX drill_of_pool ON drill (pool, id);
ALTER TABLE pool ADD COLUMN drill_every_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pool ADD COLUMN drill_not TEXT NOT NULL DEFAULT '';
ALTER TABLE pool ADD COLUMN last_drill INTEGER NOT NULL DEFAULT 0;       -- 0: never
ALTER TABLE pool ADD COLUMN last_good_drill INTEGER NOT NULL DEFAULT 0;  -- 0: never
ALTER TABLE pool ADD COLUMN drill_next INTEGER NOT NULL DEFAULT 0;       -- 0: nothing is planned
