//go:build linux

package tray_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"qoltanba/agent"
	"qoltanba/ui/tray"
)

var (
	accounts = agent.Profile{Name: "KAZTOKEN my_key", Subject: "ИВАНОВ ИВАН"}
	locked   = agent.Status{Token: agent.TokenLocked, Profiles: []agent.Profile{accounts}, Language: "en"}
)

// started is a tray on a bus with a panel.
func started(t *testing.T) (*panel, *child) {
	t.Helper()
	address := startBus(t)
	p := startPanel(t, address)
	c := startChild(t, "DBUS_SESSION_BUS_ADDRESS="+address)
	c.says(t, "ready true")
	p.item = <-p.items
	// The first answer of systray is without submenus, for some panels' sake.
	p.menu(t)
	return p, c
}

func TestMenu(t *testing.T) {
	p, c := started(t)
	p.wait(t, "(No token connected)", "Open Qoltanba…", "Token panel…", "Code generators…", "(Lock now)", "(Change password…)", "(Unblock the token…)", "Language", "Қазақша", "Русский", "✓English", "Exit")
	if id, title, isMenu := p.property(t, "Id"), p.property(t, "Title"), p.property(t, "ItemIsMenu"); id != "Qoltanba" || title != "Qoltanba" || isMenu != false {
		t.Errorf("Id %v, Title %v, ItemIsMenu %v", id, title, isMenu)
	}
	absent := p.property(t, "IconPixmap")

	c.show(t, locked)
	p.wait(t, "(Token connected, locked, 1 profile)", "KAZTOKEN my__key · ИВАНОВ ИВАН", "Offer this profile first", "Certificate…", "(Lock)", "Open Qoltanba…", "Token panel…", "Code generators…", "(Lock now)", "Change password…", "Unblock the token…", "Language", "Қазақша", "Русский", "✓English", "Exit")
	if reflect.DeepEqual(absent, p.property(t, "IconPixmap")) {
		t.Error("the icon is that of no token")
	}

	ru := agent.Status{Token: agent.TokenUnlocked, Language: "ru", Profiles: []agent.Profile{accounts, {Name: "Второй", Expired: true}}}
	c.show(t, ru)
	p.wait(t, "(Токен открыт, 2 профиля готовы)", "KAZTOKEN my__key · ИВАНОВ ИВАН", "Предлагать первым", "Сертификат…", "(Закрыть токен)", "Второй — сейчас недействителен", "Предлагать первым", "Сертификат…", "(Закрыть токен)", "Открыть Qoltanba…", "Управление токеном…", "Генераторы кодов…", "Закрыть токен", "Сменить пароль…", "Разблокировать токен…", "Язык", "Қазақша", "✓Русский", "English", "Выход")

	c.show(t, agent.Status{Token: agent.TokenBlocked, Language: "kk"})
	before := p.wait(t, "(Токен бұғатталған, банкке хабарласыңыз)", "Qoltanba терезесін ашу…", "Токенді басқару…", "Код генераторлары…", "(Қазір құлыптау)", "(Құпиясөзді өзгерту…)", "Токенді бұғаттан шығару…", "Тіл", "✓Қазақша", "Русский", "English", "Шығу")
	if tip := fmt.Sprint(p.property(t, "ToolTip")); !strings.Contains(tip, "Qoltanba — Токен бұғатталған") {
		t.Errorf("ToolTip %s", tip)
	}

	// Entries are kept, not made anew, however often the state changes.
	for range 50 {
		c.show(t, locked)
		c.show(t, ru)
	}
	c.show(t, agent.Status{Token: agent.TokenBlocked, Language: "kk"})
	after := p.wait(t, labels(before)...)
	if !reflect.DeepEqual(before, after) {
		t.Errorf("entries changed from %v to %v", before, after)
	}
}

