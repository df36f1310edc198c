package agent

import (
	"strings"
	"testing"
)

// site is the registrable domain for names with a suffix of one label.
func site(host string) string {
	labels := strings.Split(host, ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

func TestLookalike(t *testing.T) {
	for _, c := range []struct {
		host, known string
		want        bool
	}{
		{"ib.centerbank.kz.pay.com", "ib.centerbank.kz", true},
		{"centerbank-kz.com", "ib.centerbank.kz", true},
		{"login-centerbank.com", "ib.centerbank.kz", true},
		{"ib.centerbonk.kz", "ib.centerbank.kz", true},
		{"ib.centrebank.kz", "ib.centerbank.kz", true},  // two letters swapped
		{"ib.centerbnk.kz", "ib.centerbank.kz", true},   // one left out
		{"ib.cent3rbank.kz", "ib.centerbank.kz", true},  // 3 for e
		{"ib.centerbank.kz", "ib.centerbank.kz", false}, // itself
		{"new.centerbank.kz", "ib.centerbank.kz", false},
		{"ib.halyk.kz", "ib.centerbank.kz", false},
		{"bcc.kz", "bca.kz", false}, // short names differ by chance
		{"ib.bcc.kz.evil.com", "ib.bcc.kz", true},
		{"xn--centrbank-j0h.kz", "ib.centerbank.kz", true}, // centеrbank with a Cyrillic е
		{"xn--e1afmkfd.xn--80ao21a", "ib.centerbank.kz", false},
	} {
		if got := lookalike(c.host, c.known, site); got != c.want {
			t.Errorf("lookalike(%q, %q) = %v, want %v (skeleton %q)", c.host, c.known, got, c.want, skeleton(c.host))
		}
	}
}

// Two samples are from RFC 3492 §7.1, the others names that exist.
func TestPunycode(t *testing.T) {
	for in, want := range map[string]string{
		"bcher-kva":                "bücher",
		"Bcher-kva!":               "",
		"99999999999999999":        "",
		"a-b-":                     "a-b",
		"80ao21a":                  "қаз",
		"e1afmkfd":                 "пример",
		"egbpdaj6bu4bxfgehfvwxn":   "ليهمابتكلموشعربي؟",
		"ihqwcrb4cv8a8dqg056pqjye": "他们为什么不说中文",
	} {
		got, ok := punycode(in)
		if ok != (want != "") || got != want {
			t.Errorf("punycode(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzLookalike(f *testing.F) {
	f.Add("ib.bank.kz")
	f.Add("xn--80ao21a.xn--e1afmkfd")
	f.Fuzz(func(t *testing.T, host string) {
		if lookalike(host, host, site) {
			t.Errorf("lookalike(%q) of itself", host)
		}
		lookalike(host, "ib.centerbank.kz", site)
	})
}
