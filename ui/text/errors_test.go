package text_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

func TestErrorEverySentinel(t *testing.T) {
	for _, l := range text.Languages() {
		general, _ := l.Error(errors.New("something else"))
		said := map[string]error{general: nil}
		for _, err := range agent.Sentinels() {
			sentence, hint := l.Error(fmt.Errorf("doing it: %w", err))
			if other, twice := said[sentence]; twice {
				t.Errorf("%s: %v is told as %q, like %v", l, err, sentence, other)
			}
			said[sentence] = err
			if hint == "" || hint == sentence {
				t.Errorf("%s: %v has the hint %q", l, err, hint)
			}
			named, _ := l.ErrorNamed(agent.ErrorName(err))
			if named != sentence {
				t.Errorf("%s: ErrorNamed(%q) = %q, want %q", l, agent.ErrorName(err), named, sentence)
			}
		}
	}
}

// K64, K112: the tries left are told where they are known.
func TestK64K112WrongPassword(t *testing.T) {
	for _, c := range []struct {
		retries int
		l       text.Lang
		hint    string
	}{
		{3, text.EN, "3 tries left."},
		{3, text.RU, "Осталось 3 попытки."},
		{3, text.KK, "Қалған әрекет саны: 3."},
		{5, text.RU, "Осталось 5 попыток."},
		{1, text.EN, "This is the last try: another wrong password blocks the token."},
		{agent.RetriesLow, text.EN, "Only a few tries are left."},
		{agent.RetriesUnknown, text.EN, "Check the keyboard language and Caps Lock."},
	} {
		sentence, hint := c.l.Error(fmt.Errorf("logging in: %w", &agent.PINError{Retries: c.retries}))
		want, _ := c.l.ErrorNamed("pin")
		if sentence != want || hint != c.hint {
			t.Errorf("%s Error(PINError{%d}) = %q, %q, want %q, %q", c.l, c.retries, sentence, hint, want, c.hint)
		}
	}
}

// The hint names the bank where a registration was begun, the certificate that was not
// registered, and how long to wait, where that is known.
func TestErrorNames(t *testing.T) {
	for _, l := range text.Languages() {
		for name, errs := range map[string][2]error{
			"ca.refbank.test": {&agent.OtherBankError{Host: "ca.refbank.test"}, &agent.OtherBankError{}},
			"31":              {&agent.ManyTriesError{After: 30*time.Second + 1}, &agent.ManyTriesError{}},
			"3":               {&agent.ManyTriesError{After: 121 * time.Second}, &agent.ManyTriesError{}}, // minutes
			"0A1B":            {&agent.RenewalRefusedError{Serial: "0A1B"}, &agent.RenewalRefusedError{}},
		} {
			_, named := l.Error(fmt.Errorf("doing it: %w", errs[0]))
			_, plain := l.Error(errs[1])
			if !strings.Contains(named, name) || plain == "" || strings.Contains(plain, "%") {
				t.Errorf("%s: %q and %q", l, named, plain)
			}
		}
	}
}
