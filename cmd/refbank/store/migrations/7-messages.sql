-- Messages of CMP that were taken, by the transaction that each began. What is here is not
-- taken again, also after the bank was started anew.
CREATE TABLE taken_messages (
    id   TEXT PRIMARY KEY,          -- SHA-256 of the transactionID, hex
    ends INTEGER NOT NULL           -- until then the message would not be too old
) STRICT, WITHOUT ROWID;

CREATE INDEX taken_messages_by_end ON taken_messages (ends);
