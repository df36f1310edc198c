package pkcs11

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"qoltanba/agent"
)

// Watch implements agent.Tokens. It looks at the slots in regular intervals:
// C_WaitForSlotEvent is missing from many libraries, and the binding drops its
// return code. A library that cannot be asked shows no tokens.
func (m *Module) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	ticker := time.NewTicker(m.opts.Poll)
	defer ticker.Stop()
	var last []agent.TokenInfo
	for first := true; ; first = false {
		now, err := call(ctx, m.turn, m.poll, nil)
		if ctx.Err() != nil {
			return fmt.Errorf("watching tokens: %w", ctx.Err())
		}
		if err != nil {
			now = nil
		}
		if first || !reflect.DeepEqual(now, last) {
			changed(now)
			last = now
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("watching tokens: %w", ctx.Err())
		}
	}
}

// Look is one look, as Watch makes them.
func (m *Module) Look(ctx context.Context) ([]agent.TokenInfo, error) {
	now, err := call(ctx, m.turn, m.poll, nil)
	if err != nil {
		return nil, fmt.Errorf("looking for tokens: %w", translate(err))
	}
	return now, nil
}

// poll is one look. The turn is held.
//
// SoftHSM and others look for tokens only when they are initialized. So after
// a token vanished by an error, the library is initialized anew from time to
// time, at the 1st, 2nd, 4th, 8th and then every 16th look, until it is back.
func (m *Module) poll() ([]agent.TokenInfo, error) {
	anew := false
	if len(m.missing) == 0 {
		m.missed = 0
	} else {
		m.missed++
		anew = m.missed%16 == 0 || m.missed&(m.missed-1) == 0
	}
	return m.list(anew, false)
}
