package agent

import (
	"bytes"
	"strings"
	"unicode"
)

// WizardStep is a page of the Profile Creation Wizard.
type WizardStep string

// The pages, in the order of a registration.
const (
	WizardProfile   WizardStep = "profile"    // the token and its password
	WizardResume    WizardStep = "resume"     // a registration with this token was begun: continue it?
	WizardRestart   WizardStep = "restart"    // the key that was begun with is gone: start anew?
	WizardMissing   WizardStep = "missing"    // the token of another registration is lost: set that aside?
	WizardConfirm   WizardStep = "confirm"    // create a new profile?
	WizardWelcome   WizardStep = "welcome"    // page 1
	WizardApplicant WizardStep = "applicant"  // page 2: User ID, card PIN, key file
	WizardOtherUser WizardStep = "other-user" // it was begun for another User ID: begin anew for this one?
	WizardPassword  WizardStep = "password"   // page 3: Token Name, the new password
	WizardReview    WizardStep = "review"     // page 4: what was entered, confirmed by a flag
	WizardWork      WizardStep = "work"       // page 5: step by step
	WizardDone      WizardStep = "done"       // the profile was created
)

// WizardEvent is what moves the wizard from page to page.
type WizardEvent string

// The events.
const (
	WizardUnlocked  WizardEvent = "unlocked"  // the password is right, and the token is empty
	WizardBegun     WizardEvent = "begun"     // the password is right, a registration was begun with it
	WizardKeyGone   WizardEvent = "key-gone"  // likewise, and its key is not on the token any more
	WizardAgreed    WizardEvent = "agreed"    // the person goes on
	WizardBack      WizardEvent = "back"      // the person goes back
	WizardBackKept  WizardEvent = "back-kept" // likewise, from a page that WizardKept has led to
	WizardKnown     WizardEvent = "known"     // the bank knows the applicant
	WizardKept      WizardEvent = "kept"      // likewise, and the new password was set before
	WizardChosen    WizardEvent = "chosen"    // name and password are good
	WizardConfirmed WizardEvent = "confirmed" // what was entered is confirmed
	WizardMissed    WizardEvent = "missed"    // the token of another registration is lost or broken
	WizardDiffers   WizardEvent = "differs"   // the registration was begun for another User ID
	WizardRefused   WizardEvent = "refused"   // the bank does not know the applicant any more
	WizardFinished  WizardEvent = "finished"  // the profile was created
	WizardLost      WizardEvent = "lost"      // the token went, or the password is not held any more
)

// Next is total: an event that means nothing on a page leaves it as it is.
func (s WizardStep) Next(e WizardEvent) WizardStep {
	if e == WizardLost && s != WizardResume && s != WizardMissing && s != WizardDone {
		return WizardProfile
	}
	next, ok := wizardMoves[wizardMove{s, e}]
	if !ok {
		return s
	}
	return next
}

type wizardMove struct {
	from WizardStep
	on   WizardEvent
}

var wizardMoves = map[wizardMove]WizardStep{
	{WizardResume, WizardAgreed}:     WizardProfile,
	{WizardProfile, WizardUnlocked}:  WizardConfirm,
	{WizardProfile, WizardBegun}:     WizardApplicant,
	{WizardProfile, WizardKeyGone}:   WizardRestart,
	{WizardProfile, WizardMissed}:    WizardMissing,
	{WizardMissing, WizardAgreed}:    WizardProfile,
	{WizardMissing, WizardBack}:      WizardProfile,
	{WizardRestart, WizardAgreed}:    WizardWelcome,
	{WizardConfirm, WizardAgreed}:    WizardWelcome,
	{WizardConfirm, WizardBack}:      WizardProfile,
	{WizardWelcome, WizardAgreed}:    WizardApplicant,
	{WizardApplicant, WizardBack}:    WizardWelcome,
	{WizardApplicant, WizardKnown}:   WizardPassword,
	{WizardApplicant, WizardKept}:    WizardReview,
	{WizardApplicant, WizardDiffers}: WizardOtherUser,
	{WizardOtherUser, WizardBack}:    WizardApplicant,
	{WizardOtherUser, WizardRefused}: WizardApplicant,
	{WizardOtherUser, WizardKnown}:   WizardPassword,
	{WizardOtherUser, WizardKept}:    WizardReview,
	{WizardPassword, WizardBack}:     WizardApplicant,
	{WizardPassword, WizardChosen}:   WizardReview,
	{WizardReview, WizardBack}:       WizardPassword,
	{WizardReview, WizardBackKept}:   WizardApplicant,
	{WizardReview, WizardConfirmed}:  WizardWork,
	{WizardWork, WizardRefused}:      WizardApplicant,
	{WizardWork, WizardKeyGone}:      WizardRestart,
	{WizardWork, WizardFinished}:     WizardDone,
}

