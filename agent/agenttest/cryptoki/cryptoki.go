// Package cryptoki is openCryptoki's token in software, for tests of what
// SoftHSM2 does not do: it counts wrong PINs, tells that few and that one are
// left, locks, and is unlocked by the administrator. It knows RSA only.
//
// It must run in a sandbox (package sandbox), where its daemon ends with the
// test. It loads nothing; the caller loads Slot.Module.
package cryptoki

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/sandbox"
)

// The administrator's PIN: as it is when nobody has changed it yet, and as Token
// sets it.
const (
	FirstSOPIN = "87654321"
	SOPIN      = "12348765"
)

// Tries is how many wrong PINs lock the token.
const Tries = 3

// The folders that belong to openCryptoki.
const (
	configDir = "/etc/opencryptoki"
	stateDir  = "/var/lib/opencryptoki"
)

// modules is where distributions put the library.
var modules = []string{
	"/usr/lib/x86_64-linux-gnu/pkcs11/libopencryptoki.so",
	"/usr/lib/aarch64-linux-gnu/pkcs11/libopencryptoki.so",
}

// Needs is what a test has to ask of package sandbox before it uses a Slot.
func Needs() sandbox.Needs {
	return sandbox.Needs{
		Programs: []string{"pkcsslotd", "pkcsconf"},
		Files:    []string{module()},
		Private:  []string{configDir, stateDir, "/run", "/dev/shm"},
	}
}

// module is the first library that is there, or the first.
func module() string {
	for _, m := range modules {
		if _, err := os.Stat(m); err == nil {
			return m
		}
	}
	return modules[0]
}

// Slot is openCryptoki with one slot, which always has its token.
type Slot struct {
	Module string // path of the PKCS #11 library
}

// Start runs openCryptoki's daemon, once in a sandbox. The token is as from the
// factory: not initialized, and with the administrator's FirstSOPIN.
func Start(t testing.TB) *Slot {
	t.Helper()
	for _, dir := range []string{"/run/opencryptoki", "/run/lock/opencryptoki"} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config := "version opencryptoki-3.1\nslot 0 {\n  stdll = libpkcs11_sw.so\n}\n"
	if err := os.WriteFile(filepath.Join(configDir, "opencryptoki.conf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	// It goes into the background when it is ready.
	if out, err := exec.Command("pkcsslotd").CombinedOutput(); err != nil {
		t.Fatalf("pkcsslotd: %v\n%s", err, out)
	}
	s := &Slot{Module: module()}
	s.Erase(t)
	return s
}

// ID is what the token tells of itself, before and after it is initialized.
var ID = agent.TokenID{Manufacturer: "IBM Corp.", Serial: "123"}

// Token is the token, initialized.
type Token struct {
	ID    agent.TokenID
	Label string
	PIN   string
}

// Token makes a new token of it, with the administrator's SOPIN, a label and a
// PIN of 4 to 8 bytes. The library must not be initialized in this process.
func (s *Slot) Token(t testing.TB, label, pin string) *Token {
	t.Helper()
	s.Erase(t)
	s.run(t, label+"\n", "-I", "-S", FirstSOPIN)
	s.run(t, "", "-P", "-S", FirstSOPIN, "-n", SOPIN)
	s.run(t, "", "-u", "-S", SOPIN, "-n", pin)
	return &Token{ID: ID, Label: label, PIN: pin}
}

// Erase makes the token as from the factory again. C_InitToken does not: in
// openCryptoki 3.8 nobody can log in as administrator after it (0x6), unless
// the PIN still is the first one. The library must not be initialized in this
// process.
func (s *Slot) Erase(t testing.TB) {
	t.Helper()
	for _, dir := range []string{stateDir + "/swtok", "/dev/shm"} {
		files, err := filepath.Glob(dir + "/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := os.RemoveAll(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.MkdirAll(stateDir+"/swtok/TOK_OBJ", 0o700); err != nil {
		t.Fatal(err)
	}
}

// run runs pkcsconf on the slot.
func (s *Slot) run(t testing.TB, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command("pkcsconf", append([]string{"-c", "0"}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("pkcsconf %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}
