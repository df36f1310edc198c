//go:build linux

package tray_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
	"qoltanba/ui/tray"
)

// systray is one per process, so each test's tray is this test binary again.
const childVariable = "QOLTANBA_TEST_TRAY"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		play()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play is a tray that shows what comes on stdin and says what was clicked.
func play() {
	say := func(words ...any) { fmt.Println(words...) }
	var t *tray.Tray
	blocked := make(chan struct{})
	t = tray.New("en", tray.Actions{
		Open:           func() { say("open"); <-blocked },
		Token:          func() { say("token") },
		Codes:          func() { say("codes") },
		Lock:           func() { say("lock") },
		Unblock:        func() { say("unblock") },
		Wizard:         func() { say("wizard") },
		Renew:          func(p agent.ProfileID) { say("renew", p.Key) },
		Use:            func(p agent.ProfileID) { say("use", p.Key) },
		Certificate:    func(p agent.ProfileID) { say("certificate", p.Key) },
		LockToken:      func(p agent.ProfileID) { say("lock-token", p.Token.Serial) },
		ChangePassword: func() { say("change") },
		Language:       func(code string) { say("language", code) },
		Exit:           func() { say("exit"); close(blocked); t.Quit() },
	})
	go func() {
		for d := json.NewDecoder(os.Stdin); ; {
			var s agent.Status
			if d.Decode(&s) != nil {
				t.Quit()
				return
			}
			t.Show(s)
		}
	}()
	t.Run(func() { say("ready", t.Shown()) })
	say("over")
}

// child is a running tray.
type child struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
}

func startChild(t *testing.T, env ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	c := &child{cmd: exec.CommandContext(t.Context(), self)}
	c.cmd.Env = append([]string{childVariable + "=1", "HOME=" + home, "GORACE=exitcode=0 log_path=" + home + "/race"}, env...)
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		ownRaces(t, home)
	})
	return c
}

// ownRaces fails the test for races that the child found, but for those within
// systray: v1.12.2 counts its menu's versions under one lock and reads the count
// under another.
func ownRaces(t *testing.T, dir string) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "race.*"))
	if err != nil {
		t.Error(err)
	}
	for _, path := range logs {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		for report := range strings.SplitSeq(string(content), "==================") {
			for _, where := range access.FindAllStringSubmatch(report, -1) {
				if !strings.HasPrefix(where[1], "fyne.io/systray.") {
					t.Error(report)
				}
			}
		}
	}
}

// access finds the function of each of the two accesses of a report.
var access = regexp.MustCompile(`(?m)^(?:Previous )?(?i:read|write) at .*\n  (.*)$`)

// says waits for the child's next line.
func (c *child) says(t *testing.T, want string) {
	t.Helper()
	if !c.lines.Scan() || c.lines.Text() != want {
		t.Fatalf("the tray said %q, want %q", c.lines.Text(), want)
	}
}

func (c *child) show(t *testing.T, s agent.Status) {
	t.Helper()
	if err := json.NewEncoder(c.in).Encode(s); err != nil {
		t.Fatal(err)
	}
}

// ends waits for the child's end in good order.
func (c *child) ends(t *testing.T) {
	t.Helper()
	c.says(t, "over")
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("the tray ended with %v", err)
	}
}

