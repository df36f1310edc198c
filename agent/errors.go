package agent

import (
	"errors"
	"fmt"
)

// Sentinels. Each has a name for our own processes (ErrorName) and a sentence with a hint
// for people (package ui/text). Package bridge has a code for those that a page may be told,
// and its tests a list of the others; tests demand it all.
var (
	// ErrOrigin: the site may not use the agent.
	ErrOrigin = errors.New("origin not allowed")
	// ErrDenied: the person said no, or closed the window.
	ErrDenied = errors.New("refused by the person")
	// ErrCanceled: the request ended before an answer: the page went away,
	// the page cancelled, or the window process ended.
	ErrCanceled = errors.New("cancelled")
	// ErrBusy: too many requests of this site are waiting already.
	ErrBusy = errors.New("too many requests waiting")
	// ErrTooOften: the site made too many prompts in too short a time.
	ErrTooOften = errors.New("too many prompts for this site")
	// ErrNoWindow: nothing can be shown to the person (no display, no OpenGL,
	// the window program is missing), so nothing can be agreed to.
	ErrNoWindow = errors.New("no window can be shown")
	// ErrNoSession: the page has no open session, or it has ended.
	ErrNoSession = errors.New("no open session")
	// ErrNoToken: no token is connected.
	ErrNoToken = errors.New("no token connected")
	// ErrTokenLost: the token, or the session with it, went away. It works
	// again with a new session once the token is back.
	ErrTokenLost = errors.New("token session lost")
	// ErrNoKey: the token has no key that fits the request.
	ErrNoKey = errors.New("no such key on the token")
	// ErrLocked: the key cannot be used before the password was entered.
	ErrLocked = errors.New("token is locked")
	// ErrPINLocked: the token refuses every password from now on.
	ErrPINLocked = errors.New("PIN is locked")
	// ErrAdminPINLocked: the token refuses every administrator's PIN from now on.
	ErrAdminPINLocked = errors.New("administrator's PIN is locked")
	// ErrPINLength: the new PIN is shorter or longer than the token takes.
	ErrPINLength = errors.New("PIN has the wrong length")
	// ErrPINSame: the new PIN is the old one.
	ErrPINSame = errors.New("new PIN equals the old one")
	// ErrPINRule: the new password breaks a rule of CheckPassword.
	ErrPINRule = errors.New("password breaks a rule")
	// ErrLabel: a name for a token is too long or not UTF-8.
	ErrLabel = errors.New("not a label for a token")
	// ErrConfirmation: what was typed to confirm is not what was asked for.
	ErrConfirmation = errors.New("not confirmed")
	// ErrManyTokens: more than one token is connected, and one alone is demanded.
	ErrManyTokens = errors.New("more than one token connected")
	// ErrNotEmpty: the token holds a profile or other objects, and an empty one is
	// demanded.
	ErrNotEmpty = errors.New("token is not empty")
	// ErrBlank: the token was never formatted, or its formatting was cut off.
	ErrBlank = errors.New("token is not formatted")
	// ErrRegistered: the token holds a profile, so it is not formatted.
	ErrRegistered = errors.New("token holds a profile")
	// ErrUnfinished: a registration with this token was begun and not finished,
	// so it is not formatted.
	ErrUnfinished = errors.New("registration not finished")
	// ErrForgotten: PIN and passwords that the wizard held were wiped, as nothing was done
	// for so long, or the token was locked or removed. It wraps ErrLocked.
	ErrForgotten = fmt.Errorf("secrets were wiped: %w", ErrLocked)
	// ErrOtherProgram: another program, with a journal of its own, registers with this
	// token. It wraps ErrUnfinished.
	ErrOtherProgram = fmt.Errorf("another program registers with the token: %w", ErrUnfinished)
	// ErrJournalDamaged: the journal of registrations cannot be read, so that every token
	// counts as begun. It wraps ErrUnfinished.
	ErrJournalDamaged = fmt.Errorf("journal of registrations is damaged: %w", ErrUnfinished)
	// ErrOtherToken: the registration that was begun belongs to another token.
	ErrOtherToken = errors.New("registration belongs to another token")
	// ErrOtherBank: the registration was begun at another bank, see OtherBankError.
	ErrOtherBank = errors.New("registration begun at another bank")
	// ErrTokenName: not a Token Name for a profile (CheckTokenName).
	ErrTokenName = errors.New("not a Token Name")
	// ErrTokenFull: the token has no room for a key or a certificate.
	ErrTokenFull = errors.New("token is full")
	// ErrFormatUnknown: the token went while it was being erased; it may be
	// erased or not.
	ErrFormatUnknown = errors.New("formatting was cut off")
	// ErrFormatErased: the token is erased and has no user PIN yet.
	ErrFormatErased = errors.New("formatting stopped after erasing")
	// ErrNoDriver: no PKCS#11 module was found.
	ErrNoDriver = errors.New("no PKCS#11 module found")

	// ErrModule: the PKCS#11 module cannot be loaded or used. The errors below
	// say why and are followed by it in an error's chain.
	ErrModule = errors.New("PKCS#11 module unusable")
	// ErrModuleMissing: the module's file is not there.
	ErrModuleMissing = errors.New("module file missing")
	// ErrModuleUnsafe: somebody else could have changed the module's file.
	ErrModuleUnsafe = errors.New("module file can be changed by others")
	// ErrModuleChanged: the file is another one than before, and the person did
	// not agree to it.
	ErrModuleChanged = errors.New("module file changed")
	// ErrModuleForeign: the file is no PKCS#11 module.
	ErrModuleForeign = errors.New("not a PKCS#11 module")
	// ErrModuleArchitecture: the module is built for another kind of processor
	// or system.
	ErrModuleArchitecture = errors.New("module for another architecture")
	// ErrModuleHangs: the module did not answer in time and was ended.
	ErrModuleHangs = errors.New("module does not answer")
	// ErrModuleCrashed: the module ended its process.
	ErrModuleCrashed = errors.New("module crashed")
	// ErrToken: the token answered with an error that has no name here.
	ErrToken = errors.New("token error")
	// ErrKeyKind: the token can make no key of a kind that the bank takes.
	ErrKeyKind = errors.New("no kind of key that both token and bank know")
	// ErrMechanism: the token cannot do this kind of signature or key.
	ErrMechanism = errors.New("mechanism not supported by the token")
	// ErrCertificate: the certificate does not fit the key, is not valid at
	// this time, or may not be used for this.
	ErrCertificate = errors.New("certificate cannot be used")
	// ErrReadOnly: a key file is used and never written.
	ErrReadOnly = errors.New("key file is not written")
	// ErrUnreadable: a key file is damaged, or of a kind that is not known.
	ErrUnreadable = errors.New("key file not understood")
	// ErrUnpaired: no private key of a key file has its certificate in it.
	// ErrUnreadable follows it in the chain.
	ErrUnpaired = errors.New("key file without a key and its certificate")
	// ErrPrimary: it is a primary initialization key, which asks for the first
	// certificate and signs nothing else.
	ErrPrimary = errors.New("primary initialization key signs nothing else")
	// ErrHistory: the history record could not be written, so nothing was
	// handed out.
	ErrHistory = errors.New("history cannot be written")
	// ErrInvalid: the request itself is malformed or breaks a limit.
	ErrInvalid = errors.New("invalid request")
	// ErrTooLarge: a document or a frame is larger than the agent takes.
	ErrTooLarge = errors.New("too large")
	// ErrPort: every port on which pages look for the agent is taken.
	ErrPort = errors.New("no port free for pages")
	// ErrCredentials: User ID, PIN, and primary key do not belong together, or
	// the password of the key file is wrong. Which of them is never told.
	ErrCredentials = errors.New("wrong password or key container")
	// ErrKeyFile: the file holds no primary key that can be used.
	ErrKeyFile = errors.New("not a key file")
	// ErrKeyFileGone: the key file cannot be read, or not any more.
	ErrKeyFileGone = errors.New("key file cannot be read")
	// ErrPeriod: the contract does not have the period that was asked for.
	ErrPeriod = errors.New("period is not in the contract")
	// ErrNoEnrollment: no bank's descriptor, or not the site's, tells where
	// certificates are had from.
	ErrNoEnrollment = errors.New("bank issues no certificates here")
	// ErrKeyGone: the key that a registration was begun with is not on the token
	// any more.
	ErrKeyGone = errors.New("key of the registration is gone")
	// ErrRenewal: the bank does not renew the certificate yet.
	ErrRenewal = errors.New("certificate is not due for renewal")
	// ErrIssuer: no bank that is known here and renews certificates issued this one.
	ErrIssuer = errors.New("certificate of no known bank")
	// ErrRenewalRefused: the bank does not register the renewed certificate, see
	// RenewalRefusedError.
	ErrRenewalRefused = errors.New("renewed certificate was not registered")
	// ErrJournal: the journal of registrations could not be written, so the step
	// was not made.
	ErrJournal = errors.New("journal cannot be written")
	// ErrBank: the bank's server cannot be reached, or did not answer as it
	// should. The same again later may succeed.
	ErrBank = errors.New("bank does not answer")
	// ErrBankForeign: a server or a certificate is not of the CA that the bank's
	// descriptor names. Nothing secret was sent to it.
	ErrBankForeign = errors.New("not the bank's certification authority")
	// ErrBankClock: the certificate of the bank's server is not valid at this time, by the
	// clock of this computer. Nothing secret was sent to it.
	ErrBankClock = errors.New("bank's server certificate is not valid by this computer's clock")
	// ErrPending: the bank takes more time, see PendingError.
	ErrPending = errors.New("bank needs more time")
	// ErrManyTries: the bank makes whoever tried wrong data wait, see ManyTriesError.
	ErrManyTries = errors.New("too many wrong tries")
	// ErrRejected: the bank refused the request, see RejectedError.
	ErrRejected = errors.New("rejected by the bank")
	// ErrVault: the keyring cannot be used.
	ErrVault = errors.New("keyring not available")

	// ErrNoGenerator: there is no such code generator, or not any more.
	ErrNoGenerator = errors.New("no such code generator")
	// ErrGeneratorDamaged: the record of a code generator cannot be read, was
	// changed, or belongs to another device key.
	ErrGeneratorDamaged = errors.New("code generator is damaged")
	// ErrGeneratorInUse: another window or program has the code generator open.
	ErrGeneratorInUse = errors.New("code generator is in use")
	// ErrGeneratorKey: the keyring has not the key that the record is sealed with.
	ErrGeneratorKey = errors.New("keyring has no key for the code generator")
	// ErrGeneratorGone: the keys of the code generator are not on the token any more.
	ErrGeneratorGone = errors.New("token has no keys of the code generator")
	// ErrGeneratorMAC: the token cannot keep the keys of a code generator, or not for
	// codes of its hash.
	ErrGeneratorMAC = errors.New("token computes no codes")
	// ErrGeneratorTwice: a token with that serial number is stored already.
	ErrGeneratorTwice = errors.New("token is stored already")
	// ErrGeneratorFile: the file holds no code generator.
	ErrGeneratorFile = errors.New("no code generator in the file")
	// ErrPictureLarge: the picture is beyond the limits of what is searched for a QR code.
	ErrPictureLarge = errors.New("picture is too large")
	// ErrFileEncrypted: the file needs a password.
	ErrFileEncrypted = errors.New("file is encrypted")
	// ErrFileMAC: the file's password is wrong, or the file was changed.
	ErrFileMAC = errors.New("wrong password of the file, or it was changed")
	// ErrAlgorithm: an algorithm is not known, see AlgorithmError.
	ErrAlgorithm = errors.New("unknown algorithm")
	// ErrTyped: what was typed is no otpauth address and no key.
	ErrTyped = errors.New("neither an otpauth address nor a key")
	// ErrCodeKind: the key is for codes of another kind than six digits every 30
	// seconds.
	ErrCodeKind = errors.New("codes of another kind")
	// ErrKeyShort: the key has less than 128 bits.
	ErrKeyShort = errors.New("key is too short")
	// ErrKeyExpired: the key of a code generator is not valid now.
	ErrKeyExpired = errors.New("key is not valid now")
	// ErrSerial: nothing says which serial number the token has.
	ErrSerial = errors.New("no serial number")
	// ErrStartPIN: nothing says which start PIN the token has.
	ErrStartPIN = errors.New("no start PIN")
	// ErrGeneratorPIN: the PIN of a code generator is not four digits.
	ErrGeneratorPIN = errors.New("PIN is not four digits")
	// ErrGeneratorPINEasy: the digits are all equal, or rise or fall by one.
	ErrGeneratorPINEasy = errors.New("PIN is too easy")
	// ErrCodeNumber: a document's code number is six digits, the first not 0.
	ErrCodeNumber = errors.New("not a code number")

	errSecretJSON = errors.New("a secret is never marshalled")
)

// A PINError says that a PIN was wrong. Retries is the number of tries that
// are left, or RetriesUnknown where the token does not tell.
type PINError struct {
	Retries int
	Admin   bool // it was the administrator's
}

// Values of PINError.Retries below zero. PKCS#11 tokens tell at most that the
// count is low (CKF_USER_PIN_COUNT_LOW) or that one try is left
// (CKF_USER_PIN_FINAL_TRY, then Retries is 1).
const (
	RetriesUnknown = -1
	RetriesLow     = -2
)

func (e *PINError) Error() string {
	wrong := "wrong PIN"
	if e.Admin {
		wrong = "wrong administrator's PIN"
	}
	switch e.Retries {
	case RetriesUnknown:
		return wrong
	case RetriesLow:
		return wrong + ", few tries left"
	}
	return fmt.Sprintf("%s, tries left: %d", wrong, e.Retries)
}
