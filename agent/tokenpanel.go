package agent

// TokenPage is the part of the token panel that is shown.
type TokenPage string

// The pages of the token panel.
const (
	PageToken       TokenPage = "token"       // state and buttons
	PageCertificate TokenPage = "certificate" // keys and certificates
	PageUnblock     TokenPage = "unblock"
	PageFormat      TokenPage = "format"
	PageDriver      TokenPage = "driver" // how to get a driver, and which are there
)

// TokenPanel is what the token panel shows.
type TokenPanel struct {
	Page   TokenPage `json:"page"`   // to open with, or to turn to when Raise has changed
	Chosen TokenID   `json:"chosen"` // likewise; the zero value leaves the choice
	Raise  int       `json:"raise"`  // counts how often the window was asked to the front

	Tokens  []TokenView `json:"tokens"` // connected now
	Drivers []Driver    `json:"drivers"`
	Help    DriverHelp  `json:"help"`
	Plugged bool        `json:"plugged"` // a token is connected though no driver was found
	Problem string      `json:"problem"` // name of the sentinel that keeps tokens from being seen, or ""
}

// TokenView is one connected token as a person sees it.
type TokenView struct {
	Info    TokenInfo    `json:"info"`
	Name    string       `json:"name"` // "KAZTOKEN <no label> -?"
	Content TokenContent `json:"content"`
	// Checked tells that Content and Objects were judged with the private
	// objects in sight. Before that they are what the token shows to everybody.
	Checked bool       `json:"checked"`
	Objects []Object   `json:"objects"`
	Details *Details   `json:"details,omitempty"` // nil until they were read
	State   TokenState `json:"state"`

	UserChecked  bool `json:"userChecked"`  // the user PIN is held for the next step
	AdminChecked bool `json:"adminChecked"` // the administrator's
	PINDefault   bool `json:"pinDefault"`   // the user PIN is DefaultPIN, as far as is known
	AdminDefault bool `json:"adminDefault"` // the administrator's is DefaultAdminPIN

	Refusal      string        `json:"refusal"`      // name of the sentinel that forbids formatting, or ""
	Registration string        `json:"registration"` // likewise registering a profile
	Losing       []Certificate `json:"losing"`       // certificates that formatting would destroy
	// Generators are the code generators that it would destroy. They are in the way of
	// nothing: a profile can be registered beside them.
	Generators []TokenGenerator `json:"generators,omitempty"`
	Confirm    string           `json:"confirm"` // what to type before that, when Losing has any
}

// Orphan tells whether an object of this token belongs to nothing: a key
// without certificate or a certificate without key. It is known only of a
// token that was Checked.
func (v TokenView) Orphan(o Object) bool {
	if !v.Checked || o.Kind == ObjectOther || len(o.ID) == 0 {
		return false
	}
	key, cert := false, false
	for _, other := range v.Objects {
		if string(other.ID) == string(o.ID) {
			key = key || other.Kind == ObjectPrivateKey
			cert = cert || other.Kind == ObjectCertificate
		}
	}
	return !key || !cert
}

// Certificate is a certificate as a person is told of it.
type Certificate struct {
	Subject  string `json:"subject"`  // common name
	Issuer   string `json:"issuer"`   // common name
	NotAfter string `json:"notAfter"` // RFC 3339
}

// TokenContent is what a token holds.
type TokenContent string

// What a token can hold.
const (
	ContentBlank      TokenContent = "blank"      // never formatted
	ContentEmpty      TokenContent = "empty"      // no key and no certificate; there may be keys of code generators
	ContentForeign    TokenContent = "foreign"    // objects that are no profile
	ContentProfile    TokenContent = "profile"    // a key with its certificate
	ContentUnfinished TokenContent = "unfinished" // a registration that was begun with it
)

// TokenAction is what the person does in the token panel. New and Old come
// beside the JSON; whoever takes the action wipes them.
type TokenAction struct {
	Kind  TokenActionKind `json:"kind"`
	Token TokenID         `json:"token"`

	Label      string  `json:"label,omitempty"`      // TokenFormat: the new name
	Reregister bool    `json:"reregister,omitempty"` // TokenFormat: the way past ErrRegistered
	Confirm    string  `json:"confirm,omitempty"`    // TokenFormat with Reregister: TokenView.Confirm, typed
	Object     *Object `json:"object,omitempty"`     // TokenDelete
	Path       string  `json:"path,omitempty"`       // DriverAdd, DriverForget

	Old *Secret `json:"-"` // the PIN that holds now; empty for the one held by the panel
	New *Secret `json:"-"` // the PIN to be
}

// Wipe wipes the action's secrets.
func (a TokenAction) Wipe() {
	a.Old.Wipe()
	a.New.Wipe()
}

// TokenActionKind is the kind of a TokenAction.
type TokenActionKind string

// The actions of the token panel.
const (
	TokenEnterPIN       TokenActionKind = "enter-pin"        // Old: the user PIN
	TokenEnterAdminPIN  TokenActionKind = "enter-admin-pin"  // Old: the administrator's
	TokenChangePIN      TokenActionKind = "change-pin"       // Old, New: the user's
	TokenChangeAdminPIN TokenActionKind = "change-admin-pin" // Old, New: the administrator's
	TokenUnblock        TokenActionKind = "unblock"          // Old: the administrator's, New: the user's
	TokenFormat         TokenActionKind = "format"           // Old: the administrator's
	TokenDelete         TokenActionKind = "delete"           // an object; the user PIN is held
	TokenLock           TokenActionKind = "lock"             // lock it and forget the PINs
	DriverRescan        TokenActionKind = "rescan"
	DriverAdd           TokenActionKind = "add-driver"
	DriverForget        TokenActionKind = "forget-driver"
)
