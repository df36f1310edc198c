-- What has ended is deleted whenever something is added, also by strangers: without an
-- index each of them has the whole table read while all others wait.
CREATE INDEX tries_by_end ON tries (until);
CREATE INDEX nonces_by_end ON nonces (expires);
CREATE INDEX sessions_by_end ON sessions (expires);
CREATE INDEX sessions_of_client ON sessions (user_id);
