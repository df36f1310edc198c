-- Code generators: SpectraNet tokens and MobiPass keys, and orders confirmed with them.

-- A confirmation by code has no CMS (empty) and the device's number as its signer.
ALTER TABLE signatures ADD COLUMN means TEXT NOT NULL DEFAULT 'signature'
    CHECK (means IN ('signature', 'spectranet', 'mobipass'));

CREATE TABLE spectranet_tokens (
    serial    TEXT PRIMARY KEY,     -- on the token's back
    user_id   TEXT NOT NULL REFERENCES clients,
    seed      BLOB NOT NULL,        -- see codekey.go
    last_step INTEGER NOT NULL DEFAULT 0, -- of the code accepted last
    drift     INTEGER NOT NULL DEFAULT 0,
    lean      INTEGER NOT NULL DEFAULT 0,
    wrong     INTEGER NOT NULL DEFAULT 0, -- codes in a row
    blocked   INTEGER NOT NULL DEFAULT 0, -- for ever
    locks     INTEGER NOT NULL DEFAULT 0, -- the lock answered last
    misfits   INTEGER NOT NULL DEFAULT 0, -- lock numbers in a row
    replaced  INTEGER NOT NULL DEFAULT 0, -- by a new serial number
    issued    INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX spectranet_in_force ON spectranet_tokens (user_id) WHERE replaced = 0;

CREATE TABLE mobipass_keys (
    envelope TEXT PRIMARY KEY,      -- number on the envelope
    user_id  TEXT NOT NULL REFERENCES clients,
    key      BLOB NOT NULL,         -- see codekey.go
    numbers  INTEGER NOT NULL DEFAULT 0, -- given out
    wrong    INTEGER NOT NULL DEFAULT 0, -- values in a row
    blocked  INTEGER NOT NULL DEFAULT 0, -- for ever
    replaced INTEGER NOT NULL DEFAULT 0, -- by a new envelope
    issued   INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX mobipass_in_force ON mobipass_keys (user_id) WHERE replaced = 0;

-- Code numbers of documents. The primary key is what keeps a number from coming twice
-- for one key; rows are never deleted.
CREATE TABLE mobipass_numbers (
    envelope TEXT NOT NULL REFERENCES mobipass_keys,
    number   TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders,
    document BLOB NOT NULL,         -- SHA-256 of what it confirms
    done     INTEGER NOT NULL DEFAULT 0, -- its value was accepted
    void     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (envelope, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX mobipass_open_number ON mobipass_numbers (order_id) WHERE done = 0 AND void = 0;

-- What the clerk did, and how the owner was identified before.
CREATE TABLE desk_log (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    user_id    TEXT NOT NULL REFERENCES clients,
    device     TEXT NOT NULL,       -- serial number, or number of the envelope
    action     TEXT NOT NULL,
    identified TEXT NOT NULL        -- 'phone' or 'branch'; '' where nobody needs to be
) STRICT;
