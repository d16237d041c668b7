-- How often a channel is reminded of what stays broken (0: never), and when it last was.
ALTER TABLE channel ADD COLUMN remind_every_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channel ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;
