-- A client has a limited number of orders that wait for a signature, sees them all, and
-- withdraws those that nobody wants any more.
ALTER TABLE orders ADD COLUMN withdrawn INTEGER; -- when; NULL while it is not
CREATE INDEX unsigned_of_client ON orders (user_id, created) WHERE state = 'issued' AND withdrawn IS NULL;
CREATE INDEX withdrawn_of_client ON orders (user_id, withdrawn) WHERE withdrawn IS NOT NULL;

-- What is looked for whenever an order is deleted or withdrawn.
CREATE INDEX mobipass_of_order ON mobipass_numbers (order_id);
