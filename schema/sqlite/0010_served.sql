-- What is known of a record's name servers since its content was confirmed.
ALTER TABLE domain ADD COLUMN served TEXT NOT NULL DEFAULT 'unasked';
ALTER TABLE domain ADD COLUMN served_generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN served_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN served_said TEXT NOT NULL DEFAULT '';
-- Contents that a name server may still answer with, and for how long a resolver may keep them.
ALTER TABLE domain ADD COLUMN formerly TEXT NOT NULL DEFAULT '[]';
ALTER TABLE domain ADD COLUMN former_ttl INTEGER NOT NULL DEFAULT 0;
-- Of a record that is being changed only the longer one is known.
ALTER TABLE domain ADD COLUMN shown_ttl INTEGER NOT NULL DEFAULT 0;
UPDATE domain SET shown_ttl = CASE
    WHEN generation = confirmed_generation THEN desired_ttl
    ELSE max(normal_ttl, desired_ttl) END;
