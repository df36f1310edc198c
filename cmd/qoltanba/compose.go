package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/net/publicsuffix"

	"qoltanba/agent"
	"qoltanba/agent/bank"
	"qoltanba/agent/keyfile"
	"qoltanba/pkcs11/remote"
)

// A body is an agent with the adapters around it, before anything runs.
type body struct {
	dirs        dirs
	log         *slog.Logger
	agent       *agent.Agent
	modules     *remote.Set
	keyFiles    *keyfile.Set
	named       []string // modules named on the command line
	descriptors []*bank.Descriptor

	mu       sync.Mutex
	admitted map[string]string // SHA-256 of the modules that may be loaded, by path
	history  error             // why it cannot be written
	drivers  error             // why no module can be used
	problem  error             // what else keeps the agent from working in full
}

// testOnlyConfig lets a test stand between an agent and its ports.
var testOnlyConfig func(*agent.Config)

// compose makes an agent for the home whose history h is, which asks at p.
func compose(e *env, d dirs, h *history, log *slog.Logger, p agent.Prompter) (*body, error) {
	if err := removeCopies(d.runtime); err != nil {
		log.Error("copies of documents were left behind", "err", err)
	}
	rules, err := readPolicy(d)
	if err != nil {
		return nil, err
	}
	b := &body{dirs: d, log: log, named: e.modules, descriptors: loadBanks(d, log), admitted: map[string]string{}}
	b.modules = remote.NewSet(remote.SetConfig{
		Find:    b.find,
		Check:   b.unchanged,
		Plugged: b.plugged,
		Command: helperCommand(log),
		Options: remote.Options{Log: log},
	})
	b.keyFiles = keyfile.NewSet(keyfile.Config{Files: e.keyFiles})
	known, err := banks(b.descriptors)
	if err != nil {
		return nil, err
	}
	config := agent.Config{
		Version: version, Tokens: agent.JoinTokens(b.modules, b.keyFiles), Drivers: b.modules, Prompter: p, History: h,
		Vault: keyringVault{service: keyringService(), user: d.config},
		Banks: known, ReadPrimary: bank.ReadPrimary, Managed: rules.Managed, FormatUnfinished: rules.FormatUnfinished,
		KeepStartPIN: !rules.RequirePINChange, Language: string(e.lang), Dir: d.config, Site: registrableDomain,
		OpenFile: openFile, TempDir: d.runtime, Logger: log,
	}
	if testOnlyConfig != nil {
		testOnlyConfig(&config)
	}
	b.agent, err = agent.New(config)
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	h.report = b.historyProblem
	return b, nil
}

// runAgent runs the agent beside f and ends it when f has returned.
func (b *body) runAgent(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	b.followDrivers(ctx)
	done := make(chan struct{})
	go func() { // ended and waited for below
		defer close(done)
		b.agent.Run(ctx)
	}()
	err := f(ctx)
	cancel()
	<-done
	return errors.Join(err, b.close())
}

// followDrivers tells the agent when no module can be used, and why, until ctx
// ends.
func (b *body) followDrivers(ctx context.Context) {
	b.modules.Changed(ctx, func() { b.setDriverProblem(b.driversProblem(b.modules.Drivers())) })
}

// setProblem tells what keeps the agent from working in full, beside history and
// drivers.
func (b *body) setProblem(err error) { b.change(func() { b.problem = err }) }

// setDriverProblem tells why no token can be seen, nil when one could.
func (b *body) setDriverProblem(err error) { b.change(func() { b.drivers = err }) }

// historyProblem tells that the history fails, or with nil that it works again.
func (b *body) historyProblem(err error) { b.change(func() { b.history = err }) }

func (b *body) change(f func()) {
	b.mu.Lock()
	f()
	err := cmp.Or(b.history, b.problem, b.drivers)
	b.mu.Unlock()
	b.agent.SetProblem(err)
}

// close lets the modules go. The agent has ended before.
func (b *body) close() error { return b.modules.Close() }

func loadBanks(d dirs, log *slog.Logger) []*bank.Descriptor {
	var all []*bank.Descriptor
	for _, dir := range []string{d.system, d.config} {
		if dir == "" {
			continue
		}
		found, err := bank.Load(filepath.Join(dir, "banks.d"), dir == d.system)
		if err != nil {
			log.Error("bank descriptor left out", "err", err)
		}
		all = append(all, found...)
	}
	return all
}

func banks(descriptors []*bank.Descriptor) ([]agent.Bank, error) {
	var all []agent.Bank
	for _, d := range descriptors {
		b := agent.Bank{Names: d.Names, Origins: d.Origins, Trusted: d.Trusted,
			Help: agent.DriverHelp{Phones: d.Support.Phones}, Support: d.Support.Texts, Manager: d.Support.Managers}
		if len(d.Drivers) > 0 {
			b.Help.Name, b.Help.Download = d.Drivers[0].Name, d.Drivers[0].Download
		}
		if d.Enrollment != nil {
			if err := enrollment(d.Enrollment, &b); err != nil {
				return nil, err
			}
		}
		if d.MobiPass != nil {
			rule := d.MobiPass.Rule()
			b.MobiPass = &rule
		}
		all = append(all, b)
	}
	return all, nil
}

// enrollment fills in where the bank's certificates come from.
func enrollment(e *bank.Enrollment, b *agent.Bank) error {
	c, err := e.Config()
	if err != nil {
		return err
	}
	client, err := bank.New(c)
	if err != nil {
		return err
	}
	b.Enroller, b.Host = client, c.Host()
	b.Primary, err = e.Primary()
	return err
}

// policy is what an administrator rules, policy.json.
type policy struct {
	Managed          bool `json:"managed"`          // only the descriptors' sites
	FormatUnfinished bool `json:"formatUnfinished"` // see agent.Config
	RequirePINChange bool `json:"requirePINChange"` // of a SpectraNet token's start PIN, before there are codes; the default
}

// readPolicy reads the administrator's policy.json. One that cannot be read, or has a
// field that is not known, as it may be misspelled, keeps the agent from starting: it may
// forbid something.
func readPolicy(d dirs) (p policy, err error) {
	p.RequirePINChange = true
	if d.policy == "" {
		return p, nil
	}
	data, err := os.ReadFile(filepath.Join(d.policy, "policy.json"))
	if errors.Is(err, os.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = parsePolicy(data, &p)
	}
	if err != nil {
		return policy{}, fmt.Errorf("reading the administrator's policy: %w", err)
	}
	return p, nil
}

func parsePolicy(data []byte, p *policy) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
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
