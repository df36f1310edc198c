package main

import (
	"context"
	"errors"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// digits asks for n digits, without echo, until n were entered.
func (t *terminal) digits(ctx context.Context, label text.Key, n int) (*agent.Secret, error) {
	return t.digitsNamed(ctx, t.lang.T(label), n)
}

// digitsNamed is digits with a label that is put together. White space between digits is
// passed over, as numbers come in groups.
func (t *terminal) digitsNamed(ctx context.Context, label string, n int) (*agent.Secret, error) {
	for {
		entry, err := t.hidden(ctx, label)
		if err != nil {
			return nil, err
		}
		clean := make([]byte, 0, entry.Len())
		good := true
		for _, c := range entry.Bytes() {
			switch {
			case c >= '0' && c <= '9':
				clean = append(clean, c)
			case c != ' ':
				good = false
			}
		}
		entry.Wipe()
		if digits := agent.NewSecret(clean); good && digits.Len() == n {
			return digits, nil
		}
		clear(clean)
		t.say("%s\n", t.lang.N(text.OTPDigits, n))
	}
}

// newPIN asks for a new PIN until a good one was entered twice alike.
func (t *terminal) newPIN(ctx context.Context) (*agent.Secret, error) {
	for {
		first, err := t.digits(ctx, text.OTPNewPIN, pinDigits)
		if err != nil {
			return nil, err
		}
		if errors.Is(otp.CheckNewPIN(first.Bytes()), otp.ErrPINTrivial) {
			first.Wipe()
			sentence, hint := t.lang.Error(agent.ErrGeneratorPINEasy)
			t.say("%s %s\n", sentence, hint)
			continue
		}
		second, err := t.digits(ctx, text.OTPRepeatPIN, pinDigits)
		if err == nil && first.Equal(second) {
			second.Wipe()
			return first, nil
		}
		first.Wipe()
		second.Wipe()
		if err != nil {
			return nil, err
		}
		t.say("%s\n", t.lang.T(text.OTPDiffer))
	}
}
