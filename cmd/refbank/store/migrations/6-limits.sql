-- Limits on what strangers and clients can have the bank do and keep.

-- Wrong codes of logins by whom they are counted, and who gave right ones; see throttle.go.
CREATE TABLE code_tries (
    who    TEXT PRIMARY KEY,        -- SHA-256, hex: people type codes and PINs as User IDs
    failed INTEGER NOT NULL,
    until  INTEGER NOT NULL,        -- none is looked at before
    gone   INTEGER NOT NULL         -- all are forgiven, or the caller forgotten, then
) STRICT, WITHOUT ROWID;

CREATE INDEX code_tries_by_end ON code_tries (gone);
DELETE FROM tries WHERE user_id LIKE 'code:%';

-- A session ends however busy it is. Nobody knows when those of before were opened.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;

-- Of a client's refused signatures the newest are kept.
ALTER TABLE signatures ADD COLUMN user_id TEXT REFERENCES clients;
UPDATE signatures SET user_id = (SELECT user_id FROM orders WHERE orders.id = order_id);
CREATE INDEX refused_of_client ON signatures (user_id, id) WHERE verdict = 'refused';

-- A code number waits for its value for a time. Those of before are as old as can be.
ALTER TABLE mobipass_numbers ADD COLUMN given INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mobipass_unanswered ON mobipass_numbers (envelope, given) WHERE done = 0;
