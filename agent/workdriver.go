package agent

import (
	"context"
	"fmt"
)

// workDriver does one thing with the PKCS#11 modules.
func (a *Agent) workDriver(ctx context.Context, act TokenAction) error {
	d := a.config.Drivers
	if d == nil {
		return fmt.Errorf("no drivers to be asked about: %w", ErrInvalid)
	}
	return d.Rescan(ctx)
}
