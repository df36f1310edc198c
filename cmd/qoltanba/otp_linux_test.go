package main

import (
	"bufio"
	"crypto"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/otp"
)

const (
	otpSerial = "AB12345678"
	otpNumber = "338609"
	otpSeed   = "12345678901234567890123456789012"
	otpBase32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA"
)

// TestOTPScripts runs the program itself with a keyring of its own.
func TestOTPScripts(t *testing.T) {
	for _, program := range []string{"dbus-daemon", "gnome-keyring-daemon", "oathtool"} {
		need.Program(t, program)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/otp",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_RUNTIME_DIR", "")
			e.Setenv("LANG", "en_US.UTF-8")
			dir := filepath.Join(e.WorkDir, "home", "config", "banks.d")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			bank := `{"names":{"en":"Reference Bank"},"origins":["https://ib.refbank.test"],"drivers":[],` +
				`"support":{"phones":["+7 727 000 00 00"],"texts":{}},"mobipass":{"parts":[8,7,8,8]}}`
			return errors.Join(os.WriteFile(filepath.Join(dir, "refbank.json"), []byte(bank), 0o600), otpFiles(e), startKeyring(e))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"iscode":    isCode,
			"listening": listening,
		},
	})
}

// otpFiles writes what a bank hands out, and what a person types who has it.
func otpFiles(e *testscript.Env) error {
	psk, err := otp.WritePSKC([]otp.PSKCKey{
		{ID: "T1", Algorithm: otp.PSKCTOTP, Suite: "HMAC-SHA256", Digits: 6, Interval: otp.SpectraInterval, Secret: []byte(otpSeed),
			Serial: otpSerial, Issuer: "Refbank", PIN: &otp.PINPolicy{KeyID: "P1"}},
		{ID: "P1", Algorithm: otp.PSKCPIN, Secret: []byte("7391"), Serial: otpSerial},
	}, otp.Transport{Name: "letter", Password: []byte("letter"), Iterations: 1000})
	if err != nil {
		return err
	}
	keys, wipe, err := otp.SeedKeys(crypto.SHA256, []byte(otpSeed), otpSerial)
	if err != nil {
		return err
	}
	defer wipe()
	number, err := keys.LockNumber(otpSerial, 0)
	if err != nil {
		return err
	}
	unlock, err := keys.UnlockCode(otpSerial, 0, number)
	if err != nil {
		return err
	}
	parts := []string{"45678899", "6655666", "86566664", "45677777"} // the guide's own
	key, err := otp.PartRule{Lengths: []int{8, 7, 8, 8}}.Key(parts)
	if err != nil {
		return err
	}
	answer, err := otp.MobiResponse(key, otpNumber)
	if err != nil {
		return err
	}
	e.Setenv("LOCK", number)
	e.Setenv("ANSWER", answer)
	for name, content := range map[string]string{
		"token.xml": string(psk),
		"locked":    "1111\n1111\n1111\n00000000\n" + unlock + "\n4826\n4826\n",
		"activate":  "1234\n2580\n2581\n2580\n2580\n" + strings.Join(parts, "\n") + "\n",
	} {
		if err := os.WriteFile(filepath.Join(e.WorkDir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// startKeyring starts a session bus and a keyring that is open, until the script's end.
func startKeyring(e *testscript.Env) error {
	dir, err := os.MkdirTemp("", "bus") // the script's folder is too long for a socket
	if err != nil {
		return err
	}
	e.Defer(func() { os.RemoveAll(dir) })
	config := filepath.Join(dir, "session.conf")
	err = os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:path=`+dir+`/s</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600)
	if err != nil {
		return err
	}
	bus := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--print-address")
	out, err := bus.StdoutPipe()
	if err == nil {
		err = start(e, bus)
	}
	if err != nil {
		return err
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	address = strings.TrimSpace(address)
	e.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	conn, err := dbus.Connect(address)
	if err != nil {
		return err
	}
	e.Defer(func() { conn.Close() })
	owned := make(chan *dbus.Signal, 100)
	conn.Signal(owned)
	if err := conn.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged")); err != nil {
		return err
	}
	keyring := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", "--control-directory="+dir)
	keyring.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+address, "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_RUNTIME_DIR="+dir)
	keyring.Stdin = strings.NewReader("test")
	keyring.Stdout, keyring.Stderr = io.Discard, io.Discard
	if err := start(e, keyring); err != nil {
		return err
	}
	for late := time.After(time.Minute); ; {
		select {
		case s := <-owned:
			if len(s.Body) > 0 && s.Body[0] == "org.freedesktop.secrets" {
				return nil
			}
		case <-late:
			return errors.New("the keyring did not start")
		}
	}
}

func start(e *testscript.Env, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	e.Defer(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return nil
}

// isCode compares the last output with oathtool's code of now, or of the step before.
func isCode(ts *testscript.TestScript, neg bool, _ []string) {
	got := strings.TrimSpace(ts.ReadFile("stdout"))
	for _, back := range []time.Duration{0, otp.SpectraInterval} {
		at := time.Now().Add(-back).UTC().Format("2006-01-02 15:04:05 UTC")
		want, err := exec.Command("oathtool", "--totp=SHA256", "-b", otpBase32, "-N", at).Output()
		ts.Check(err)
		if got == strings.TrimSpace(string(want)) {
			return
		}
	}
	ts.Fatalf("%q is no code of oathtool's", got)
}

// listening waits until the agent of a home takes connections.
func listening(ts *testscript.TestScript, _ bool, args []string) {
	d, err := locate(ts.MkAbs(args[0]))
	ts.Check(err)
	for late := time.Now().Add(time.Minute); time.Now().Before(late); time.Sleep(20 * time.Millisecond) {
		if _, ok := ask(d); ok {
			return
		}
	}
	ts.Fatalf("the agent did not get ready")
}
