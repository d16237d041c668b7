-- The store's first schema. Times are milliseconds since 1970 UTC; addresses are text as people
-- write them ("192.0.2.10, 2001:db8::10", "nothing"); lists and maps are JSON. Ids come from one
-- counter of the engine and are never used twice, whatever the table.

CREATE TABLE meta (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    instance TEXT NOT NULL,     -- a random name of this store, part of message ids
    last_id  INTEGER NOT NULL,  -- the highest id ever used; never goes back
    created  INTEGER NOT NULL
) STRICT;
INSERT INTO meta VALUES
    (1, lower(hex(randomblob(6))), 0, CAST(strftime('%s', 'now') AS INTEGER) * 1000);

CREATE TABLE server (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    ipv4         TEXT NOT NULL,
    ipv6         TEXT,
    labels       TEXT NOT NULL,
    token_hash   TEXT NOT NULL,
    token_prefix TEXT NOT NULL,
    ever_seen    INTEGER NOT NULL,
    alarm        TEXT NOT NULL,
    incident     INTEGER NOT NULL,
    created      INTEGER NOT NULL
) STRICT;

CREATE TABLE pool (
    id               INTEGER PRIMARY KEY,
    name             TEXT NOT NULL UNIQUE,
    reaction         TEXT NOT NULL,
    confirm_s        INTEGER NOT NULL,
    health_timeout_s INTEGER NOT NULL,
    failback         TEXT NOT NULL,
    failback_after_s INTEGER NOT NULL,
    failover_ttl_s   INTEGER NOT NULL,
    fallback_ipv4    TEXT,
    fallback_ipv6    TEXT,
    target           INTEGER NOT NULL,  -- a server; 0: the fallback address
    outage           INTEGER NOT NULL,
    incident         INTEGER NOT NULL,
    reason           TEXT NOT NULL,
    epoch            INTEGER NOT NULL,
    created          INTEGER NOT NULL
) STRICT;

-- Position 0 is the primary. Deferred, so that one transaction may write rows in any order.
CREATE TABLE pool_member (
    pool     INTEGER NOT NULL REFERENCES pool (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    server   INTEGER NOT NULL REFERENCES server (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (pool, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_member_server ON pool_member (server);

CREATE TABLE provider (
    id                INTEGER PRIMARY KEY,
    name              TEXT NOT NULL UNIQUE,
    kind              TEXT NOT NULL,
    settings          TEXT NOT NULL,
    sealed_credential TEXT NOT NULL,
    created           INTEGER NOT NULL
) STRICT;

CREATE TABLE domain (
    id                   INTEGER PRIMARY KEY,
    name                 TEXT NOT NULL UNIQUE,
    provider             INTEGER NOT NULL REFERENCES provider (id) DEFERRABLE INITIALLY DEFERRED,
    zone_id              TEXT NOT NULL,
    zone_name            TEXT NOT NULL,
    pool                 INTEGER NOT NULL REFERENCES pool (id) DEFERRABLE INITIALLY DEFERRED,
    with_ipv6            INTEGER NOT NULL,
    normal_ttl           INTEGER NOT NULL,  -- 0: automatic
    proxied              INTEGER NOT NULL,
    desired              TEXT NOT NULL,
    desired_ttl          INTEGER NOT NULL,
    generation           INTEGER NOT NULL,
    confirmed            TEXT NOT NULL,
    confirmed_generation INTEGER NOT NULL,
    attempted            TEXT NOT NULL,
    stranger             TEXT,  -- somebody else's content: the record is in conflict
    refused              INTEGER NOT NULL,
    announced_away       INTEGER NOT NULL,
    news                 TEXT NOT NULL,
    news_from            TEXT NOT NULL,
    news_to              TEXT NOT NULL,
    news_incident        INTEGER NOT NULL,
    certificates_warned   TEXT NOT NULL,
    desired_since        INTEGER NOT NULL,  -- when `generation` was decided
    created              INTEGER NOT NULL
) STRICT;
CREATE INDEX domain_pool ON domain (pool);
CREATE INDEX domain_provider ON domain (provider);
CREATE INDEX domain_behind ON domain (desired_since, id)
    WHERE generation <> confirmed_generation AND stranger IS NULL;

CREATE TABLE channel (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL,
    settings        TEXT NOT NULL,
    sealed_settings TEXT NOT NULL,
    types           TEXT NOT NULL,
    pools           TEXT NOT NULL,
    labels          TEXT NOT NULL,
    disabled        INTEGER NOT NULL,
    created         INTEGER NOT NULL
) STRICT;

-- Append-only. No foreign keys: it outlives what it speaks of.
CREATE TABLE log (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    type         TEXT NOT NULL,
    server       INTEGER NOT NULL,
    pool         INTEGER NOT NULL,
    domain       INTEGER NOT NULL,
    incident     INTEGER NOT NULL,
    from_content TEXT NOT NULL,
    to_content   TEXT NOT NULL,
    reason       TEXT NOT NULL,
    detail       TEXT NOT NULL,
    who          TEXT NOT NULL,
    server_name  TEXT NOT NULL,
    pool_name    TEXT NOT NULL,
    domain_name  TEXT NOT NULL
) STRICT;
CREATE INDEX log_at ON log (at);
CREATE INDEX log_type ON log (type, id);
CREATE INDEX log_server ON log (server, id) WHERE server <> 0;
CREATE INDEX log_pool ON log (pool, id) WHERE pool <> 0;
CREATE INDEX log_domain ON log (domain, id) WHERE domain <> 0;
CREATE INDEX log_incident ON log (incident, id) WHERE incident <> 0;

-- No foreign key to channel: what was delivered stays as history when the channel goes.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    channel    INTEGER NOT NULL,
    type       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts   INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    next_try   INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    settled    INTEGER  -- when it was delivered or given up
) STRICT;
CREATE INDEX outbox_pending ON outbox (channel, id) WHERE state = 'pending';
CREATE INDEX outbox_channel ON outbox (channel, id);
CREATE INDEX outbox_settled ON outbox (state, settled) WHERE settled IS NOT NULL;

CREATE TABLE admin_token (
    name    TEXT PRIMARY KEY,
    hash    TEXT NOT NULL,
    prefix  TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
