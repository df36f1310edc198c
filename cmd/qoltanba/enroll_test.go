package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/agenttest/softhsm"
)

// TestEnrollScripts runs the program itself against a SoftHSM2 token and the reference
// bank, with a person who types.
func TestEnrollScripts(t *testing.T) {
	program, pkcs11Tool := buildBank(t), need.Program(t, "pkcs11-tool")
	type desk struct {
		bank   *bankProcess
		errand errand
		config string // of SoftHSM2
	}
	desks := map[string]desk{}
	other := softhsm.New(t)
	other.Token(t, "", agent.DefaultPIN)
	for name, faults := range map[string][]string{"whole": {"due"}, "resume": {"lost-answer", "202", "due"}, "token": {"lost-answer"}} {
		b := serveBank(t, program, faults...)
		e := b.newErrand(t)
		b.run(t, "contract", "--user", e.UserID, "--surname", "S", "--given-name", "G", "--iin", "880101300123",
			"--company", "C", "--bin", "180340012345", "--account", "KZ86125KZT5004100100", "--period", "1")
		desks["script-"+name] = desk{b, e, os.Getenv("SOFTHSM2_CONF")}
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/enroll",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			d := desks[filepath.Base(e.WorkDir)]
			for name, value := range map[string]string{
				"SOFTHSM2_CONF": d.config, "DBUS_SESSION_BUS_ADDRESS": "", "XDG_RUNTIME_DIR": "",
				"USER_ID": d.errand.UserID, "PIN": d.errand.PIN,
				"OTHER_CONF": other.Config, "MODULE": other.Module, "PKCS11_TOOL": pkcs11Tool, "TOKEN_PIN": d.errand.Password,
			} {
				e.Setenv(name, value)
			}
			if err := os.CopyFS(filepath.Join(e.WorkDir, "home"), os.DirFS(d.errand.Home)); err != nil {
				return err
			}
			data, err := os.ReadFile(d.errand.KeyFile)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(e.WorkDir, "Key.pfx"), data, 0o600); err != nil {
				return err
			}
			for name, lines := range typed(d.errand) {
				if err := os.WriteFile(filepath.Join(e.WorkDir, name), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready": ready,
			// renewed demands that the bank has issued so many certificates for one key, with
			// one in force, which the agent of a home, if one is named, sees alone.
			"renewed": func(ts *testscript.TestScript, _ bool, args []string) {
				d := desks[filepath.Base(ts.Getenv("WORK"))]
				got := string(d.bank.run(t, "client", "--user", d.errand.UserID))
				inForce, ok := strings.CutPrefix(strings.TrimSpace(got), "keys 1\ncertificates "+args[0]+"\nin-force ")
				if !ok || inForce == "-" {
					ts.Fatalf("the bank has %q, want %s certificates", got, args[0])
				}
				if len(args) > 1 {
					at, err := locate(ts.MkAbs(args[1]))
					ts.Check(err)
					if s, _ := ask(at); len(s.Profiles) != 1 || s.Profiles[0].ID.Certificate != inForce {
						ts.Fatalf("the profiles are %+v, want the certificate %s alone", s.Profiles, inForce)
					}
				}
			},
			// one demands that the bank has one of everything.
			"one": func(ts *testscript.TestScript, _ bool, _ []string) {
				d := desks[filepath.Base(ts.Getenv("WORK"))]
				got := string(d.bank.run(t, "client", "--user", d.errand.UserID))
				if !strings.HasPrefix(got, "keys 1\ncertificates 1\nin-force ") || strings.Contains(got, "in-force -") {
					ts.Fatalf("the bank has %q", got)
				}
			},
			// unwritten demands that no file of the folder has a secret of the registration.
			"unwritten": func(ts *testscript.TestScript, _ bool, args []string) {
				d := desks[filepath.Base(ts.Getenv("WORK"))]
				file, err := os.ReadFile(d.errand.KeyFile)
				ts.Check(err)
				secrets := slices.Concat(forms([]byte(d.errand.PIN), []byte(d.errand.Password), []byte(changedPassword), []byte(agent.DefaultPIN)), pieces(file))
				unwritten(ts, ts.MkAbs(args[0]), append(secrets, forms([]byte(strings.ToLower(d.errand.PIN)))...), d.errand.UserID)
			},
		},
	})
}

// changedPassword is what the token's password is changed to in whole.txtar.
const changedPassword = "Qoltan58"

// forms writes secrets in the ways in which they could come into a file.
func forms(secrets ...[]byte) (all [][]byte) {
	for _, s := range secrets {
		wide := make([]byte, 0, 2*len(s)) // UTF-16
		for _, c := range s {
			wide = append(wide, c, 0)
		}
		all = append(all, s, wide, []byte(hex.EncodeToString(s)), []byte(base64.RawStdEncoding.EncodeToString(s)))
	}
	return all
}

// pieces cuts a file into pieces, each in its forms: a part of it would be found, too. They
// are of whole groups of base64.
func pieces(file []byte) [][]byte {
	const size = 24
	var all [][]byte
	for piece := range slices.Chunk(file, size) {
		if len(piece) == size {
			all = append(all, piece)
		}
	}
	return forms(all...)
}

// unwritten looks for secrets in all files of a folder, which the User ID must be in: its
// journal, its history, and its log are among them.
func unwritten(ts *testscript.TestScript, dir string, secrets [][]byte, userID string) {
	known := map[string]bool{}
	ts.Check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		known[d.Name()] = bytes.Contains(data, []byte(userID)) || d.Name() == "agent.log" && len(data) > 0
		for _, secret := range secrets {
			if i := bytes.Index(data, secret); i >= 0 {
				ts.Fatalf("K119 a secret of %d bytes is in %s, at %d", len(secret), path, i)
			}
		}
		return nil
	}))
	for _, name := range []string{"registrations.json", "history.jsonl", "agent.log"} {
		if !known[name] {
			ts.Fatalf("%s was not looked through: %v", name, known)
		}
	}
}

// typed is what a person types in each part of the scripts.
func typed(e errand) map[string][]string {
	const enter = "" // what stands there already
	return map[string][]string{
		"refuse": {"12345678", "no"},
		"whole": {
			"99999999", "12345678", "maybe", "yes", enter,
			// K73 K82: what looks alike is left alone, small letters are made capitals.
			enter, "ПИН", "abcdef1o", enter, enter, "yes",
			enter, strings.ToLower(e.PIN), enter, enter,
			enter, "short1", strings.Repeat("a7", 128), e.Password, e.Password + "5", e.Password, e.Password,
			"yes",
		},
		"password": {e.Password, changedPassword, changedPassword},
		"renew":    {"wrong999", changedPassword},
		"stops": {
			"12345678", "yes", enter, e.UserID, e.PIN, "Letter.pfx", enter, "yes", // K75: it is not there
			enter, e.PIN, "Key.pfx", enter, "yes", // the bank's answer is lost
			enter, e.PIN, "Key.pfx", enter, "Есеп", "Accounts", e.Password, e.Password, "no", // not right yet
			enter, e.PIN, enter, enter, enter, e.Password, e.Password, "yes", "no",
		},
		"other":  {"yes"}, // and leaves
		"anew":   {"yes", e.Password, "yes", enter, enter, e.PIN, "Key.pfx", enter, "Accounts", e.Password, e.Password, "yes", "yes", "yes", "yes"},
		"goeson": {"yes", e.Password, enter, e.PIN, "Key.pfx", enter, "yes", "yes", "yes", "yes", "yes", "yes"},
	}
}
