package bank

import (
	"fmt"

	"qoltanba/agent"
	"qoltanba/agent/otp"
)

// MobiPass tells how the activation codes look that a bank hands out in its envelopes.
type MobiPass struct {
	Parts []int `json:"parts"` // digits of each of the four parts, as in [8, 7, 8, 8]
	Check bool  `json:"check"` // the last digit of each part is a check digit, that of package otp
}

// Limits of an activation code. A key of less than 20 digits, 66 bits, is no key.
const (
	mobiParts     = 4 // the pages and the guide know four
	maxPartDigits = 16
	minCodeDigits = 20 // without the check digits
)

// Rule returns it as package otp takes it.
func (m MobiPass) Rule() otp.PartRule { return otp.PartRule{Lengths: m.Parts, Check: m.Check} }

func (m MobiPass) check() error {
	if len(m.Parts) != mobiParts {
		return fmt.Errorf("%d parts of an activation code, want %d: %w", len(m.Parts), mobiParts, agent.ErrInvalid)
	}
	all := 0
	for _, n := range m.Parts {
		if n < 2 || n > maxPartDigits {
			return fmt.Errorf("a part of %d digits: %w", n, agent.ErrInvalid)
		}
		if all += n; m.Check {
			all--
		}
	}
	if all < minCodeDigits {
		return fmt.Errorf("activation code of %d digits, want %d: %w", all, minCodeDigits, agent.ErrInvalid)
	}
	return nil
}
