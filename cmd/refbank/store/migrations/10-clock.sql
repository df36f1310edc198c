-- Steps whose codes somebody was told of, as the clock of the token is ahead. Those codes
-- are never accepted; see otp.ClockError.
ALTER TABLE spectranet_tokens ADD COLUMN told_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spectranet_tokens ADD COLUMN told_to INTEGER NOT NULL DEFAULT 0;
