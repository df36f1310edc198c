package otp

import (
	"errors"
	"fmt"
)

// Errors of the bank's half. They are for the bank's log and the clerk; a person
// at the login page is told one sentence for all of them.
var (
	// ErrWrongCode: no step, number or key gives this value.
	ErrWrongCode = errors.New("code does not fit")
	// ErrUsedCode: the value was right, and was accepted before (RFC 6238 section 5.2).
	ErrUsedCode = errors.New("code was used before")
	// ErrBlocked: the token or key is blocked, by wrong values or by the bank.
	ErrBlocked = errors.New("blocked at the bank")
	// ErrWrongNumber: the lock number does not belong to this serial number.
	ErrWrongNumber = errors.New("number does not fit the serial number")
	// ErrVoid: the document's code number is void, as the document was edited.
	ErrVoid = errors.New("code number is void")
	// ErrUnanswered: too many code numbers of the key wait for a value, or were given up
	// lately. The next one is had when the first of them is a day old.
	ErrUnanswered = errors.New("too many code numbers without a right value")
	// ErrExhausted: half of all code numbers of a key were given out.
	ErrExhausted = errors.New("key has used up its code numbers, issue a new one")
)

// Errors of records and stores.
var (
	// ErrDamaged: the record is not one, was changed, or belongs to another device key.
	ErrDamaged = errors.New("record is damaged or sealed with another device key")
	// ErrNoDevice: no record is there, so no key was stored.
	ErrNoDevice = errors.New("no key is stored")
	// ErrExists: a record is there; it is removed before another is stored.
	ErrExists = errors.New("a key is stored already")
	// ErrNoKey: the keyring has no such device key.
	ErrNoKey = errors.New("device key is not in the keyring")
	// ErrInUse: another process has the record open.
	ErrInUse = errors.New("record is in use by another program")
)

// Errors of PINs that a person chose.
var (
	// ErrPINForm: a PIN has four digits.
	ErrPINForm = errors.New("PIN is not four digits")
	// ErrPINTrivial: the digits are all equal, or rise or fall by one.
	ErrPINTrivial = errors.New("PIN is too easy to guess")
	// ErrPINStart: the new PIN is the start PIN.
	ErrPINStart = errors.New("PIN is the start PIN")
)

// Errors of PSKC files.
var (
	// ErrEncrypted: the file needs a key or a password and none was given.
	ErrEncrypted = errors.New("PSKC file is encrypted")
	// ErrMAC: a value does not fit its MAC. The key or password is wrong, or the
	// file was changed; which of them cannot be told.
	ErrMAC = errors.New("PSKC file does not fit its MAC: wrong key or password, or changed")
)

// AlgorithmError tells which algorithm of a PSKC file is not known.
type AlgorithmError struct {
	Use       string // what it is for: "encryption", "MAC", "key derivation"…
	Algorithm string // the identifier in the file
}

// Error names the use and the algorithm.
func (e *AlgorithmError) Error() string {
	return fmt.Sprintf("unknown %s algorithm %q", e.Use, e.Algorithm)
}

// PartError tells which part of an activation code is wrong.
type PartError struct {
	Part   int    // from 1
	Reason string // what is wrong with it
}

// Error names the part, not its digits.
func (e *PartError) Error() string {
	return fmt.Sprintf("part %d of the activation code: %s", e.Part, e.Reason)
}
