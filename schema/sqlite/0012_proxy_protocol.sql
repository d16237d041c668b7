-- Whether a pool's probes begin with the PROXY protocol's header.
ALTER TABLE pool ADD COLUMN probe_proxy_protocol TEXT NOT NULL DEFAULT 'off';
