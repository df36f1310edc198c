package agent

import "errors"

// sentinels gives every sentinel the name that our own processes use for it.
var sentinels = []struct {
	name string
	err  error
}{
	{"origin", ErrOrigin},
	{"denied", ErrDenied},
	{"canceled", ErrCanceled},
	{"busy", ErrBusy},
	{"too-often", ErrTooOften},
	{"no-window", ErrNoWindow},
	{"no-session", ErrNoSession},
	{"format-unknown", ErrFormatUnknown}, // before their cause
	{"format-erased", ErrFormatErased},
	{"module-hangs", ErrModuleHangs},
	{"module-crashed", ErrModuleCrashed},
	{"generator-gone", ErrGeneratorGone}, // before their cause
	{"generator-mac", ErrGeneratorMAC},
	{"no-token", ErrNoToken},
	{"token-lost", ErrTokenLost},
	{"no-key", ErrNoKey},
	{"forgotten", ErrForgotten}, // before what it wraps
	{"locked", ErrLocked},
	{"pin-locked", ErrPINLocked},
	{"admin-pin-locked", ErrAdminPINLocked},
	{"pin-length", ErrPINLength},
	{"pin-same", ErrPINSame},
	{"pin-rule", ErrPINRule},
	{"label", ErrLabel},
	{"confirmation", ErrConfirmation},
	{"many-tokens", ErrManyTokens},
	{"not-empty", ErrNotEmpty},
	{"blank", ErrBlank},
	{"registered", ErrRegistered},
	{"other-program", ErrOtherProgram}, // before what they wrap
	{"journal-damaged", ErrJournalDamaged},
	{"unfinished", ErrUnfinished},
	{"other-token", ErrOtherToken},
	{"other-bank", ErrOtherBank},
	{"token-name", ErrTokenName},
	{"token-full", ErrTokenFull},
	{"no-driver", ErrNoDriver},
	{"module-missing", ErrModuleMissing},
	{"module-unsafe", ErrModuleUnsafe},
	{"module-changed", ErrModuleChanged},
	{"module-foreign", ErrModuleForeign},
	{"module-architecture", ErrModuleArchitecture},
	{"module", ErrModule},
	{"token", ErrToken},
	{"key-kind", ErrKeyKind},
	{"mechanism", ErrMechanism},
	{"certificate", ErrCertificate},
	{"read-only", ErrReadOnly},
	{"unpaired", ErrUnpaired},
	{"unreadable", ErrUnreadable},
	{"primary", ErrPrimary},
	{"history", ErrHistory},
	{"invalid", ErrInvalid},
	{"too-large", ErrTooLarge},
	{"port", ErrPort},
	{"credentials", ErrCredentials},
	{"key-file", ErrKeyFile},
	{"key-file-gone", ErrKeyFileGone},
	{"period", ErrPeriod},
	{"no-enrollment", ErrNoEnrollment},
	{"key-gone", ErrKeyGone},
	{"journal", ErrJournal},
	{"renewal", ErrRenewal},
	{"issuer", ErrIssuer},
	{"renewal-refused", ErrRenewalRefused},
	{"bank", ErrBank},
	{"bank-foreign", ErrBankForeign},
	{"bank-clock", ErrBankClock},
	{"pending", ErrPending},
	{"many-tries", ErrManyTries},
	{"rejected", ErrRejected},
	{"vault", ErrVault},
	{"no-generator", ErrNoGenerator},
	{"damaged", ErrGeneratorDamaged},
	{"in-use", ErrGeneratorInUse},
	{"device-key", ErrGeneratorKey},
	{"generator-twice", ErrGeneratorTwice},
	{"generator-file", ErrGeneratorFile},
	{"picture-large", ErrPictureLarge},
	{"file-encrypted", ErrFileEncrypted},
	{"file-mac", ErrFileMAC},
	{"algorithm", ErrAlgorithm},
	{"typed", ErrTyped},
	{"code-kind", ErrCodeKind},
	{"key-short", ErrKeyShort},
	{"key-expired", ErrKeyExpired},
	{"serial", ErrSerial},
	{"start-pin", ErrStartPIN},
	{"generator-pin", ErrGeneratorPIN},
	{"generator-pin-easy", ErrGeneratorPINEasy},
	{"code-number", ErrCodeNumber},
}

// Sentinels returns every sentinel of this package, in a fixed order.
func Sentinels() []error {
	all := make([]error, len(sentinels))
	for i, s := range sentinels {
		all[i] = s.err
	}
	return all
}

// ErrorName returns the short stable name of the sentinel that err wraps
// ("token-lost"), "pin" for a PINError ("admin-pin" for the administrator's),
// and "" for anything else. A PINError goes before any sentinel, and of several
// sentinels the one that says most.
func ErrorName(err error) string {
	if wrong, ok := errors.AsType[*PINError](err); ok {
		if wrong.Admin {
			return "admin-pin"
		}
		return "pin"
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return s.name
		}
	}
	return ""
}

// ErrorNamed is the way back from ErrorName; it returns nil for a name that is
// not known, and for those of a PINError, which needs its number of tries.
func ErrorNamed(name string) error {
	for _, s := range sentinels {
		if s.name == name {
			return s.err
		}
	}
	return nil
}
