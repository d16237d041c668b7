-- Whether stand-bys have to be ready, and of which servers people know that they are not.
ALTER TABLE pool ADD COLUMN require_ready TEXT NOT NULL DEFAULT 'prefer';
ALTER TABLE server ADD COLUMN unready_told INTEGER NOT NULL DEFAULT 0;
