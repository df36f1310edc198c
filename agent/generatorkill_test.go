package agent_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/otp"
)

// folderVault is a keyring that outlives a process: one file for each entry.
type folderVault string

func (v folderVault) Get(_ context.Context, name string) (*agent.Secret, error) {
	b, err := os.ReadFile(filepath.Join(string(v), name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, agent.ErrNoKey
	}
	return agent.NewSecret(b), err
}

func (v folderVault) Set(_ context.Context, name string, s *agent.Secret) error {
	return os.WriteFile(filepath.Join(string(v), name), s.Bytes(), 0o600)
}

func (v folderVault) Delete(_ context.Context, name string) error {
	if err := os.Remove(filepath.Join(string(v), name)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

const guesserVariable = "QOLTANBA_TEST_GUESSER"

// TestMain is also the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(guesserVariable); dir != "" {
		guess(dir)
		return
	}
	os.Exit(m.Run())
}

// guess is an agent whose person types a wrong PIN once, and says when.
func guess(dir string) {
	person := agenttest.NewPerson("")
	person.Do(agenttest.Generators(func(s agent.GeneratorPanel, act func(agent.GeneratorAction) error, next func(func(agent.GeneratorPanel) bool) agent.GeneratorPanel) {
		s = next(func(s agent.GeneratorPanel) bool { return len(s.Devices) == 1 })
		do := func(a agent.GeneratorAction) {
			a.Device = s.Devices[0].ID
			if err := act(a); err != nil {
				panic(err)
			}
		}
		do(agent.GeneratorAction{Kind: agent.GeneratorPress, Press: otp.SpectraPower})
		do(agent.GeneratorAction{Kind: agent.GeneratorPress, Press: otp.SpectraClear}) // the message of the try before
		for i := range 4 {
			if i == 3 {
				fmt.Println("typing")
			}
			do(agent.GeneratorAction{Kind: agent.GeneratorDigit, Old: agent.NewSecret([]byte("1"))})
		}
		fmt.Println("judged")
	}))
	a, err := agent.New(agent.Config{
		Tokens: agenttest.NewTokens(), Prompter: person, Vault: folderVault(dir), History: agenttest.NewHistory(), Dir: dir, TempDir: dir,
		Site: func(host string) string { return host }, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err == nil {
		err = a.ShowGenerators(context.Background(), "")
	}
	if err != nil {
		panic(err)
	}
}

// TestS35KilledTry kills the agent between the last digit of a wrong PIN and the verdict,
// which the real cost of a try keeps apart. The try is counted each time, and the third
// locks the token.
func TestS35KilledTry(t *testing.T) {
	dir := t.TempDir()
	d := newDeskStopped(t)
	d.dir = dir
	d.start(func(c *agent.Config) { c.Vault = folderVault(dir) })
	d.atCodes(func(c *codes) { c.addToken() })
	records, err := filepath.Glob(filepath.Join(dir, "generators", "*", "record", "record"))
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	judged := 0
	for try := 1; try <= 3; try++ {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), guesserVariable+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		before := must(os.ReadFile(records[0]))
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "typing" {
			t.Fatalf("the agent said %q", lines.Text())
		}
		for late := time.Now().Add(time.Minute); bytes.Equal(must(os.ReadFile(records[0])), before); time.Sleep(time.Millisecond) {
			if time.Now().After(late) {
				t.Fatal("no try was written")
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			judged += strings.Count(lines.Text(), "judged")
		}
		_ = child.Wait()
		d.atCodes(func(c *codes) {
			c.keys(0, "p")
			if try == 3 {
				c.shows(0, "LOCK PIN", c.view(0).Field)
				return
			}
			c.shows(0, fmt.Sprint("FAIL", try), "")
		})
	}
	if judged == 3 {
		t.Error("every verdict came before the kill: nothing was shown")
	}
}
