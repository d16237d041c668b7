-- By which label of its servers a pool prefers a stand-by elsewhere.
ALTER TABLE pool ADD COLUMN prefer_other TEXT NOT NULL DEFAULT 'none';
