-- When a channel is told only what cannot wait: a list of texts like
-- "mon-fri 22:00-07:00 Europe/Berlin CET-1CEST,M3.5.0,M10.5.0/3", the last being the zone's rule.
ALTER TABLE channel ADD COLUMN quiet_hours TEXT NOT NULL DEFAULT '[]';
-- What is broken, while it is: who acknowledged it, and which channels were told that nobody did.
CREATE TABLE incident (
    id           INTEGER PRIMARY KEY,
    created      INTEGER NOT NULL,
    severity     TEXT NOT NULL,
    since        INTEGER NOT NULL,
    acknowledged TEXT,
    waits_since  INTEGER NOT NULL,
    escalated    TEXT NOT NULL,
    owed         TEXT NOT NULL
) STRICT;
ALTER TABLE domain ADD COLUMN incident INTEGER NOT NULL DEFAULT 0;
-- A channel that hears only of what nobody acknowledged for so long (0: of all, at once), and the
-- thread of what it was told.
ALTER TABLE channel ADD COLUMN after_min INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channel ADD COLUMN escalation INTEGER NOT NULL DEFAULT 0;
