package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/agenttest/softhsm"
)

func fingerprintOf(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// A bankProcess is the reference bank as a program.
type bankProcess struct {
	program, dir string
	log          string // file that it logs into
	address      string // of enrollment
	descriptor   []byte
	clients      int
	primary      string // kind of the primary keys that it hands out
}

// buildBank builds the reference bank.
func buildBank(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "refbank")
	if out, err := exec.Command(need.Program(t, "go"), "build", "-o", program, "../refbank").CombinedOutput(); err != nil {
		t.Fatalf("building the reference bank: %v\n%s", err, out)
	}
	return program
}

// serveBank starts a bank that ends with the test.
func serveBank(t *testing.T, program string, faults ...string) *bankProcess {
	t.Helper()
	dir := t.TempDir()
	b := &bankProcess{program: program, dir: filepath.Join(dir, "bank"), log: filepath.Join(dir, "log"), primary: "P-256"}
	args := []string{"serve", "--dir", b.dir, "--listen", "127.0.0.1:0", "--est", "127.0.0.1:0"}
	if len(faults) > 0 {
		args = append(args, "--fault", strings.Join(faults, ","))
	}
	serve := exec.Command(program, args...)
	log, err := os.Create(b.log) // the process's own: what it has logged is there to be read
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	serve.Stderr = log
	stdout, err := serve.StdoutPipe()
	if err == nil {
		err = serve.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := serve.Wait(); err != nil {
			t.Errorf("the bank ended with %v\n%s", err, b.logged(t))
		}
	})
	lines := bufio.NewScanner(stdout)
	address := ""
	for lines.Scan() {
		if a, ok := strings.CutPrefix(lines.Text(), "est "); ok {
			address = a
		}
		if strings.HasPrefix(lines.Text(), "ready ") {
			break
		}
	}
	if address == "" {
		t.Fatalf("the bank does not serve enrollment: %v\n%s", lines.Err(), b.logged(t))
	}
	b.address = address
	b.descriptor = b.run(t, "descriptor", "--est", address)
	return b
}

func (b *bankProcess) logged(t *testing.T) []byte {
	t.Helper()
	log, err := os.ReadFile(b.log)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// recorded returns what the bank's log has under a name in the lines with that message,
// those of the first from bytes left out.
func (b *bankProcess) recorded(t *testing.T, from int, message, name string) (all []string) {
	t.Helper()
	line := regexp.MustCompile(`msg="` + message + `".* ` + name + `=("[^"]*"|\S+)`)
	for _, m := range line.FindAllSubmatch(b.logged(t)[from:], -1) {
		all = append(all, strings.Trim(string(m[1]), `"`))
	}
	return all
}

func (b *bankProcess) run(t *testing.T, command string, args ...string) []byte {
	t.Helper()
	c := exec.Command(b.program, append([]string{command, "--dir", b.dir}, args...)...)
	var log bytes.Buffer
	c.Stderr = &log
	out, err := c.Output()
	if err != nil {
		t.Fatalf("refbank %s: %v\n%s", command, err, &log)
	}
	return out
}

// newErrand has a client of the bank with a card, an empty token, and a home.
func (b *bankProcess) newErrand(t *testing.T) errand {
	t.Helper()
	store := softhsm.New(t)
	store.Token(t, "", agent.DefaultPIN)
	e := errand{config: store.Config, Home: t.TempDir(), KeyFile: filepath.Join(t.TempDir(), "Key.pfx"), Password: "k7m2p9x4"}
	b.clients++
	e.UserID = fmt.Sprintf("qq%06d_asdfgh", b.clients)
	b.run(t, "contract", "--user", e.UserID, "--surname", "S", "--given-name", "G", "--iin", "880101300123",
		"--company", "C", "--bin", "180340012345", "--account", "KZ86125KZT5004100100", "--period", "12")
	for line := range strings.Lines(string(b.run(t, "card", "--user", e.UserID, "--key-file", e.KeyFile, "--algorithm", b.primary))) {
		if pin, ok := strings.CutPrefix(strings.TrimSpace(line), "pin "); ok {
			e.PIN = pin
		}
	}
	banks := filepath.Join(e.Home, "config", "banks.d")
	if err := os.MkdirAll(banks, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(banks, "refbank.json"), b.descriptor, 0o600); err != nil {
		t.Fatal(err)
	}
	return e
}

// send sends the clerk, and returns the report, or that the process was killed.
func (e errand) send(t *testing.T) (r report, killed bool) {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	spec := filepath.Join(t.TempDir(), "errand.json")
	if err := os.WriteFile(spec, data, 0o600); err != nil {
		t.Fatal(err)
	}
	clerk := exec.CommandContext(t.Context(), os.Args[0])
	clerk.Env = append(os.Environ(), clerkVariable+"="+spec, "SOFTHSM2_CONF="+e.config, "DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR=")
	var out, log bytes.Buffer
	clerk.Stdout, clerk.Stderr = &out, &log
	if err := e.wire.start(clerk); err != nil {
		t.Fatal(err)
	}
	err = clerk.Wait()
	if status, ok := clerk.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
		return r, true
	}
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &r)
	}
	if err != nil {
		t.Fatalf("the clerk: %v\n%s%s", err, &out, &log)
	}
	return r, false
}

