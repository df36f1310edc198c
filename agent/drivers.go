package agent

import "context"

// Drivers is the port to the PKCS#11 modules through which Tokens reaches
// tokens.
type Drivers interface {
	// Drivers tells of every module that was found, in the order in which they
	// are asked, and of those that were named and cannot be used.
	Drivers() []Driver
	// Rescan looks for modules anew, as a driver may have been installed, and
	// starts those again that have failed. It returns when the new ones have
	// been looked at.
	Rescan(ctx context.Context) error
	// Changed calls f after each change of Drivers until ctx ends.
	Changed(ctx context.Context, f func())
	// Plugged tells whether a device of one of the bank's tokens is connected,
	// as the operating system sees it without any module.
	Plugged() bool
}

// Driver is a PKCS#11 module.
type Driver struct {
	Path    string `json:"path"`
	Name    string `json:"name"`    // what people call its tokens, "" for none
	Own     bool   `json:"own"`     // added by the person
	Problem string `json:"problem"` // name of the sentinel that says why it is not used, or ""
}

// DriverQuestion asks whether a module whose file is not the one that was used
// before may be loaded: it may be an update, or somebody's work.
type DriverQuestion struct {
	Path   string `json:"path"`
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the file as it is now, hex
	Kept   bool   `json:"kept"`   // the answer outlives the agent (a keyring runs)
}

// DriverHelp is what a bank's descriptor says of its token's driver and of whom
// to ask.
type DriverHelp struct {
	Name     string   `json:"name"`     // "KAZTOKEN"
	Download string   `json:"download"` // link to the driver
	Phones   []string `json:"phones"`   // of the bank's support
}
