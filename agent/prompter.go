package agent

import (
	"context"
	"errors"
	"slices"

	"qoltanba/agent/payment"
)

// Prompter is the port to the person at the computer. Every method that asks
// blocks until the person has answered, and gives up when ctx ends, closing
// what it shows. It returns ErrDenied when the person refuses or closes the
// window, ErrNoWindow when nothing can be shown, and ErrCanceled when the
// window ended by itself. Strings in requests are data, never instructions:
// implementations show them as text.
type Prompter interface {
	// Site asks whether a site that is not known yet may use the agent.
	Site(ctx context.Context, q SiteQuestion) error
	// Consent shows what is to be signed and asks for agreement. openCopy
	// writes a copy of document i for the person to look at; it may be called
	// any number of times before the answer.
	Consent(ctx context.Context, q ConsentQuestion, openCopy func(i int) error) error
	// Driver asks whether a changed PKCS#11 module may be loaded.
	Driver(ctx context.Context, q DriverQuestion) error
	// PIN asks for a profile and its password and calls try with what was
	// entered, as often as the person tries: on an error that AsksAgain the
	// window stays, shows the error and asks again; any other ends the question
	// and is returned. try takes over the secret. PIN returns nil once try did.
	PIN(ctx context.Context, q PINQuestion, try func(ctx context.Context, p ProfileID, pin *Secret) error) error
	// ChangePIN asks for the old and the new password and calls try with
	// them, in the same way as PIN.
	ChangePIN(ctx context.Context, q PINQuestion, try func(ctx context.Context, p ProfileID, old, new *Secret) error) error
	// Panel shows the main window and returns what the person chose there; the
	// window stays. A call while it is shown updates it, and the earlier call
	// returns ErrCanceled. The window closes when ctx ends, and when the person
	// closes it, which is ErrDenied.
	Panel(ctx context.Context, s PanelState) (PanelAction, error)
	// Token shows the token panel and calls do with what the person does there,
	// one thing at a time; do takes over the action's secrets. The window stays,
	// whatever do returns: it shows an error in words and nil as success. It
	// draws the newest state that updates brought; the first comes as soon as the
	// tokens have been read. Token returns ErrDenied when the person closes the
	// window; otherwise only ErrCanceled and ErrNoWindow.
	Token(ctx context.Context, s TokenPanel, updates <-chan TokenPanel, do func(ctx context.Context, a TokenAction) error) error
	// Wizard shows the Profile Creation Wizard and Generators the code generators,
	// both in the way of Token.
	Wizard(ctx context.Context, s WizardState, updates <-chan WizardState, do func(ctx context.Context, a WizardAction) error) error
	Generators(ctx context.Context, s GeneratorPanel, updates <-chan GeneratorPanel, do func(ctx context.Context, a GeneratorAction) error) error
	// Notify tells the person something without asking.
	Notify(ctx context.Context, n Notice) error
	// Prepare makes ready to show a window soon; it does not wait.
	Prepare()
}

// AsksAgain tells whether a password window stays after that error of a try:
// the person can mend it by another entry, or by plugging the token in again.
func AsksAgain(err error) bool {
	_, wrong := errors.AsType[*PINError](err)
	return wrong || slices.ContainsFunc([]error{
		ErrNoToken, ErrTokenLost, ErrModuleHangs, ErrModuleCrashed, ErrPINLength, ErrPINSame, ErrPINRule,
	}, func(e error) bool { return errors.Is(err, e) })
}

// SiteQuestion is about an https site that wants to use the agent.
type SiteQuestion struct {
	Origin string `json:"origin"` // "https://ib.bank.kz"
	Kept   bool   `json:"kept"`   // the answer is remembered after the agent ends (a keyring runs)
}

// ConsentQuestion is what a person must see before a signature.
type ConsentQuestion struct {
	Origin    string             `json:"origin"` // "" for the command line
	Bank      string             `json:"bank"`   // the bank's name from its descriptor, or ""
	Profile   Profile            `json:"profile"`
	Documents []payment.Document `json:"documents"`
	Totals    []payment.Total    `json:"totals"`
}

// PINPurpose says what a password is asked for.
type PINPurpose string

// The purposes of a password.
const (
	PurposeLogin  PINPurpose = "login"  // log in to the site
	PurposeSign   PINPurpose = "sign"   // sign what was just agreed to
	PurposeChange PINPurpose = "change" // change the password itself
	PurposeRenew  PINPurpose = "renew"  // renew the profile's certificate
)

