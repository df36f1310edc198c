package agent

import "qoltanba/agent/otp"

// GeneratorKind is a kind of code generator.
type GeneratorKind string

// The kinds of code generators.
const (
	GeneratorSpectra GeneratorKind = "spectranet"
	GeneratorMobi    GeneratorKind = "mobipass"
)

// GeneratorPanel is what the window of the code generators shows: a device for
// each generator that is stored, side by side, and the way to add one.
type GeneratorPanel struct {
	Devices []GeneratorView `json:"devices"`
	Chosen  string          `json:"chosen"`  // ID of the device to turn to when Raise has changed
	Raise   int             `json:"raise"`   // counts how often the window was asked to the front
	Problem string          `json:"problem"` // name of the sentinel that keeps all from working (no keyring), or ""
	Help    []Support       `json:"help"`    // as GeneratorView.Help, where no device is chosen
	Banks   []string        `json:"banks"`   // those that hand out MobiPass, for GeneratorAction.Bank

	Tokens []GeneratorToken `json:"tokens"` // connected, for GeneratorAction.Token
}

// GeneratorView is one device as a person sees it.
type GeneratorView struct {
	ID   string        `json:"id"` // names the device; random, it tells nothing
	Kind GeneratorKind `json:"kind"`
	Name string        `json:"name"` // given by the person when it was added, or the serial number
	Bank string        `json:"bank"` // issuer as the PSKC file or the descriptor has it, or ""

	// Problem is the name of the sentinel that keeps this device from working
	// ("vault", "device-key", "damaged", "in-use"), or "". Whatever is done with the
	// device tries to open it once more.
	Problem string `json:"problem"`

	// Help is whom to call about loss, theft, a defect, a lock; empty where no descriptor
	// tells. Where nothing says whose device it is, each bank is there with its name.
	Help []Support `json:"help"`

	// Steps counts what was done with the device since the window opened, so that a
	// state that came of an action is told from one before it.
	Steps int `json:"steps"`

	// SpectraNet: the two lines of the display, the number on the back, and how
	// long the code is still shown, 0 when none is.
	Spectra  otp.SpectraScreen `json:"spectra"`
	Label    string            `json:"label"`
	Field    string            `json:"field"`
	Serial   string            `json:"serial"`
	Left     int               `json:"left"`     // seconds at the moment of this state; the window counts down from there
	StartPIN bool              `json:"startPIN"` // the start PIN is still set

	// SpectraNet with its keys in a token: which one, and its name. Problem is
	// "no-token" while it is not connected and "locked" until GeneratorUnlock.
	Token     *TokenID `json:"token,omitempty"`
	TokenName string   `json:"tokenName"`

	// MobiPass: the page, the lengths of the parts of the activation code and
	// whether each ends with a check digit, and the answer on MobiResult.
	Mobi    otp.MobiState `json:"mobi"`
	Parts   []int         `json:"parts"`
	BadPart int           `json:"badPart"` // MobiKeyBad: which part, from 1
	Answer  string        `json:"answer"`
}

// GeneratorAction is what the person does with a code generator. Old and New
// come beside the JSON; whoever takes the action wipes them.
type GeneratorAction struct {
	Kind   GeneratorActionKind `json:"kind"`
	Device string              `json:"device"` // GeneratorView.ID

	Press  otp.SpectraEvent `json:"press"`            // GeneratorPress
	Event  otp.MobiEvent    `json:"event"`            // GeneratorTurn: pages without secrets
	Number string           `json:"number,omitempty"` // GeneratorSign: the document's code number
	Name   string           `json:"name,omitempty"`   // GeneratorAdd…, GeneratorRename: what to call the device
	Serial string           `json:"serial,omitempty"` // GeneratorAddTyped, GeneratorAddFile: the serial number, "" where the address or the file has it
	Path   string           `json:"path,omitempty"`   // GeneratorAddFile: PSKC file or QR picture
	Bank   string           `json:"bank,omitempty"`   // GeneratorAddMobi: one of GeneratorPanel.Banks, or "" for the only one
	Token  TokenID          `json:"token,omitzero"`   // GeneratorUnlock; GeneratorAddFile, GeneratorAddTyped: where the keys are to lie, zero for this computer
	Forget bool             `json:"forget,omitempty"` // GeneratorRemove: also when the token with its keys is not there

	// GeneratorDigit: one digit. GeneratorSign, GeneratorChangePIN: the current PIN.
	// GeneratorSave: the chosen PIN. GeneratorAddFile: the file's password, or none.
	// GeneratorAddTyped: the start PIN. GeneratorUnlock: the token's password.
	Old *Secret `json:"-"`
	// GeneratorChangePIN: the new PIN. GeneratorSave: the parts of the activation
	// code, separated by one space each. GeneratorAddFile: the start PIN, where the file
	// has none. GeneratorAddTyped: the otpauth address or the key in base32.
	New *Secret `json:"-"`
}

// Wipe wipes the action's secrets.
func (a GeneratorAction) Wipe() {
	a.Old.Wipe()
	a.New.Wipe()
}

// GeneratorActionKind is the kind of a GeneratorAction.
type GeneratorActionKind string

// The actions with code generators.
const (
	GeneratorPress     GeneratorActionKind = "press"      // SpectraNet: power, clear, hold
	GeneratorDigit     GeneratorActionKind = "digit"      // SpectraNet: a digit
	GeneratorTurn      GeneratorActionKind = "turn"       // MobiPass: menu, next, back, exit
	GeneratorSave      GeneratorActionKind = "save"       // MobiPass: store the key of four parts
	GeneratorSign      GeneratorActionKind = "sign"       // MobiPass: answer a code number
	GeneratorChangePIN GeneratorActionKind = "change-pin" // MobiPass
	GeneratorErase     GeneratorActionKind = "erase"      // MobiPass: delete the key, confirmed
	GeneratorAddFile   GeneratorActionKind = "add-file"   // a PSKC file or a QR picture
	GeneratorAddTyped  GeneratorActionKind = "add-typed"  // SpectraNet by hand
	GeneratorAddMobi   GeneratorActionKind = "add-mobi"   // an empty MobiPass
	GeneratorUnlock    GeneratorActionKind = "unlock"     // a token that holds keys, or is to
	GeneratorRename    GeneratorActionKind = "rename"
	GeneratorRemove    GeneratorActionKind = "remove" // takes a device away for good, confirmed
)
