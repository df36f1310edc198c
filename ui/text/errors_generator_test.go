package text_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// elsewhere names the errors that no action with a code generator returns: they come of
// sites, signatures, registrations, key files, and the looking after a token.
var elsewhere = []string{
	"origin", "too-often", "no-window", "no-session",
	"format-unknown", "format-erased", "admin-pin-locked", "pin-same", "pin-rule", "label", "confirmation",
	"many-tokens", "not-empty", "registered", "unfinished", "other-token", "token-name", "no-driver",
	"no-key", // of a code generator it is "generator-gone"
	"certificate", "read-only", "unreadable", "unpaired", "primary", "history", "too-large", "port",
	"many-tries", "forgotten", "bank-clock", "other-program", "journal-damaged", "key-kind", "credentials", "key-file", "key-file-gone", "period", "no-enrollment", "key-gone", "journal", "renewal",
	"bank", "bank-foreign", "other-bank", "pending", "rejected", "issuer", "renewal-refused",
}

// generatorErrors are the errors that actions with code generators return. Those of
// package otp have a name of package agent by then.
func generatorErrors() []error {
	all := []error{errors.New("without a name"), &agent.AlgorithmError{Algorithm: "HMAC-MD5"}}
	for _, retries := range []int{agent.RetriesUnknown, agent.RetriesLow, 1, 2, 5} {
		all = append(all, &agent.PINError{Retries: retries})
	}
	for _, err := range agent.Sentinels() {
		if !slices.Contains(elsewhere, agent.ErrorName(err)) {
			all = append(all, err)
		}
	}
	return all
}

// foreign matches what gives another language away.
var foreign = map[text.Lang]*regexp.Regexp{
	text.KK: regexp.MustCompile(`(?i)\b(the|and|is|your|der|das|und|ist|sie)\b`),
	text.RU: regexp.MustCompile(`(?i)\b(the|and|is|your|der|das|und|ist|sie)\b|[әғқңөұүһі]`),
	text.EN: regexp.MustCompile(`(?i)\b(der|das|und|ist|sie)\b|\p{Cyrillic}`),
	text.DE: regexp.MustCompile(`(?i)\b(the|and|is|your)\b|\p{Cyrillic}`),
}

// own matches what a sentence of the language has.
var own = map[text.Lang]*regexp.Regexp{
	text.KK: regexp.MustCompile(`(?i)[әғқңөұүһі]`),
	text.RU: regexp.MustCompile(`(?i)[а-я]`),
	text.EN: regexp.MustCompile(`(?i)[a-z]`),
	text.DE: regexp.MustCompile(`(?i)[a-z]`),
}

// Whatever goes wrong with a code generator is told in the language of its window, all
// of it: what happened, and what to do.
func TestGeneratorErrors(t *testing.T) {
	for _, name := range elsewhere { // or the list hides a misspelt one
		if agent.ErrorNamed(name) == nil {
			t.Errorf("there is no error %q", name)
		}
	}
	for _, l := range text.GeneratorLanguages() {
		said := map[string]error{}
		for _, err := range generatorErrors() {
			got := l.GeneratorError(fmt.Errorf("doing it: %w", err))
			if other, twice := said[got]; twice {
				t.Errorf("%s: %v is told as %q, like %v", l, err, got, other)
			}
			said[got] = err
			if !own[l].MatchString(got) || !strings.Contains(got, ". ") || !strings.HasSuffix(got, ".") {
				t.Errorf("%s: %v is told as %q, want what happened and what to do", l, err, got)
			}
			if w := foreign[l].FindString(got); w != "" {
				t.Errorf("%s: %v is told as %q, where %q is foreign", l, err, got, w)
			}
			for _, m := range text.GeneratorLanguages() {
				sentence, hint := m.Error(err)
				if m != l && (strings.Contains(got, sentence) || strings.Contains(got, hint) || got == m.GeneratorError(err)) {
					t.Errorf("%s: %v is told as %q, with words of %s", l, err, got, m)
				}
			}
			if name := agent.ErrorName(err); agent.ErrorNamed(name) != nil && !errors.As(err, new(*agent.AlgorithmError)) {
				if problem := l.GeneratorProblem(name); problem != got {
					t.Errorf("%s: the problem %q is told as %q, the error as %q", l, name, problem, got)
				}
			}
		}
	}
	// One of package otp that had no name would be told in general words, never in its own.
	for _, err := range []error{otp.ErrDamaged, otp.ErrNoDevice, otp.ErrExists, otp.ErrPINStart, otp.ErrNoToken, &otp.AlgorithmError{}, &otp.PartError{}} {
		for _, l := range text.GeneratorLanguages() {
			if got, want := l.GeneratorError(err), l.T("error.unknown")+" "+l.T("error.unknown.hint"); got != want {
				t.Errorf("%s: %v is told as %q, want %q", l, err, got, want)
			}
		}
	}
	for retries, want := range map[int]string{
		2:                "Das Passwort ist falsch. Noch 2 Versuche.",
		1:                "Das Passwort ist falsch. Das ist der letzte Versuch: Ein weiteres falsches Passwort sperrt den Token.",
		agent.RetriesLow: "Das Passwort ist falsch. Es bleiben nur noch wenige Versuche.",
	} {
		if got := text.DE.GeneratorError(&agent.PINError{Retries: retries}); got != want {
			t.Errorf("GeneratorError(PINError{%d}) = %q, want %q", retries, got, want)
		}
	}
}
