package agent

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PasswordRule is one of the rules for a new token password.
type PasswordRule string

// The rules, in the order in which a person is told of them.
const (
	RuleLength  PasswordRule = "length"  // at least 8 characters, and what the token takes
	RuleLetter  PasswordRule = "letter"  // a Latin letter
	RuleDigit   PasswordRule = "digit"   // a digit
	RuleLatin   PasswordRule = "latin"   // nothing but Latin letters and digits
	RuleRun     PasswordRule = "run"     // no three neighbours that rise, fall or repeat
	RuleDefault PasswordRule = "default" // not a PIN of the factory
)

// minPassword is the length that the bank's instructions demand, in characters.
const minPassword = 8

// PasswordCheck says how a password stands to one rule.
type PasswordCheck struct {
	Rule PasswordRule
	Met  bool
	// At is the first character that breaks RuleLatin or RuleRun, counted in
	// characters from 1; 0 when none does.
	At int
	// Layout is the keyboard layout that the character at At was typed with,
	// for RuleLatin: "kk", "ru", or "" where that cannot be told.
	Layout string
	// Min and Max are the lengths for RuleLength, in characters; Max is 0 for
	// none.
	Min, Max int
}

// CheckPassword holds a new password against every rule, in a fixed order. least
// and most are the token's own limits in bytes, 0 where it does not tell: as only
// Latin letters and digits pass, a character is a byte. Nothing of the password
// is kept.
func CheckPassword(password []byte, least, most int) []PasswordCheck {
	length := PasswordCheck{Rule: RuleLength, Min: minPassword, Max: most}
	length.Min = max(length.Min, least)
	n := utf8.RuneCount(password)
	length.Met = n >= length.Min && (most <= 0 || len(password) <= most)
	letter := PasswordCheck{Rule: RuleLetter}
	digit := PasswordCheck{Rule: RuleDigit}
	latin := PasswordCheck{Rule: RuleLatin, Met: n > 0}
	run := PasswordCheck{Rule: RuleRun, Met: n > 0}
	var before, last rune
	at := 0
	for rest := password; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		at++
		switch {
		case r >= '0' && r <= '9':
			digit.Met = true
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			letter.Met = true
		case latin.At == 0:
			latin.Met, latin.At, latin.Layout = false, at, layout(r)
		}
		r = unicode.ToLower(r)
		if run.At == 0 && at >= 3 && neighbours(before, last, r) {
			run.Met, run.At = false, at-2
		}
		before, last = last, r
	}
	fresh := PasswordCheck{Rule: RuleDefault, Met: n > 0 && string(password) != DefaultPIN && string(password) != DefaultAdminPIN}
	return []PasswordCheck{length, letter, digit, latin, run, fresh}
}

// PasswordMet tells whether every rule is met.
func PasswordMet(checks []PasswordCheck) bool {
	for _, c := range checks {
		if !c.Met {
			return false
		}
	}
	return true
}

// neighbours tells whether three characters, in lower case, rise by one, fall by
// one, or are equal. Digits and letters go around: 901 and yza rise.
func neighbours(a, b, c rune) bool {
	for _, ring := range []string{"0123456789", "abcdefghijklmnopqrstuvwxyz"} {
		i, j, k := strings.IndexRune(ring, a), strings.IndexRune(ring, b), strings.IndexRune(ring, c)
		if i < 0 || j < 0 || k < 0 {
			continue
		}
		n := len(ring)
		first, second := (j-i+n)%n, (k-j+n)%n
		return first == second && (first == 0 || first == 1 || first == n-1)
	}
	return a == b && b == c
}

// layout names the keyboard layout of a letter that is not Latin. What the
// Kazakh layout has beyond the Russian one tells it apart.
func layout(r rune) string {
	switch {
	case strings.ContainsRune("әғқңөұүһіӘҒҚҢӨҰҮҺІ", r):
		return "kk"
	case unicode.Is(unicode.Cyrillic, r):
		return "ru"
	}
	return ""
}