// PINQuestion asks for a profile and its password.
type PINQuestion struct {
	Purpose PINPurpose `json:"purpose"`
	Origin  string     `json:"origin"`
	Bank    string     `json:"bank"`
	Count   int        `json:"count"` // documents, for PurposeSign
	// Profiles is the choice at the start; none means that no token is
	// connected: the window says so and goes on when Updates brings one.
	Profiles []Profile `json:"profiles"`
	// Updates brings the choice anew each time it changes; nil when it cannot.
	// It is never closed while the question is open.
	Updates <-chan []Profile `json:"-"`
}

// ProfileID names a profile: a key on a token.
type ProfileID struct {
	Token TokenID `json:"token"`
	Key   string  `json:"key"` // CKA_ID in hex, "" for an empty token, and for the one key of a sealed one
	// Certificate is the SHA-256 of the DER in hex: a renewed certificate has
	// the CKA_ID of the old one.
	Certificate string `json:"certificate"`
}

// Profile is a key with its certificate on a token, as a person chooses it.
type Profile struct {
	ID       ProfileID `json:"id"`
	Name     string    `json:"name"`    // "KAZTOKEN Accounts", "KAZTOKEN <no label> -?"
	Subject  string    `json:"subject"` // the certificate's common name, or ""
	Issuer   string    `json:"issuer"`
	NotAfter string    `json:"notAfter"` // RFC 3339, or ""
	Expired  bool      `json:"expired"`  // not valid now (also: not yet)
	Retries  int       `json:"retries"`  // tries left as PINError has it, RetriesUnknown when nothing is known
	Locked   bool      `json:"locked"`   // the PIN is locked
	PINPad   bool      `json:"pinPad"`   // the PIN is entered on the device
	Empty    bool      `json:"empty"`    // no key with a certificate: cannot sign
	KeyFile  bool      `json:"keyFile"`  // a key file; without a Subject it tells only after the password whose it is
	MinPIN   int       `json:"minPIN"`   // shortest password that the token takes, in bytes
	MaxPIN   int       `json:"maxPIN"`   // longest, 0 when the token does not tell

	PINDefault bool `json:"pinDefault"` // the password is the one of the factory
	Unlocked   bool `json:"unlocked"`   // the password was entered
	Preferred  bool `json:"preferred"`  // the person chose it as the one to begin with

	DaysLeft  int  `json:"daysLeft"`  // that the certificate is still valid, the last one begun included
	Renewable bool `json:"renewable"` // Renew can be asked for
}

// PanelState is what the main window shows.
type PanelState struct {
	Status        Status   `json:"status"`
	Sites         []string `json:"sites"`         // origins that the person approved
	Refused       []string `json:"refused"`       // registrable domains that the person refused
	SitesKept     bool     `json:"sitesKept"`     // approvals outlive the agent
	IdleMinutes   int      `json:"idleMinutes"`   // idle lock
	WhileUnlocked bool     `json:"whileUnlocked"` // sign without asking again until the idle lock
	Raise         bool     `json:"raise"`         // bring the window to the front
}

// PanelAction is what the person chose in the main window.
type PanelAction struct {
	Kind    PanelKind `json:"kind"`
	Value   string    `json:"value"`   // the site to forget, the language, the minutes, "true" or "false"
	Profile ProfileID `json:"profile"` // of PanelRenew
}

// PanelKind is the kind of a PanelAction.
type PanelKind string

// The actions of the main window.
const (
	PanelLock          PanelKind = "lock"
	PanelChangePIN     PanelKind = "change-pin"
	PanelToken         PanelKind = "token"   // the token panel
	PanelDrivers       PanelKind = "drivers" // its page about drivers
	PanelWizard        PanelKind = "wizard"  // the Profile Creation Wizard
	PanelRenew         PanelKind = "renew"   // a profile's certificate
	PanelCodes         PanelKind = "codes"   // the code generators
	PanelForgetSite    PanelKind = "forget-site"
	PanelIdleMinutes   PanelKind = "idle-minutes"
	PanelWhileUnlocked PanelKind = "while-unlocked"
	PanelLanguage      PanelKind = "language"
	PanelClose         PanelKind = "close"
)

// Notice is something a person is told. Error is the name of a sentinel
// (ErrorName), Origin the site it was about.
type Notice struct {
	Error  string     `json:"error"`
	Note   *ErrorNote `json:"note,omitempty"` // the error with what it carries, nil where Error says all
	Origin string     `json:"origin"`
}
