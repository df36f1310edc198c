-- Limits on what strangers and clients can have the bank do and keep.

-- A session ends however busy it is. Nobody knows when those of before were opened.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;

-- Of a client's refused signatures the newest are kept.
ALTER TABLE signatures ADD COLUMN user_id TEXT REFERENCES clients;
UPDATE signatures SET user_id = (SELECT user_id FROM orders WHERE orders.id = order_id);
CREATE INDEX refused_of_client ON signatures (user_id, id) WHERE verdict = 'refused';