// WizardState is what the Profile Creation Wizard shows.
type WizardState struct {
	Step  WizardStep `json:"step"`
	Raise int        `json:"raise"` // counts how often the window was asked to the front
	// Origin is the site whose page has asked for the wizard, "" where the person has.
	Origin string `json:"origin"`

	// The bank and the host that its certificates come from. Banks is the choice
	// on WizardProfile where no page has made it; Bank is an index into it.
	Banks []WizardBank `json:"banks"`
	Bank  int          `json:"bank"`

	// Profiles are the connected tokens for WizardProfile, newest state, and
	// Refusal is the name of the sentinel that keeps a registration from going on
	// with them ("many-tokens", "not-empty", "other-token", "no-token", or one of the
	// drivers, without which no token is seen), or "".
	Profiles []Profile `json:"profiles"`
	Refusal  string    `json:"refusal"`
	Token    Profile   `json:"token"` // the one that was unlocked

	// Resumed tells that a registration is continued. PasswordChosen says that the token
	// has the password that was chosen in it, PasswordUnsure that it ended while that was
	// being set: the token may have it already.
	Resumed        bool `json:"resumed"`
	PasswordChosen bool `json:"passwordChosen"`
	PasswordUnsure bool `json:"passwordUnsure"`
	// Other is the registration that stands in the way: with "other-token" and on
	// WizardMissing that of another token, on WizardOtherUser the one that was begun with
	// this token.
	Other OtherRegistration `json:"other"`

	// What was entered, to fill the fields with; never a PIN or a password.
	UserID  string `json:"userID"`
	KeyFile string `json:"keyFile"` // path
	Apart   bool   `json:"apart"`   // the key file has a password of its own
	Name    string `json:"name"`    // Token Name
	Fixed   bool   `json:"fixed"`   // Name was given to the key and cannot be changed any more

	Months  int   `json:"months"`  // period of the certificate, 0 for the bank's own
	Periods []int `json:"periods"` // of the contract, in months; empty when the bank does not tell

	Tasks []WizardTask `json:"tasks"` // of WizardWork, in order
	// Failure is why the work stopped; it can be tried again. Nil while it runs, and
	// when the bank knows the applicant again.
	Failure *ErrorNote `json:"failure,omitempty"`
	Support Support    `json:"support"`
}

// Created is the new profile of WizardDone, as far as the token was read anew; else it has
// no name.
func (s WizardState) Created() Profile {
	for _, p := range s.Profiles {
		if p.ID.Token == s.Token.ID.Token && !p.Empty {
			return p
		}
	}
	return Profile{}
}

// OtherRegistration is a registration that was begun and is not finished.
type OtherRegistration struct {
	Serial string `json:"serial"` // of its token, or what else names it; it confirms WizardSetAside
	UserID string `json:"userID"` // "" where nothing tells it
	Bank   string `json:"bank"`   // host that its certificates come from
	// Confirming: the bank may have registered its certificate already.
	Confirming bool `json:"confirming"`
}

// WizardBank is a bank where one can register.
type WizardBank struct {
	Name string `json:"name"`
	Host string `json:"host"` // that its certificates come from
}

// Support tells whom to ask, as a bank's descriptor has it in the person's
// language.
type Support struct {
	Phones  []string `json:"phones"`
	Text    string   `json:"text"`
	Manager string   `json:"manager,omitempty"` // how the account manager is reached; only in a WizardState
	Bank    string   `json:"bank,omitempty"`    // whose they are, where there are several; else ""
}

// WizardTask is one of the things that the wizard does on WizardWork.
type WizardTask struct {
	Kind    TaskKind  `json:"kind"`
	State   TaskState `json:"state"`
	Seconds int       `json:"seconds"` // since it began; how long it took when it is done
}

// TaskKind is what a WizardTask does.
type TaskKind string

