-- Limits on what strangers and clients can have the bank do and keep.

-- Of a client's refused signatures the newest are kept.
ALTER TABLE signatures ADD COLUMN user_id TEXT REFERENCES clients;
UPDATE signatures SET user_id = (SELECT user_id FROM orders WHERE orders.id = order_id);
CREATE INDEX refused_of_client ON signatures (user_id, id) WHERE verdict = 'refused';
