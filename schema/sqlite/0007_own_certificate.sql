-- Of which certificate of the controller's own people were told that it ends.
ALTER TABLE controls ADD COLUMN certificate_warned TEXT NOT NULL DEFAULT '';
