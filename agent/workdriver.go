package agent

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// workDriver does one thing with the PKCS#11 modules. It runs without the turn:
// a module that has changed is asked about on the way.
func (a *Agent) workDriver(ctx context.Context, act TokenAction) error {
	d := a.config.Drivers
	if d == nil {
		return fmt.Errorf("no drivers to be asked about: %w", ErrInvalid)
	}
	switch act.Kind {
	case DriverAdd:
		return a.workDriverAdd(ctx, d, act.Path)
	case DriverForget:
		if err := a.ForgetDriver(ctx, act.Path); err != nil {
			return err
		}
	default:
		a.forgiveDrivers()
	}
	return d.Rescan(ctx)
}

// workDriverAdd adds a module. One that turns out not to work is not kept.
func (a *Agent) workDriverAdd(ctx context.Context, d Drivers, path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("%w: %w: %w", err, ErrModuleMissing, ErrModule)
	}
	known := slices.Contains(a.OwnDrivers(ctx), filepath.Clean(path))
	if err := a.AddDriver(ctx, path); err != nil {
		return err
	}
	if err := d.Rescan(ctx); err != nil {
		return err
	}
	all := d.Drivers()
	i := slices.IndexFunc(all, func(d Driver) bool { return d.Path == real && d.Problem != "" })
	if i < 0 {
		return nil
	}
	err = fmt.Errorf("module %s: %w", real, errors.Join(ErrorNamed(all[i].Problem), ErrModule))
	if !known {
		err = errors.Join(err, a.ForgetDriver(ctx, filepath.Clean(path)), d.Rescan(ctx))
	}
	return err
}