// startBus starts a session bus of the test's own and returns its address.
func startBus(t *testing.T) string {
	t.Helper()
	daemon := need.Program(t, "dbus-daemon")
	dir, err := os.MkdirTemp("", "bus") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	config := filepath.Join(dir, "session.conf")
	err = os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:path=`+dir+`/s</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(daemon, "--config-file="+config, "--nofork", "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// panel stands in for the desktop's panel: it takes the icon and works its menu.
type panel struct {
	conn    *dbus.Conn
	items   chan string
	signals chan *dbus.Signal
	item    string // the tray's bus name
}

// startPanel is the watcher from the first moment on.
func startPanel(t *testing.T, address string) *panel {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &panel{conn: conn, items: make(chan string, 10), signals: make(chan *dbus.Signal, 1000)}
	conn.Signal(p.signals)
	if err := conn.AddMatchSignal(dbus.WithMatchInterface("com.canonical.dbusmenu")); err != nil {
		t.Fatal(err)
	}
	if err := conn.Export(p, "/StatusNotifierWatcher", watcher); err != nil {
		t.Fatal(err)
	}
	p.own(t)
	return p
}

const watcher = "org.kde.StatusNotifierWatcher"

func (p *panel) own(t *testing.T) {
	t.Helper()
	if _, err := p.conn.RequestName(watcher, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

// restart makes trays register anew.
func (p *panel) restart(t *testing.T) {
	t.Helper()
	if _, err := p.conn.ReleaseName(watcher); err != nil {
		t.Fatal(err)
	}
	p.own(t)
}

// RegisterStatusNotifierItem is the watcher's method.
func (p *panel) RegisterStatusNotifierItem(_ string, sender dbus.Sender) *dbus.Error {
	p.items <- string(sender)
	return nil
}

func (p *panel) call(t *testing.T, path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	t.Helper()
	call := p.conn.Object(p.item, path).Call(method, 0, args...)
	if call.Err != nil {
		t.Fatalf("%s: %v", method, call.Err)
	}
	return call
}

// item is one entry as a panel sees it.
type item struct {
	id               int32
	label            string
	enabled, checked bool
}

type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// menu returns the visible entries, those of the submenu behind its own.
func (p *panel) menu(t *testing.T) []item {
	t.Helper()
	var revision uint32
	var root layout
	if err := p.call(t, "/StatusNotifierItem/menu", "com.canonical.dbusmenu.GetLayout", int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		t.Fatal(err)
	}
	return flatten(t, root)
}

func flatten(t *testing.T, l layout) (all []item) {
	t.Helper()
	for _, v := range l.Children {
		var child layout
		if err := dbus.Store([]any{v.Value()}, &child); err != nil {
			t.Fatal(err)
		}
		prop := func(name string) any { return child.Props[name].Value() }
		if visible, ok := prop("visible").(bool); ok && !visible || prop("type") == "separator" {
			continue
		}
		label, _ := prop("label").(string)
		enabled, _ := prop("enabled").(bool)
		all = append(all, item{child.ID, label, enabled, prop("toggle-state") == int32(1)})
		all = append(all, flatten(t, child)...)
	}
	return all
}

// labels are those of the entries, in brackets for one that cannot be chosen,
// with a tick before one that is checked.
func labels(items []item) (all []string) {
	for _, i := range items {
		label := i.label
		if !i.enabled {
			label = "(" + label + ")"
		}
		if i.checked {
			label = "✓" + label
		}
		all = append(all, label)
	}
	return all
}

// wait reads the menu at each change until it is as wanted.
func (p *panel) wait(t *testing.T, want ...string) []item {
	t.Helper()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for {
		items := p.menu(t)
		if slices.Equal(labels(items), want) {
			return items
		}
		select {
		case <-p.signals:
		case <-limit.C:
			t.Fatalf("menu\n%q, want\n%q", labels(items), want)
		}
	}
}

// click presses the entry with that label.
func (p *panel) click(t *testing.T, items []item, label string) {
	t.Helper()
	i := slices.IndexFunc(items, func(i item) bool { return i.label == label })
	if i < 0 {
		t.Fatalf("no entry %q in %q", label, labels(items))
	}
	p.call(t, "/StatusNotifierItem/menu", "com.canonical.dbusmenu.Event", items[i].id, "clicked", dbus.MakeVariant(int32(0)), uint32(0))
}

func (p *panel) property(t *testing.T, name string) any {
	t.Helper()
	v, err := p.conn.Object(p.item, "/StatusNotifierItem").GetProperty("org.kde.StatusNotifierItem." + name)
	if err != nil {
		t.Fatal(err)
	}
	return v.Value()
}