func TestClicks(t *testing.T) {
	p, c := started(t)
	c.show(t, agent.Status{Token: agent.TokenUnlocked, Language: "en", Enrolls: true, Profiles: []agent.Profile{{
		ID: agent.ProfileID{Token: agent.TokenID{Serial: "A1"}, Key: "beef"}, Name: "A", Unlocked: true, Preferred: true, Renewable: true, DaysLeft: 12}}})
	items := p.wait(t, "(Unlocked, 1 profile ready)", "A — unlocked", "✓Offer this profile first", "Certificate…", "Lock", "Open Qoltanba…", "Renew certificate: 12 days left…", "Profile Creation Wizard…",
		"Token panel…", "Code generators…", "Lock now", "Change password…", "Unblock the token…", "Language", "Қазақша", "Русский", "✓English", "Exit")
	p.call(t, "/StatusNotifierItem", "org.kde.StatusNotifierItem.Activate", int32(0), int32(0))
	c.says(t, "open") // and blocks
	for label, said := range map[string]string{
		"Offer this profile first": "use beef", "Certificate…": "certificate beef", "Lock": "lock-token A1", "Token panel…": "token", "Code generators…": "codes",
		"Lock now": "lock", "Change password…": "change", "Unblock the token…": "unblock",
		"Renew certificate: 12 days left…": "renew beef", "Profile Creation Wizard…": "wizard", "Қазақша": "language kk", "Русский": "language ru", "English": "language en",
	} {
		p.click(t, items, label)
		c.says(t, said)
	}
	t.Run("K48 Exit ends the program", func(t *testing.T) {
		p.click(t, items, "Exit")
		c.says(t, "exit")
		c.ends(t)
	})
}

func TestQuit(t *testing.T) {
	_, c := started(t)
	c.in.Close()
	c.ends(t)
}

// The panel starts after the agent, as it does at login, and starts again.
func TestPanelComesLate(t *testing.T) {
	address := startBus(t)
	c := startChild(t, "DBUS_SESSION_BUS_ADDRESS="+address)
	c.says(t, "ready false")
	p := startPanel(t, address)
	for p.item == "" {
		select {
		case p.item = <-p.items:
		case <-time.After(100 * time.Millisecond):
			p.restart(t) // systray does not see a panel that comes while it is looking for one
		}
	}
	p.menu(t)
	p.wait(t, "(No token connected)", "Open Qoltanba…", "Token panel…", "Code generators…", "(Lock now)", "(Change password…)", "(Unblock the token…)", "Language", "Қазақша", "Русский", "✓English", "Exit")
	c.in.Close()
	c.ends(t)
}

// Without a session bus the tray waits unseen and ends when it is told to.
func TestNoBus(t *testing.T) {
	for name, env := range map[string]string{
		"none":  "NONE=",
		"stale": "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus",
	} {
		t.Run(name, func(t *testing.T) {
			c := startChild(t, env)
			c.says(t, "ready false")
			c.show(t, locked)
			c.in.Close()
			c.ends(t)
		})
	}
}

// notifications stands in for the desktop's message service.
type notifications struct{ got chan []any }

func (n notifications) Notify(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, expire int32) (uint32, *dbus.Error) {
	n.got <- []any{app, icon, title, body, expire}
	return 1, nil
}

func TestNotify(t *testing.T) {
	address := startBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	if err := tray.Notify(t.Context(), "Qoltanba", "x"); err == nil {
		t.Error("Notify = nil without a message service")
	}
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	n := notifications{make(chan []any, 1)}
	if err := conn.Export(n, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	if err := tray.Notify(t.Context(), "Qoltanba <1>", "Терезе <b>&</b>"); err != nil {
		t.Fatal(err)
	}
	want := []any{"Qoltanba", "qoltanba", "Qoltanba <1>", "Терезе &lt;b&gt;&amp;&lt;/b&gt;", int32(-1)}
	if got := <-n.got; !reflect.DeepEqual(got, want) {
		t.Errorf("the desktop was told %q, want %q", got, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tray.Notify(ctx, "Qoltanba", "x"); !errors.Is(err, context.Canceled) && err == nil {
		t.Errorf("Notify = %v after the end of ctx", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if err := tray.Notify(t.Context(), "Qoltanba", "x"); err == nil {
		t.Error("Notify = nil without a bus")
	}
}

// What the tray costs, for the log.
func TestMemory(t *testing.T) {
	_, c := started(t)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmRSS:") || strings.HasPrefix(line, "RssAnon:") {
			t.Log(strings.TrimSpace(line))
		}
	}
}
