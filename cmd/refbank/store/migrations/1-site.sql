-- Times are milliseconds since 1970, UTC. Amounts are hundredths of the currency.

CREATE TABLE IF NOT EXISTS clients (
    user_id     TEXT PRIMARY KEY,
    surname     TEXT NOT NULL,
    given_name  TEXT NOT NULL,
    iin         TEXT NOT NULL,
    company     TEXT NOT NULL,
    bin         TEXT NOT NULL,
    account     TEXT NOT NULL,      -- IBAN of the client's account with this bank
    fingerprint TEXT UNIQUE         -- SHA-256 of the certificate in force, hex; NULL for none
) STRICT;

CREATE TABLE IF NOT EXISTS nonces (
    browser TEXT PRIMARY KEY,       -- SHA-256 of the cookie of the browser that asked
    nonce   TEXT NOT NULL UNIQUE,
    expires INTEGER NOT NULL,
    used    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
    token   TEXT PRIMARY KEY,       -- SHA-256 of the cookie
    user_id TEXT NOT NULL REFERENCES clients,
    expires INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS orders (
    id       TEXT PRIMARY KEY,
    user_id  TEXT NOT NULL REFERENCES clients,
    payee    TEXT NOT NULL,
    iban     TEXT NOT NULL,
    amount   INTEGER NOT NULL,
    currency TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    document BLOB NOT NULL,         -- the bytes that were issued, and that must be signed
    state    TEXT NOT NULL CHECK (state IN ('issued', 'accepted')),
    created  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS signatures (
    id       INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders,
    cms      BLOB NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('accepted', 'refused')),
    reason   TEXT NOT NULL,         -- why refused; '' when accepted
    signer   TEXT NOT NULL,         -- SHA-256 of the signer's certificate, hex; '' when unknown
    received INTEGER NOT NULL
) STRICT;

-- Each order is accepted once, whatever the code above does.
CREATE UNIQUE INDEX IF NOT EXISTS accepted_once ON signatures (order_id) WHERE verdict = 'accepted';
CREATE INDEX IF NOT EXISTS signatures_of_order ON signatures (order_id);
CREATE INDEX IF NOT EXISTS orders_of_client ON orders (user_id, created);
