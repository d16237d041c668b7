-- The least severe notifications that a channel takes: info, warning, error, critical.
ALTER TABLE channel ADD COLUMN severity TEXT NOT NULL DEFAULT 'info';
