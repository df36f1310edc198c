package tray

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/windows"
)

// Shown is true: Windows always has a notification area.
func (t *Tray) Shown() bool { return true }

// messageOpen is true while a message is on the screen.
var messageOpen atomic.Bool

// Notify shows a system message, for when no window can be shown. It works
// without a Tray and does not wait for the person to close the message. It is an
// error to show one while another is open.
func Notify(_ context.Context, title, body string) error {
	caption, err := windows.UTF16PtrFromString(title)
	if err != nil {
		return fmt.Errorf("showing a message: %w", err)
	}
	words, err := windows.UTF16PtrFromString(body)
	if err != nil {
		return fmt.Errorf("showing a message: %w", err)
	}
	if !messageOpen.CompareAndSwap(false, true) {
		return errors.New("showing a message: another one is open")
	}
	go func() { // ends when the person closes the message, or with the program
		defer messageOpen.Store(false)
		_, _ = windows.MessageBox(0, words, caption, windows.MB_OK|windows.MB_ICONINFORMATION|windows.MB_SETFOREGROUND)
	}()
	return nil
}

func reachable() bool { return true }

func begin() {}

// label keeps an ampersand from marking an access key.
func label(s string) string { return strings.ReplaceAll(s, "&", "&&") }
