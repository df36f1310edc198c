// Package icons holds the icons of the program and of its state.
//
// They are drawn by generate.go, in sizes for panels (PNG) and for Windows
// (ICO, 16 to 48 pixels). qoltanba.png, .svg and .ico are the program's own.
// A state differs in its badge, not in colour alone.
package icons

import "embed"

//go:generate go run generate.go

// State is the state that an icon shows.
type State string

// The states.
const (
	Absent  State = "absent"  // no token
	Locked  State = "locked"  // a token whose password was not entered
	Ready   State = "ready"   // a token that is unlocked
	Busy    State = "busy"    // a request is worked on
	Problem State = "problem" // the person has to do something first
)

//go:embed qoltanba.png
var program []byte

// Program returns the program's icon, a PNG of 256 × 256 pixels.
func Program() []byte { return program }

// Tray returns the icon of a state in the format of the system's notification
// area. It panics for what is no State.
func Tray(s State) []byte { return read(tray, string(s)+suffix) }

func read(files embed.FS, name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}
