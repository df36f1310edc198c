package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"golang.org/x/net/publicsuffix"

	"qoltanba/agent"
	"qoltanba/agent/audit"
	"qoltanba/agent/bank"
	"qoltanba/pkcs11"
)

// A body is an agent with the adapters around it, before anything runs.
type body struct {
	dirs    dirs
	log     *slog.Logger
	agent   *agent.Agent
	history *audit.Log
	modules []*pkcs11.Module
	problem error // what keeps it from working in full
}

// compose makes an agent for the home folder that asks at p. It returns
// audit.ErrLocked when another agent of this home runs.
func compose(e *env, d dirs, log *slog.Logger, p agent.Prompter) (*body, error) {
	b := &body{dirs: d, log: log}
	var err error
	if b.history, err = audit.Open(filepath.Join(d.state, "history.jsonl")); err != nil {
		return nil, err
	}
	descriptors := loadBanks(d, log)
	var tokens []agent.Tokens
	for path, name := range candidates(descriptors, e.modules) {
		m, err := openModule(path, name)
		if err != nil {
			log.Error("module not used", "err", err)
			b.problem = err
			continue
		}
		b.modules = append(b.modules, m)
		tokens = append(tokens, m)
	}
	if len(tokens) == 0 && b.problem == nil {
		b.problem = fmt.Errorf("no module was found: %w", agent.ErrModule)
	}
	managed, err := readPolicy(d)
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	b.agent, err = agent.New(agent.Config{
		Version: version, Tokens: pkcs11.Join(tokens...), Prompter: p, History: b.history,
		Vault: keyringVault{service: keyringService(), user: d.config},
		Banks: banks(descriptors), Managed: managed, Language: string(e.lang), Dir: d.config, Site: registrableDomain,
		OpenFile: openFile, TempDir: d.runtime, Logger: log,
	})
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	b.agent.SetProblem(b.problem)
	return b, nil
}

// close lets the modules and the history go. The agent has ended before.
func (b *body) close() error {
	var errs []error
	for _, m := range b.modules {
		errs = append(errs, m.Close())
	}
	return errors.Join(append(errs, b.history.Close())...)
}

func openModule(path, name string) (*pkcs11.Module, error) {
	real, err := checkModule(path)
	if err != nil {
		return nil, err
	}
	return pkcs11.Open(real, pkcs11.Options{Name: name, Sessions: 2})
}

func loadBanks(d dirs, log *slog.Logger) []*bank.Descriptor {
	var all []*bank.Descriptor
	for dir, trusted := range map[string]bool{d.system: true, d.config: false} {
		if dir == "" {
			continue
		}
		found, err := bank.Load(filepath.Join(dir, "banks.d"), trusted)
		if err != nil {
			log.Error("bank descriptor left out", "err", err)
		}
		all = append(all, found...)
	}
	return all
}

func banks(descriptors []*bank.Descriptor) []agent.Bank {
	var all []agent.Bank
	for _, d := range descriptors {
		all = append(all, agent.Bank{Names: d.Names, Origins: d.Origins, Trusted: d.Trusted})
	}
	return all
}

// candidates returns the modules to load, by path, with what people call the
// tokens of each: those named on the command line, and of each descriptor
// those that are installed.
func candidates(descriptors []*bank.Descriptor, named []string) map[string]string {
	all := map[string]string{}
	for _, path := range named {
		all[path] = ""
	}
	for _, d := range descriptors {
		for _, name := range d.Driver.Modules {
			if path := findModule(name); path != "" {
				all[path] = d.Driver.Name
			}
		}
	}
	return all
}

// readPolicy reads the administrator's policy.json. One that cannot be read
// keeps the agent from starting: it may forbid something.
func readPolicy(d dirs) (managed bool, err error) {
	if d.system == "" {
		return false, nil
	}
	data, err := os.ReadFile(filepath.Join(d.system, "policy.json"))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	var policy struct {
		Managed bool `json:"managed"`
	}
	if err == nil {
		err = json.Unmarshal(data, &policy)
	}
	if err != nil {
		return false, fmt.Errorf("reading the administrator's policy: %w", err)
	}
	return policy.Managed, nil
}

// registrableDomain is the part of a host that somebody registered. A host
// that is a public suffix itself stands for itself.
func registrableDomain(host string) string {
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return d
}

// openFile shows a file in the program that the person has for its kind.
func openFile(path string) error {
	name, args := "xdg-open", []string{path}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", path}
	case "darwin":
		name = "open"
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("opening a copy: %w", err)
	}
	go cmd.Wait() // ends with the opener, which hands the file on and returns
	return nil
}

// runAgent runs the agent beside f and ends it when f has returned.
func (b *body) runAgent(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- b.agent.Run(ctx) }() // ended and waited for below
	err := f(ctx)
	cancel()
	return errors.Join(err, <-done, b.close())
}
