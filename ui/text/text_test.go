package text_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"qoltanba/ui/text"
)

func TestFromLocale(t *testing.T) {
	for locale, want := range map[string]text.Lang{
		"kk_KZ.UTF-8": text.KK, "kk": text.KK, "ru-KZ": text.RU, "RU_ru@euro": text.RU,
		"en_GB": text.EN, "de_DE.UTF-8": text.EN, "C": text.EN, "": text.EN, "C.UTF-8": text.EN,
	} {
		if got := text.FromLocale(locale); got != want {
			t.Errorf("FromLocale(%q) = %q, want %q", locale, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	seen := map[text.Key]bool{}
	for _, k := range text.Keys() {
		if seen[k] {
			t.Errorf("%s stands in two areas", k)
		}
		seen[k] = true
		want := verbs(forms(text.EN, k)[0])
		for _, l := range text.Languages() {
			all := forms(l, k)
			if len(all) > 1 && len(all) != map[text.Lang]int{text.RU: 3, text.EN: 2}[l] {
				t.Errorf("%s %s: %d plural forms", l, k, len(all))
			}
			for _, s := range all {
				if s == "" || s == string(k) {
					t.Errorf("%s %s: no sentence", l, k)
				}
				if s != strings.TrimSpace(s) || strings.Contains(s, "  ") {
					t.Errorf("%s %s: stray spaces in %q", l, k, s)
				}
				if got := verbs(s); !slices.Equal(got, want) {
					t.Errorf("%s %s: verbs %q, in English %q", l, k, got, want)
				}
				if w := mixedWord(s); w != "" {
					t.Errorf("%s %s: %q mixes Latin and Cyrillic letters", l, k, w)
				}
				if l == text.RU && strings.ContainsAny(strings.ToLower(s), "әғқңөұүһі") {
					t.Errorf("%s %s: Kazakh letters in %q", l, k, s)
				}
			}
		}
	}
}

func TestMixedWord(t *testing.T) {
	for s, want := range map[string]string{
		"Получатель":      "",
		"Файл PDF":        "",
		"Пoлучатель":      "Пoлучатель", // Latin o
		"құпиясөз USB-ға": "",
		"бip сөз":         "бip",
	} {
		if got := mixedWord(s); got != want {
			t.Errorf("mixedWord(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestCounts(t *testing.T) {
	for _, c := range []struct {
		l    text.Lang
		n    int
		want string
	}{
		{text.RU, 0, "0 документов"}, {text.RU, 1, "1 документ"}, {text.RU, 2, "2 документа"},
		{text.RU, 5, "5 документов"}, {text.RU, 11, "11 документов"}, {text.RU, 12, "12 документов"},
		{text.RU, 20, "20 документов"}, {text.RU, 21, "21 документ"}, {text.RU, 114, "114 документов"},
		{text.RU, 1002, "1\u00a0002 документа"},
		{text.KK, 1, "1 құжат"}, {text.KK, 20, "20 құжат"},
		{text.EN, 0, "0 documents"}, {text.EN, 1, "1 document"}, {text.EN, 20, "20 documents"},
	} {
		if got := c.l.N(text.Documents, c.n); got != c.want {
			t.Errorf("%s.N(Documents, %d) = %q, want %q", c.l, c.n, got, c.want)
		}
	}
	if got, want := text.RU.N(text.PINSign, 3, "https://ib.bank.kz"), "Подписать 3 документа для https://ib.bank.kz"; got != want {
		t.Errorf("N(PINSign, 3) = %q, want %q", got, want)
	}
}

func TestUnknown(t *testing.T) {
	if got := text.RU.T("no.such.key"); got != "no.such.key" {
		t.Errorf("T(no.such.key) = %q", got)
	}
	if got := text.Lang("xx").T(text.Cancel); got != "Cancel" {
		t.Errorf("T in an unknown language = %q, want English", got)
	}
}

// K61: the fields and buttons have these names in English.
func TestK61Names(t *testing.T) {
	for k, want := range map[text.Key]string{
		text.Profile: "Profile", text.Password: "Password", text.OK: "OK", text.Cancel: "Cancel",
	} {
		if got := text.EN.T(k); got != want {
			t.Errorf("K61 %s = %q, want %q", k, got, want)
		}
	}
}

// forms returns the sentence's plural forms, or the one form it has.
func forms(l text.Lang, k text.Key) []string { return strings.Split(l.T(k), "|") }

var verb = regexp.MustCompile(`%[^a-zA-Z%]*[a-zA-Z%]`)

func verbs(s string) []string { return verb.FindAllString(s, -1) }

// mixedWord returns the first word that has Latin and Cyrillic letters, which
// is always a letter typed on the wrong keyboard layout.
func mixedWord(s string) string {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		latin := strings.IndexFunc(w, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) >= 0
		cyrillic := strings.IndexFunc(w, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) >= 0
		if latin && cyrillic {
			return w
		}
	}
	return ""
}

// One thing has one name. The paper with User ID and periods is Appendix 2 to the
// Agreement in every sentence, and registering is called so as it is in the wizard.
func TestOneNameForAThing(t *testing.T) {
	other := map[text.Lang]*regexp.Regexp{
		text.KK: regexp.MustCompile(`(?i)келісімшарт|келісімге|тіркеу(ді)?([^\p{L}]|$)`),
		text.RU: regexp.MustCompile(`(?i)соглашени`),
		text.EN: regexp.MustCompile(`(?i)appendix 2 to the contract|the contract's|the contract does`),
	}
	for _, k := range text.Keys() {
		for l, re := range other {
			for _, s := range forms(l, k) {
				if found := re.FindString(s); found != "" {
					t.Errorf("K56 K71 %s %s: %q in %q", l, k, found, s)
				}
			}
		}
	}
}
