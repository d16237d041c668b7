-- Whether stand-bys have to be ready, and which pools people know a server is not ready for.
ALTER TABLE pool ADD COLUMN require_ready TEXT NOT NULL DEFAULT 'prefer';
ALTER TABLE server ADD COLUMN unready_told TEXT NOT NULL DEFAULT '[]';
