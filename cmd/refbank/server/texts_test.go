package server

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTexts reads the tables themselves: no page shows every text.
func TestTexts(t *testing.T) {
	placeholder := regexp.MustCompile(`\{\w+\}`)
	for _, table := range []map[string]text{pageTexts, otpPageTexts, statusTexts, otpStatusTexts} {
		for key, text := range table {
			want := placeholder.FindAllString(text.en, -1)
			slices.Sort(want)
			for _, l := range languages {
				s := text.in(l)
				if strings.TrimSpace(s) == "" {
					t.Errorf("%s: no %s", key, l)
				}
				got := placeholder.FindAllString(s, -1)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s in %s has %v, in English %v", key, l, got, want)
				}
				if strings.Count(s, "\n") != strings.Count(text.en, "\n") {
					t.Errorf("%s in %s has other steps than in English", key, l)
				}
			}
			for _, l := range languages {
				if m := otherWords.FindString(text.in(l)); m != "" {
					t.Errorf("%s in %s has %q, which the pages have another word for", key, l, m)
				}
			}
			if text.kk == text.en || text.ru == text.en {
				t.Errorf("%s is not translated", key)
			}
		}
	}
}

// otherWords would be second names: the contract is the Договор, in Kazakh the шарт, and
// registering oneself is тіркелу.
var otherWords = regexp.MustCompile(`(?i)соглашени|келісім|тіркеу`)

func TestScriptsNameTextsThatExist(t *testing.T) {
	literal := regexp.MustCompile(`"((?:wait|busy|button|done|partial|refused|row|state|agent|error|reason)\.[a-z-]+)"`)
	named := map[string]bool{}
	names, err := fs.Glob(assets, "static/*.js")
	if err != nil || len(names) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range names {
		script, err := fs.ReadFile(assets, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(script), -1) {
			named[m[1]] = true
			if _, err := lookup(english, m[1]); err != nil {
				t.Errorf("%s names the text %q, which is not there", name, m[1])
			}
		}
	}
	for _, key := range (view{}).StatusTexts() {
		kind, _, _ := strings.Cut(key, ".")
		if (kind == "wait" || kind == "busy" || kind == "done" || kind == "partial") && !named[key] {
			t.Errorf("no script shows %q", key)
		}
	}
}

func TestSamplesAreGoodPayments(t *testing.T) {
	data, err := fs.ReadFile(assets, "static/samples.json")
	if err != nil {
		t.Fatal(err)
	}
	var samples []Payment
	if err := json.Unmarshal(data, &samples); err != nil {
		t.Fatal(err)
	}
	accounts := map[string]bool{}
	for i, p := range samples {
		if _, errs := p.check(); len(errs) > 0 {
			t.Errorf("sample %d: %v", i, errs)
		}
		accounts[p.IBAN] = true
	}
	if len(accounts) != 20 {
		t.Errorf("%d different accounts, want 20", len(accounts))
	}
}
