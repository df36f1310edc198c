package agent

import "fmt"

// CheckTokenName returns ErrTokenName for what cannot be the Token Name of a
// profile, the label of its key: it has 1 to 32 Latin letters, digits, hyphens,
// underscores and spaces, and something else than spaces.
func CheckTokenName(name string) error {
	blank := true
	for i, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			blank = false
		case r == ' ':
		default:
			return fmt.Errorf("character %d: %w", i+1, ErrTokenName) // all before it are single bytes
		}
	}
	if blank || len(name) > MaxLabel {
		return fmt.Errorf("name of %d bytes: %w", len(name), ErrTokenName)
	}
	return nil
}
