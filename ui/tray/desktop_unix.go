//go:build unix && !darwin

package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
)

// busLimit is for questions to the session bus, which answers in a millisecond.
const busLimit = 2 * time.Second

var errNoBus = errors.New("no session bus")

// Shown says whether the desktop has a panel that shows tray icons. It may take
// up to two seconds. The panel of a desktop that is just starting comes later,
// and the icon with it.
func (t *Tray) Shown() bool {
	ctx, cancel := context.WithTimeout(context.Background(), busLimit)
	defer cancel()
	conn, err := connect(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	var owned bool
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, "org.kde.StatusNotifierWatcher").Store(&owned)
	return err == nil && owned
}

// Notify shows a system message, for when no window can be shown. It works
// without a Tray. The error says that the desktop did not take it.
// https://specifications.freedesktop.org/notification-spec/1.2/
func Notify(ctx context.Context, title, body string) error {
	conn, err := connect(ctx)
	if err != nil {
		return fmt.Errorf("showing a message: %w", err)
	}
	defer conn.Close()
	body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body) // it is markup
	const serverDecides = int32(-1)
	call := conn.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications").CallWithContext(
		ctx, "org.freedesktop.Notifications.Notify", 0,
		"Qoltanba", uint32(0), "qoltanba", title, body, []string{}, map[string]dbus.Variant{}, serverDecides)
	if call.Err != nil {
		return fmt.Errorf("showing a message: %w", call.Err)
	}
	return nil
}

// reachable keeps systray from a desktop without a session bus: it would start
// one of its own there, or end in a panic when it is to quit.
func reachable() bool {
	ctx, cancel := context.WithTimeout(context.Background(), busLimit)
	defer cancel()
	conn, err := connect(ctx)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// connect opens a connection of our own to the session bus if there is one.
func connect(ctx context.Context) (*dbus.Conn, error) {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address == "" {
		path := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")
		if _, err := os.Stat(path); err != nil || !filepath.IsAbs(path) {
			return nil, errNoBus
		}
		address = "unix:path=" + dbus.EscapeBusAddressValue(path)
	}
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoBus, err)
	}
	return conn, nil
}

// begin names the icon; panels keep what a person chose for it under that name.
func begin() { systray.SetTitle("Qoltanba") }

// label keeps an underscore from marking an access key (com.canonical.dbusmenu).
func label(s string) string { return strings.ReplaceAll(s, "_", "__") }
