-- A message of CMP is protected by a MAC whose secret is the card's PIN. A MAC cannot be
-- checked with less than the secret.
ALTER TABLE cards ADD COLUMN secret BLOB; -- the PIN, see codekey.go; NULL for a card from before
