-- Two agents use the server's token: {"since": milliseconds, "by": both of them}.
ALTER TABLE server ADD COLUMN shared TEXT;
