// Package otp is two code generators and the bank's answer to each: the SpectraNet
// token, which shows a code for half a minute, and MobiPass, which answers a
// document's code number.
//
// # Algorithms
//
// HOTP, TOTP and OCRA (RFC 4226, 6238, 6287) are computed over a MAC, a function, so
// that a key may be in memory or in a token that never gives it out. PSKC (RFC 6030)
// carries keys from a bank to a device. A decimal OCRA challenge collides with its
// multiples by 16 (TestQNCollides), so every suite of ours takes the digits as
// letters (QA), and a challenge is at least as long as its response.
//
// # Devices
//
// SpectraState and MobiState are values with one total function Next and no secret in
// them; a window draws them and sends events. Spectra runs the first one with its keys
// and its record. For the second one the window judges the fields of a page itself,
// with CheckNewPIN and PartRule.Key, and calls MobiPass.
//
// A SpectraNet token knows its PIN. The last digit of an entry counts the try, that
// count is on the disk before anything is compared, and only a right entry takes it
// back: a program that is killed at any moment has lost a try or nothing. Where the
// sources are silent, the comment at the transition says so.
//
// MobiPass knows no PIN. Its record is the key under a mask that the PIN makes, so a
// wrong PIN gives a wrong key and a wrong answer, and nothing in the process can tell:
// the bank does, and counts. The check digits of the activation code are dropped before
// anything is stored, and there is never a second ciphertext of the key (MobiPass says
// why). What a computer can do in the time of one try stands in the record (Cost).
//
// # What a record cannot do
//
// A record is sealed with a device key: from the keyring or, where a token holds the keys
// of a SpectraNet token, made by that token, without which the record does not open.
// Whoever can read both record and key tries all 10,000 PINs of a SpectraNet token in
// hours, and of a MobiPass with one answer that was seen. Whoever can write the record
// can put an older one back, and with it the tries of a SpectraNet token; only a counter
// in hardware stops that. So neither is the equal of a token with a display, and the
// window that speaks of safety says so.
//
// # The bank
//
// CodeState, LockState and SignState are values as well: a bank reads one in a
// transaction, asks for the verdict, and stores what comes back before it answers. The
// errors of a verdict are for the bank's log; a person is told one sentence. The exception
// is a ClockError: who is logged in is told by how many minutes the token's clock is wrong.
// Two codes, one after the other, set the bank to that clock (CodeState.FindDrift): at the
// clerk's desk, or from a session that the client's key opened.
//
// Ten wrong codes for orders block a SpectraNet token, and three wrong values a MobiPass:
// whoever gives them is logged in. A wrong code at the login blocks nothing, as it may be
// a stranger's (CodeState.CheckLogin); there the bank makes the sender wait.
//
// Secrets are byte slices. What a function is given stays its caller's; what it makes
// for itself it wipes; what it returns the caller wipes. Strings, and the copies that
// the standard library makes of a key while it computes, cannot be wiped.
package otp