// wantOne demands one of everything, on the token and at the bank.
func (b *bankProcess) wantOne(t *testing.T, e errand, r report) {
	t.Helper()
	b.wantRenewed(t, e, r, 1)
}

// wantRenewed demands one of everything on the token, and one key at the bank, which has
// issued so many certificates for it.
func (b *bankProcess) wantRenewed(t *testing.T, e errand, r report, certificates int) {
	t.Helper()
	if r.Private != 1 || r.Public != 1 || r.Certs != 1 || r.Others != 0 || r.Label != agent.LabelPrefix+"Accounts" {
		t.Errorf("on the token: %+v", r)
	}
	want := fmt.Sprintf("keys 1\ncertificates %d\nin-force %s\n", certificates, r.Fingerprint)
	if got := string(b.run(t, "client", "--user", e.UserID)); got != want {
		t.Errorf("the bank has %q, want %q", got, want)
	}
}

// A killing is an errand on which the clerk is killed once.
type killing struct {
	errand
	name string
}

// killAndGoOn kills each clerk and has another one go on. Two do so at a time, while the
// next case is prepared; t.Parallel would forbid SoftHSM2's variable in the environment.
func (b *bankProcess) killAndGoOn(t *testing.T, cases iter.Seq[killing]) {
	queue := make(chan killing)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(queue)
	for range 2 {
		workers.Go(func() {
			for k := range queue {
				t.Run(k.name, func(t *testing.T) {
					if _, killed := k.send(t); !killed {
						t.Fatal("the process was not killed")
					}
					k.At = 0
					k.wire.cut(0, false)
					r, _ := k.send(t)
					b.wantOne(t, k.errand, r)
				})
			}
		})
	}
	for k := range cases {
		queue <- k
	}
}

// TestEnrollKilled kills the agent before and after everything that a registration
// does outside, each time in a process of its own over SoftHSM2 and the reference
// bank, and has another one go on.
func TestEnrollKilled(t *testing.T) {
	program := buildBank(t)
	bank := serveBank(t, program)
	e := bank.newErrand(t)
	whole, _ := e.send(t)
	bank.wantOne(t, e, whole)
	if len(whole.Operations) < 13 {
		t.Fatalf("a registration has the operations %q", whole.Operations)
	}
	bank.killAndGoOn(t, func(yield func(killing) bool) {
		for at, operation := range whole.Operations {
			for _, after := range []bool{false, true} {
				e := bank.newErrand(t)
				e.At, e.After = at+1, after
				if !yield(killing{e, fmt.Sprintf("K117 K118 K120 %d %s after=%t", at+1, operation, after)}) {
					return
				}
			}
		}
	})
}

// withoutEST returns a descriptor for agents that are to use CMP.
func withoutEST(descriptor []byte) []byte {
	return regexp.MustCompile(`"est": .*`).ReplaceAll(descriptor, nil)
}

// TestEnrollAnswersLost loses each of the bank's answers once, as the bank's own record
// says, and lets the agent wait once, in a registration and in the renewal that follows.
func TestEnrollAnswersLost(t *testing.T) {
	bank := serveBank(t, buildBank(t), "lost-answer", "202", "due")
	ofCMP := []string{"genm periods", "ir waits", "pollReq", "ir", "certConf", "register"}
	for _, c := range []struct {
		name, primary string
		cmp           bool     // alone
		lost          []string // by the registration
		renewed       []string // by the renewal; nil where that is like another
	}{
		{"EST", "P-256", false, []string{"csrattrs", "cacerts", "simpleenroll waits", "simpleenroll", "register"},
			[]string{"simplereenroll waits", "simplereenroll", "register"}},
		{"CMP with a MAC", "P-256", true, ofCMP, []string{"kur waits", "kur", "certConf", "register"}},
		// No TLS carries these keys, so it goes over CMP, signed.
		{"K74 GOST-2015", "GOST-2015", false, ofCMP, nil},
		{"K74 GOST-2004", "GOST-2004", false, ofCMP, nil},
	} {
		t.Run("K115 "+c.name, func(t *testing.T) {
			whole := bank.descriptor
			defer func() { bank.descriptor = whole }()
			if c.cmp {
				bank.descriptor = withoutEST(whole)
			}
			bank.primary = c.primary
			e := bank.newErrand(t)
			first := bank.wantLost(t, e, c.lost, 1)
			if c.renewed == nil {
				return
			}
			e.Renew = true
			if next := bank.wantLost(t, e, c.renewed, 2); next.Key != first.Key {
				t.Errorf("the key is %s, and was %s before the renewal", next.Key, first.Key)
			}
		})
	}
}

// wantLost sends the clerk to a bank that loses those answers, and demands one of
// everything, and that so many certificates were issued.
func (b *bankProcess) wantLost(t *testing.T, e errand, lost []string, certificates int) report {
	t.Helper()
	before := len(b.logged(t))
	r, _ := e.send(t)
	if got := b.recorded(t, before, "answer lost", "operation"); !slices.Equal(got, lost) {
		t.Errorf("the bank lost the answers %q, want %q", got, lost)
	}
	if len(r.Failures) != len(lost) {
		t.Errorf("failures %q, want one for each of %d answers", r.Failures, len(lost))
	}
	b.wantRenewed(t, e, r, certificates)
	return r
}
