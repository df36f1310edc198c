//go:build unix && !darwin

package main

import (
	"os"
	"path/filepath"
)

// keyringThere tells whether a session bus runs, over which the keyring is
// reached. The library would start a bus of its own otherwise, and leave it.
func keyringThere() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	_, err := os.Stat(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus"))
	return err == nil
}