// The tasks, in their order.
const (
	TaskPassword    TaskKind = "set-password" // the token gets the new password
	TaskKey         TaskKind = "generate-key" // up to five minutes
	TaskCertificate TaskKind = "certificate"  // the CA issues it
	TaskWrite       TaskKind = "write"        // it is written to the token
	TaskRegister    TaskKind = "register"     // and registered at the bank
)

// TaskState is how far a WizardTask is.
type TaskState string

// The states of a task.
const (
	TaskWaiting TaskState = "waiting"
	TaskRunning TaskState = "running"
	TaskDone    TaskState = "done"
	TaskFailed  TaskState = "failed"
)

// WizardAction is what the person does in the wizard. Old and New come beside
// the JSON; whoever takes the action wipes them.
type WizardAction struct {
	Kind WizardActionKind `json:"kind"`
	Bank int              `json:"bank,omitempty"` // WizardUnlock: index into WizardState.Banks

	Token   TokenID `json:"token"`             // WizardUnlock
	UserID  string  `json:"userID,omitempty"`  // WizardApply
	KeyFile string  `json:"keyFile,omitempty"` // WizardApply: path
	Apart   bool    `json:"apart,omitempty"`   // WizardApply: New is the key file's password, else the PIN is
	Name    string  `json:"name,omitempty"`    // WizardChoose
	Months  int     `json:"months,omitempty"`  // WizardObtain: one of the periods
	Flag    bool    `json:"flag,omitempty"`    // WizardObtain: the data were confirmed
	Serial  string  `json:"serial,omitempty"`  // WizardSetAside: typed to confirm it

	// WizardUnlock: the token's password. WizardApply: the card's PIN. WizardChoose:
	// unused.
	Old *Secret `json:"-"`
	// WizardApply: the key file's password. WizardChoose: the token's new password,
	// whose confirmation the window has compared.
	New *Secret `json:"-"`
}

// Wipe wipes the action's secrets.
func (a WizardAction) Wipe() {
	a.Old.Wipe()
	a.New.Wipe()
}

// WizardActionKind is the kind of a WizardAction.
type WizardActionKind string

// The actions of the wizard.
const (
	WizardUnlock   WizardActionKind = "unlock"    // profile and password on WizardProfile
	WizardAgree    WizardActionKind = "agree"     // OK, Next or Continue on a page without fields; on WizardApplicant, after ErrPeriod: ask the bank again
	WizardReturn   WizardActionKind = "return"    // Back
	WizardMiss     WizardActionKind = "miss"      // the token of the other registration is lost or broken: on WizardProfile
	WizardSetAside WizardActionKind = "set-aside" // its registration is set aside: on WizardMissing
	WizardApply    WizardActionKind = "apply"     // Next on WizardApplicant
	WizardChoose   WizardActionKind = "choose"    // Next on WizardPassword
	WizardObtain   WizardActionKind = "obtain"    // Next on WizardReview, Retry on WizardWork
	WizardFinish   WizardActionKind = "finish"    // Finish on WizardDone: the window closes
	// WizardTokenPanel: the token panel in the place of the wizard's window, on
	// WizardProfile. There a token that is not empty is formatted, and a driver is had from
	// its page about drivers.
	WizardTokenPanel WizardActionKind = "token-panel"
)

// A CredentialHint is a mistake that often makes User ID, PIN and key file not
// belong together.
type CredentialHint string

// The hints, in the order in which they are shown.
const (
	HintUserID  CredentialHint = "user-id"  // recheck the User ID, e.g. ag instead of aq
	HintCapital CredentialHint = "capital"  // the PIN is in capital letters
	HintLookers CredentialHint = "lookers"  // 1 and I, 0 and O
	HintKeyFile CredentialHint = "key-file" // the key file of somebody else
)

// CredentialHints returns all hints in order and whether each fits what was
// typed; lower tells that lower-case letters were typed into the PIN before the
// window made them capitals. Nothing of the PIN is kept.
func CredentialHints(userID string, pin []byte, lower bool) (hints []CredentialHint, fits []bool) {
	lookers := bytes.ContainsAny(pin, "I1O0")
	lower = lower || bytes.ContainsFunc(pin, unicode.IsLower)
	return []CredentialHint{HintUserID, HintCapital, HintLookers, HintKeyFile},
		[]bool{strings.ContainsAny(userID, "gql10o"), lower, lookers, false}
}
