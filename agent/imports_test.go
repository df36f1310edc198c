package agent_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed lists, for every package with its tests left out, what it may import
// beside the standard library: our own packages by path without the module's
// name, others by module. A package that is not listed may import nothing.
//
// Packages on one floor do not import each other. agent/gost is the ground that
// formats stand on, as they do on crypto/rsa, and imports nothing of ours.
var allowed = map[string][]string{
	"agent":                    {"agent/audit", "agent/cms", "agent/gost", "agent/otp", "agent/otp/qr", "agent/payment", "agent/sealed"},
	"agent/audit":              {},
	"agent/child":              {"golang.org/x/sys"},
	"agent/cms":                {"agent/gost", "golang.org/x/crypto"},
	"agent/jsonrpc":            {},
	"agent/payment":            {},
	"agent/pfx":                {},
	"agent/sealed":             {},
	"agent/keyfile":            {"agent", "agent/gost", "agent/pfx", "golang.org/x/sys"},
	"agent/bank":               {"agent", "agent/cmp", "agent/gost", "agent/otp", "agent/pfx"},
	"agent/agenttest":          {"agent", "agent/audit", "agent/gost"},
	"agent/agenttest/need":     {},
	"agent/agenttest/softhsm":  {"agent", "agent/agenttest/need"},
	"pkcs11":                   {"agent", "agent/gost", "github.com/ThalesIgnite/crypto11", "github.com/miekg/pkcs11"},
	"pkcs11/discover":          {"agent", "golang.org/x/sys"},
	"pkcs11/remote":            {"agent", "agent/child", "agent/gost", "agent/jsonrpc"},
	"bridge":                   {"agent", "agent/jsonrpc", "github.com/gorilla/websocket", "golang.org/x/net", "golang.org/x/sys"},
	"bridge/sdk":               {},
	"ui/text":                  {"agent", "agent/otp", "agent/payment"},
	"ui":                       {"agent", "agent/otp", "agent/payment", "ui/text", "fyne.io/fyne/v2"},
	"ui/remote":                {"agent", "agent/child", "agent/jsonrpc"},
	"ui/tray":                  {"agent", "ui/text", "ui/tray/icons", "fyne.io/systray", "github.com/godbus/dbus/v5", "golang.org/x/sys"},
	"ui/tray/icons":            {},
	"agent/agenttest/cryptoki": {"agent", "agent/agenttest/sandbox"},
	"agent/agenttest/sandbox":  {"agent/agenttest/need", "golang.org/x/sys"},
	"agent/agenttest/vcard":    {"agent/agenttest/sandbox", "golang.org/x/sys"},
	"agent/otp":                {"golang.org/x/crypto", "golang.org/x/sys"},
	"agent/otp/qr":             {"github.com/makiuchi-d/gozxing"},
	"agent/gost":               {"golang.org/x/sys"},
	"agent/cmp":                {"agent/gost", "golang.org/x/crypto"}, // a format whose algorithms are the other's
}

// TestImports holds the packages to their floors (see the table): imports go
// down only, and a third-party module is used where it belongs. What is under
// cmd wires everything and may import everything, but nobody imports it.
func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "qoltanba/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], "qoltanba/")
		may, listed := allowed[name]
		for _, imported := range fields[1:] {
			own, ours := strings.CutPrefix(imported, "qoltanba/")
			switch {
			case strings.HasPrefix(name, "cmd/"):
				if ours && strings.HasPrefix(own, "cmd/") && !strings.HasPrefix(own, "cmd/internal/") && !strings.HasPrefix(own, strings.Join(strings.Split(name, "/")[:2], "/")) {
					t.Errorf("%s imports %s of another command", name, own)
				}
			case ours && strings.HasPrefix(own, "cmd/"):
				t.Errorf("%s imports %s", name, own)
			case ours && !slices.Contains(may, own), !ours && foreign(imported) && !within(may, imported):
				t.Errorf("%s imports %s (listed: %v)", name, imported, listed)
			}
		}
		seen++
	}
	if seen < len(allowed) {
		t.Errorf("go list showed %d packages, the table has %d", seen, len(allowed))
	}
}

// foreign tells a third-party path, whose first part has a dot.
func foreign(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func within(modules []string, path string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
}
