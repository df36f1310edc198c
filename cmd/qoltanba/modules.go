package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"qoltanba/agent"
	"qoltanba/pkcs11/discover"
)

// find looks for modules: those named on the command line, the person's own,
// those of the banks' descriptors, the system's list. Those that may be loaded
// have no Problem. It waits for the keyring, and for the person where a file
// has changed.
func (b *body) find(ctx context.Context) []agent.Driver {
	sources := discover.Sources{Named: b.named, Own: b.agent.OwnDrivers(ctx)}
	for _, d := range b.descriptors {
		for _, driver := range d.Drivers {
			sources.Known = append(sources.Known, discover.Known{Name: driver.Name, Modules: driver.Modules})
		}
	}
	all, err := discover.Find(sources)
	if err != nil {
		b.log.Error("modules not used", "err", err)
	}
	for i := range all {
		d := &all[i]
		if d.Problem != "" {
			continue
		}
		sum, err := discover.Digest(d.Path)
		if err == nil {
			err = b.agent.AdmitDriver(ctx, *d, sum)
		}
		if err != nil {
			b.log.Error("module not used", "path", d.Path, "err", err)
			d.Problem = cmp.Or(agent.ErrorName(err), agent.ErrorName(agent.ErrModule))
			continue
		}
		b.mu.Lock()
		b.admitted[d.Path] = sum
		b.mu.Unlock()
	}
	return all
}

// unchanged tells whether a module is still the file that was admitted: a helper
// that died is started anew without anybody looking for modules.
func (b *body) unchanged(d agent.Driver) error {
	sum, err := discover.Digest(d.Path)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if sum != b.admitted[d.Path] {
		return fmt.Errorf("module %s: %w: %w", d.Path, agent.ErrModuleChanged, agent.ErrModule)
	}
	return nil
}

// plugged tells whether a token that a descriptor knows is connected.
func (b *body) plugged() bool {
	var ids []string
	for _, d := range b.descriptors {
		for _, driver := range d.Drivers {
			ids = append(ids, driver.USB...)
		}
	}
	return discover.Plugged(ids)
}

// driversProblem is what keeps tokens from being reached: that a module which
// was named cannot be used, or that none can. What is wrong with others is in
// the token panel.
func (b *body) driversProblem(all []agent.Driver) error {
	works := false
	var first error
	for _, d := range all {
		if d.Problem == "" {
			works = true
			continue
		}
		problem := cmp.Or(agent.ErrorNamed(d.Problem), agent.ErrModule)
		if b.isNamed(d.Path) {
			return problem
		}
		first = cmp.Or(first, problem)
	}
	if works {
		return nil
	}
	return cmp.Or(first, agent.ErrNoDriver)
}

// isNamed tells whether a path comes from the command line.
func (b *body) isNamed(path string) bool {
	for _, n := range b.named {
		if real, err := filepath.EvalSymlinks(n); n == path || err == nil && real == path {
			return true
		}
	}
	return false
}
