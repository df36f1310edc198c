package pkcs11

import (
	"context"
	"fmt"

	"qoltanba/agent"
)

// Selector says which token is meant. Fields that are not set match every
// token.
type Selector struct {
	Slot   *uint  // CK_SLOT_ID; another one after the token was plugged in again
	Serial string // serial number, as TokenID has it
	Label  string // CKA label of the token
}

// Find returns the token that a selector means, ready for Open with its ID. It
// returns ErrNoToken when there is none and ErrInvalid when there are several.
func (m *Module) Find(ctx context.Context, s Selector) (agent.TokenInfo, error) {
	info, err := call(ctx, m.turn, func() (agent.TokenInfo, error) {
		all, err := m.list(len(m.missing) > 0, true)
		if err != nil {
			return agent.TokenInfo{}, err
		}
		var fit []agent.TokenInfo
		for i, t := range all { // m.seen has the same order
			if (s.Slot == nil || *s.Slot == m.seen[i].slot) && (s.Serial == "" || s.Serial == t.ID.Serial) && (s.Label == "" || s.Label == t.Label) {
				fit = append(fit, t)
			}
		}
		switch len(fit) {
		case 0:
			return agent.TokenInfo{}, agent.ErrNoToken
		case 1:
			return fit[0], nil
		}
		return agent.TokenInfo{}, fmt.Errorf("%d tokens fit: %w", len(fit), agent.ErrInvalid)
	}, nil)
	if err != nil {
		return agent.TokenInfo{}, fmt.Errorf("finding the token: %w", translate(err))
	}
	return info, nil
}
