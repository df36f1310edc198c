-- What a client has from the Acceptance and Delivery Certificate, and what the CA
-- issued for it.

-- Appendix 2 to the Agreement: the periods that a client may ask certificates for.
CREATE TABLE periods (
    user_id TEXT NOT NULL REFERENCES clients,
    months  INTEGER NOT NULL CHECK (months > 0),
    PRIMARY KEY (user_id, months)
) STRICT, WITHOUT ROWID;

-- The OTP card last handed out. It is used up by registering a certificate, and by
-- nothing before.
CREATE TABLE cards (
    user_id     TEXT PRIMARY KEY REFERENCES clients,
    pin         TEXT NOT NULL,      -- see pin.go
    primary_key TEXT NOT NULL,      -- SHA-256 of the certificate in Key.pfx, hex
    issued      INTEGER NOT NULL,
    used        INTEGER             -- NULL until a certificate was registered
) STRICT;

-- Wrong PINs, also for User IDs that do not exist: both are answered alike.
CREATE TABLE tries (
    user_id TEXT PRIMARY KEY,
    failed  INTEGER NOT NULL,
    until   INTEGER NOT NULL        -- none is looked at before
) STRICT;

CREATE TABLE certificates (
    fingerprint TEXT PRIMARY KEY,   -- SHA-256 of der, hex
    user_id     TEXT NOT NULL REFERENCES clients,
    public_key  TEXT NOT NULL,      -- SHA-256 of the SubjectPublicKeyInfo, hex
    months      INTEGER NOT NULL,
    der         BLOB NOT NULL,
    issued      INTEGER NOT NULL
) STRICT;

CREATE INDEX certificates_of_key ON certificates (public_key, issued);
