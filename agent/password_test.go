package agent_test

import (
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
)

func TestCheckPassword(t *testing.T) {
	const (
		length, letter, digit, latin, run, fresh = agent.RuleLength, agent.RuleLetter, agent.RuleDigit, agent.RuleLatin, agent.RuleRun, agent.RuleDefault
	)
	for _, c := range []struct {
		name, password string
		broken         []agent.PasswordRule
	}{
		{"a good one", "Qoltan58", nil},
		{"K90 seven characters", "Qolta58", []agent.PasswordRule{length}},
		{"K90 eight characters", "b1x5c7k2", nil},
		{"K91 only letters", "qoltanbe", []agent.PasswordRule{digit}},
		{"K91 only digits", "58293748", []agent.PasswordRule{letter}},
		{"K92 a Cyrillic letter", "Qoltnа58", []agent.PasswordRule{latin}},
		{"K93 a sign", "Qoltan-58", []agent.PasswordRule{latin}},
		{"K93 a space", "Qoltan 58", []agent.PasswordRule{latin}},
		{"K93 not UTF-8", "Qoltan58\xff", []agent.PasswordRule{latin}},
		{"K94 123 inside", "Qolt123na", []agent.PasswordRule{run}},
		{"K94 678 inside", "Qolt678na", []agent.PasswordRule{run}},
		{"K94 abc inside", "58abcQaz9", []agent.PasswordRule{run}},
		{"K95 rising digits", "Qolt345na", []agent.PasswordRule{run}},
		{"K95 rising letters of both cases", "58dEfQaz9", []agent.PasswordRule{run}},
		{"K96 falling digits", "Qolt321na", []agent.PasswordRule{run}},
		{"K96 falling letters", "58cbaQaz9", []agent.PasswordRule{run}},
		{"K96 around the end: 890", "Qolt890na", []agent.PasswordRule{run}},
		{"K96 around the end: 901", "Qolt901na", []agent.PasswordRule{run}},
		{"K96 around the end: yza", "58yzaQoz9", []agent.PasswordRule{run}},
		{"K96 falling around the end: 109", "Qolt109na", []agent.PasswordRule{run}},
		{"K96 three equal", "Qolt111na", []agent.PasswordRule{run}},
		{"K96 three equal letters", "58AaaQoz9", []agent.PasswordRule{run}},
		{"two neighbours are no run", "12ab45de", nil},
		{"a letter after digits is no run", "Qa89olta", nil},
		{"K97 the factory's PIN", agent.DefaultPIN, []agent.PasswordRule{letter, run, fresh}},
		{"the factory's administrator PIN", agent.DefaultAdminPIN, []agent.PasswordRule{letter, run, fresh}},
		{"nothing", "", []agent.PasswordRule{length, letter, digit, latin, run, fresh}},
		{"K98 longer than the token takes", strings.Repeat("a1", 9), []agent.PasswordRule{length}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var broken []agent.PasswordRule
			checks := agent.CheckPassword([]byte(c.password), 4, 16)
			for _, check := range checks {
				if !check.Met {
					broken = append(broken, check.Rule)
				}
			}
			if !slices.Equal(broken, c.broken) {
				t.Errorf("CheckPassword(%q) breaks %v, want %v", c.password, broken, c.broken)
			}
			if agent.PasswordMet(checks) != (len(c.broken) == 0) {
				t.Errorf("PasswordMet() = %t with %v broken", len(c.broken) != 0, broken)
			}
		})
	}
}

func TestCheckPasswordTells(t *testing.T) {
	for _, c := range []struct {
		name, password string
		rule           agent.PasswordRule
		at             int
		layout         string
	}{
		{"K92 a Russian letter", "Qaпароль", agent.RuleLatin, 3, "ru"},
		{"K92 a Kazakh letter", "құпия", agent.RuleLatin, 1, "kk"},
		{"K92 Cyrillic а and Latin a look the same", "Qoltnа58", agent.RuleLatin, 6, "ru"},
		{"a sign of no layout", "Qoltan!8", agent.RuleLatin, 7, ""},
		{"the beginning of a run", "Qolt345na", agent.RuleRun, 5, ""},
		{"the first of two runs", "123Qaz789", agent.RuleRun, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, check := range agent.CheckPassword([]byte(c.password), 0, 0) {
				if check.Rule == c.rule && (check.At != c.at || check.Layout != c.layout) {
					t.Errorf("CheckPassword(%q), %s: at %d with layout %q, want at %d with %q", c.password, c.rule, check.At, check.Layout, c.at, c.layout)
				}
			}
		})
	}
}

func TestCheckPasswordLimits(t *testing.T) {
	for _, c := range []struct {
		name             string
		least, most, len int
		met              bool
	}{
		{"K98 the token wants more than the bank", 10, 0, 9, false},
		{"K98 the token takes just that", 10, 12, 12, true},
		{"K98 one more than the token takes", 4, 12, 13, false},
		{"the token does not tell", 0, 0, 200, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			password := []byte(strings.Repeat("a1", 100)[:c.len])
			if got := agent.CheckPassword(password, c.least, c.most)[0]; got.Met != c.met {
				t.Errorf("CheckPassword of %d characters = %+v, want met %t", c.len, got, c.met)
			}
		})
	}
}
