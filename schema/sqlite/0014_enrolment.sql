-- A token that waits for the server's agent to link with it, beside the one that counts.
ALTER TABLE server ADD COLUMN next_token_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE server ADD COLUMN next_token_prefix TEXT NOT NULL DEFAULT '';
-- The one-time code by which an agent has a token of its own taken: its hash, its end, and the hash
-- of the token that it was used for.
ALTER TABLE server ADD COLUMN code_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE server ADD COLUMN code_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE server ADD COLUMN code_taken_for TEXT NOT NULL DEFAULT '';
