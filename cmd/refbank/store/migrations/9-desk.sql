-- What the clerk sees of wrong codes of logins. Counts of before have neither; they are
-- forgiven within days.
ALTER TABLE code_tries ADD COLUMN user TEXT NOT NULL DEFAULT '';   -- of a caller's count for one User ID: SHA-256 of that, hex
ALTER TABLE code_tries ADD COLUMN caller TEXT NOT NULL DEFAULT ''; -- of that count, and of the caller's for all: his address
CREATE INDEX code_tries_of_user ON code_tries (user) WHERE user <> '';

-- Those that were looked at, of all callers for all User IDs.
CREATE TABLE wrong_codes (
    minute INTEGER PRIMARY KEY,     -- since 1970, UTC
    count  INTEGER NOT NULL
) STRICT;
