package tray

import (
	"context"
	"errors"
)

// Shown is true: macOS always has a menu bar.
func (t *Tray) Shown() bool { return true }

// Notify always fails: macOS takes messages from signed bundles only.
func Notify(context.Context, string, string) error {
	return errors.New("showing a message: not on this system")
}

func reachable() bool { return true }

func begin() {}

func label(s string) string { return s }
