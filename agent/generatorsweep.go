package agent

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// sweepHeld takes the keys of devices that are not complete, or were forgotten, off a
// token that was unlocked, for whatever it was. Those that cannot be taken off stay for
// the next time. The caller has the turn.
func (a *Agent) sweepHeld(ctx context.Context, token TokenID) {
	if left, err := a.leftOn(token); len(left) == 0 && err == nil {
		return
	}
	lock, err := lockGenerators(a.config.Dir)
	if err != nil { // somebody is storing a device: the next time
		return
	}
	defer lock.Close()
	a.sweepLocked(ctx, token)
}

// sweepLocked is sweepHeld for whoever has lockGenerators.
func (a *Agent) sweepLocked(ctx context.Context, token TokenID) {
	left, err := a.leftOn(token)
	for _, d := range left {
		err = errors.Join(err, a.sweepOne(ctx, d))
	}
	if err != nil {
		a.log.Error("keys of a code generator stay on the token", "err", err)
	}
}

// leftOn lists the devices that have left keys on a token.
func (a *Agent) leftOn(token TokenID) (left []*generator, err error) {
	_, unready, err := loadGenerators(a.config.Dir)
	for _, path := range unready {
		d := newGenerator(path)
		if d.loadMeta() != nil || d.meta.Token == nil || *d.meta.Token != token {
			continue
		}
		if _, err := os.Lstat(strings.TrimSuffix(path, generatorUnready)); !errors.Is(err, fs.ErrNotExist) {
			continue // somebody's copy, it may be: the keys are those of a device that is complete
		}
		left = append(left, d)
	}
	return left, err
}

// sweepOne takes the keys of one device off its token and forgets whose they were. The
// history has it before, and what came of it.
func (a *Agent) sweepOne(ctx context.Context, d *generator) error {
	record := noteOf(generatorSweep, d.meta)
	record.Token, record.Result = d.meta.Token.Serial, "begun"
	if err := a.remember(record); err != nil {
		return err
	}
	h, err := a.held(*d.meta.Token, strings.TrimSuffix(d.id, generatorUnready))
	if err == nil {
		err = h.remove(ctx)
	}
	if err == nil {
		err = os.RemoveAll(d.dir)
	}
	record.Result = result(err)
	a.note(record)
	return err
}
