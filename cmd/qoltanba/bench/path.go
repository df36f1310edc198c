package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/net/publicsuffix"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/audit"
	"qoltanba/bridge"
)

const bankOrigin = "https://ib.bank.kz"

// path is everything between a page and the module, as cmd/qoltanba puts it
// together, with a person who agrees at once and types the PIN.
type path struct {
	agent   *agent.Agent
	bridge  *bridge.Server
	person  *person
	stages  *stages
	tokens  *tokens
	module  holder
	history *audit.Log
	group   sync.WaitGroup
	cancel  context.CancelFunc
	err     error // of the bridge, once group is done
	dir     string
}

// holder is what an agent has its tokens from.
type holder interface {
	agent.Tokens
	Close() error
}

// startPath starts agent and bridge over those tokens, which it closes. The history
// lies in a new folder of dir.
func startPath(ctx context.Context, dir string, t *tokens, module holder) (_ *path, err error) {
	p := &path{stages: new(stages), tokens: t, module: module, cancel: func() {}}
	p.person = &person{Person: agenttest.NewPerson(userPIN), stages: p.stages}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.dir, err = os.MkdirTemp(dir, "path"); err != nil {
		return nil, err
	}
	if p.history, err = audit.Open(filepath.Join(p.dir, "history.jsonl")); err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	p.agent, err = agent.New(agent.Config{
		Version:  "bench",
		Tokens:   p.module,
		Prompter: p.person,
		Vault:    agenttest.NewVault(),
		History:  history{p.history, p.stages},
		Banks:    []agent.Bank{{Names: map[string]string{"en": "Bank"}, Origins: []string{bankOrigin}, Trusted: true}},
		Dir:      p.dir,
		TempDir:  p.dir,
		Site: func(host string) string {
			site, err := publicsuffix.EffectiveTLDPlusOne(host)
			if err != nil {
				return host
			}
			return site
		},
		OpenFile: func(string) error { return nil },
		Logger:   log,
	})
	if err != nil {
		return nil, err
	}
	p.bridge = bridge.New(bridge.Config{Agent: p.agent, Ports: []int{0}, Logger: log})
	if err := p.bridge.Listen(); err != nil {
		return nil, err
	}
	return p, p.serve(ctx)
}

// serve starts both and returns when the agent has seen the token.
func (p *path) serve(ctx context.Context) error {
	running, cancel := context.WithCancel(ctx)
	p.cancel = cancel
	seen := make(chan struct{})
	once := sync.OnceFunc(func() { close(seen) })
	defer p.agent.Subscribe(func(s agent.Status) {
		if len(s.Profiles) > 0 {
			once()
		}
	})()
	// Both end with close.
	p.group.Go(func() { p.agent.Run(running) })
	p.group.Go(func() { p.err = p.bridge.Serve(running) })
	select {
	case <-seen:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *path) close() error {
	p.cancel()
	p.group.Wait()
	errs := []error{p.err, p.module.Close()}
	if p.history != nil {
		errs = append(errs, p.history.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(p.dir))...)
}

// open connects a page and opens a session for the key of that algorithm.
func (p *path) open(ctx context.Context, a agent.KeyAlgorithm) (*page, error) {
	id := hex.EncodeToString(p.tokens.keys[a])
	i := slices.IndexFunc(p.agent.Status().Profiles, func(q agent.Profile) bool { return q.ID.Key == id })
	if i < 0 {
		return nil, fmt.Errorf("no profile for %s", a)
	}
	return p.openProfile(ctx, i)
}

// openProfile connects a page and opens a session for the profile of that number.
func (p *path) openProfile(ctx context.Context, i int) (*page, error) {
	g, err := dial(ctx, p.bridge.Port(), bankOrigin)
	if err != nil {
		return nil, err
	}
	p.person.choice.Store(int64(i))
	if err := g.call("session.open", struct{}{}, &struct{}{}); err != nil {
		return nil, errors.Join(err, g.close())
	}
	p.stages.reset()
	g.stages = p.stages
	return g, nil
}
