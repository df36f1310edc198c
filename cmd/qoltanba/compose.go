package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/net/publicsuffix"

	"qoltanba/agent"
	"qoltanba/agent/bank"
)

// A body is an agent with the adapters around it, before anything runs.
type body struct {
	dirs        dirs
	log         *slog.Logger
	agent       *agent.Agent
	modules     *moduleSet
	named       []string // modules named on the command line
	descriptors []*bank.Descriptor
	looked      chan struct{} // closed when the agent knows the tokens, or why there are none

	mu       sync.Mutex
	problems problems
}

// problems are what keeps the agent from working in full; the first is told.
type problems struct{ history, ways, drivers error }

// compose makes an agent for the home whose history h is, which asks at p.
func compose(e *env, d dirs, h *history, log *slog.Logger, p agent.Prompter) (*body, error) {
	if err := removeCopies(d.runtime); err != nil {
		log.Error("copies of documents were left behind", "err", err)
	}
	policy, err := readPolicy(d)
	if err != nil {
		return nil, err
	}
	b := &body{dirs: d, log: log, named: e.modules, descriptors: loadBanks(d, log), looked: make(chan struct{})}
	b.modules = newModuleSet(b)
	b.agent, err = agent.New(agent.Config{
		Version: version, Tokens: b.modules, Drivers: b.modules, Prompter: p, History: h,
		Vault: keyringVault{service: keyringService(), user: d.config},
		Banks: banks(b.descriptors), Managed: policy.Managed, FormatUnfinished: policy.FormatUnfinished,
		Language: string(e.lang), Dir: d.config, Site: registrableDomain,
		OpenFile: openFile, TempDir: d.runtime, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	h.report = func(err error) { b.tell(func(p *problems) { p.history = err }) }
	return b, nil
}

// tell changes what keeps the agent from working.
func (b *body) tell(change func(*problems)) {
	b.mu.Lock()
	change(&b.problems)
	err := cmp.Or(b.problems.history, b.problems.ways, b.problems.drivers)
	b.mu.Unlock()
	b.agent.SetProblem(err)
}

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

func banks(descriptors []*bank.Descriptor) []agent.Bank {
	var all []agent.Bank
	for _, d := range descriptors {
		b := agent.Bank{Names: d.Names, Origins: d.Origins, Trusted: d.Trusted, Help: agent.DriverHelp{Phones: d.Support.Phones}}
		if len(d.Drivers) > 0 {
			b.Help.Name, b.Help.Download = d.Drivers[0].Name, d.Drivers[0].Download
		}
		all = append(all, b)
	}
	return all
}

// policy is what an administrator rules, policy.json.
type policy struct {
	Managed          bool `json:"managed"`          // only the descriptors' sites
	FormatUnfinished bool `json:"formatUnfinished"` // see agent.Config
}

// readPolicy reads the administrator's policy.json. One that cannot be read
// keeps the agent from starting: it may forbid something.
func readPolicy(d dirs) (p policy, err error) {
	if d.policy == "" {
		return policy{}, nil
	}
	data, err := os.ReadFile(filepath.Join(d.policy, "policy.json"))
	if errors.Is(err, os.ErrNotExist) {
		return policy{}, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return policy{}, fmt.Errorf("reading the administrator's policy: %w", err)
	}
	return p, nil
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
	done := make(chan struct{})
	go func() { // ended and waited for below
		defer close(done)
		b.agent.Run(ctx)
	}()
	err := f(ctx)
	cancel()
	<-done
	return errors.Join(err, b.modules.Close())
}
