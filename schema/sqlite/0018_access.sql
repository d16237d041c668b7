-- Tokens of the API, with what each may do and to what. Those that there are stay as they were:
-- they may do everything.
CREATE TABLE token (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    hash         TEXT NOT NULL,
    prefix       TEXT NOT NULL UNIQUE,
    role         TEXT NOT NULL CHECK (role IN ('guest', 'viewer', 'operator', 'admin')),
    scope_pools  TEXT,  -- NULL: whichever
    scope_labels TEXT NOT NULL,
    sources      TEXT NOT NULL,
    expires      INTEGER NOT NULL,  -- 0: never
    made_by      TEXT NOT NULL,
    made         INTEGER NOT NULL,
    used         INTEGER NOT NULL,  -- 0: never
    used_from    TEXT NOT NULL
) STRICT;
INSERT INTO token
    SELECT (SELECT last_id FROM meta) + row_number() OVER (ORDER BY name), name, hash, prefix,
           'admin', NULL, '{}', '[]', 0, '', created, 0, ''
    FROM admin_token;
UPDATE meta SET last_id = last_id + (SELECT count(*) FROM admin_token);
DROP TABLE admin_token;
-- Of an order: who gave it and from where, the whole of it, and what it was about before and after.
ALTER TABLE log ADD COLUMN audit TEXT NOT NULL DEFAULT '';
