// Package text holds every sentence that a person reads, in Kazakh, Russian
// and English, and those of one window in German too (DE).
//
// A sentence has a Key and stands in one table with its three languages side
// by side, so that a translator sees them together and a missing one is a test
// failure, not an empty label. Tables are grouped by area, a file for each;
// an area is added by one line in the catalogue. Where a count changes the
// words, the forms of a language stand in one phrase, separated by "|", and
// Lang.N picks one.
//
// Sentences are written here only. Errors elsewhere carry sentinels (package
// agent) and Lang.Error finds their words.
package text

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
)

// Lang is a language of the user interface, as its ISO 639-1 code.
type Lang string

// The languages. Any other value reads as EN.
const (
	KK Lang = "kk"
	RU Lang = "ru"
	EN Lang = "en"
)

// Languages returns all languages, in the order in which a person chooses.
func Languages() []Lang { return []Lang{KK, RU, EN} }

// Name returns what the language calls itself.
func (l Lang) Name() string {
	switch l {
	case KK:
		return "Қазақша"
	case RU:
		return "Русский"
	case DE:
		return "Deutsch"
	}
	return "English"
}

// FromLocale returns the language of a POSIX locale ("kk_KZ.UTF-8") or of a
// BCP 47 tag ("ru-KZ"), and EN for a language that is not spoken here.
func FromLocale(locale string) Lang {
	code, _, _ := strings.Cut(strings.NewReplacer("_", "-", ".", "-", "@", "-").Replace(locale), "-")
	for _, l := range Languages() {
		if strings.EqualFold(code, string(l)) {
			return l
		}
	}
	return EN
}

// Key names a sentence. Each area declares its own as constants.
type Key string

// A phrase is a sentence in every language.
type phrase struct{ kk, ru, en string }

// in falls back to English, so that a wrong Lang never shows an empty window.
func (p phrase) in(l Lang) string {
	switch l {
	case KK:
		return p.kk
	case RU:
		return p.ru
	}
	return p.en
}

// catalogue lists the areas. Keys are unique over all of them.
var catalogue = []map[Key]phrase{
	general,
	errorTexts,
	tokenErrorTexts,
	enrollErrorTexts,
	keyFileTexts,
	generatorErrorTexts,
	flagTexts,
	window,
	consent,
	panel,
	tray,
	cli,
	cliToken,
	cliVerify,
	cliOTP,
	cliEnroll,
	tokenPanel,
	driver,
	wizard,
	wizardFile,
	wizardAside,
	wizardWork,
	cliTerminal,
	words,
	generator,
	generatorToken,
	spectra,
	mobi,
}

// Keys returns every key of every area, in no order, for tests.
func Keys() []Key {
	var all []Key
	for _, area := range catalogue {
		for k := range maps.Keys(area) {
			all = append(all, k)
		}
	}
	return all
}

// T returns the sentence in language l, with args put in as fmt.Sprintf does.
// A key without a sentence returns itself.
func (l Lang) T(k Key, args ...any) string {
	for _, area := range catalogue {
		if p, ok := area[k]; ok {
			sentence := p.in(l)
			if l == DE {
				sentence = cmp.Or(inGerman(k), sentence)
			}
			if len(args) == 0 {
				return sentence
			}
			return fmt.Sprintf(sentence, args...)
		}
	}
	return string(k)
}

// N returns a sentence whose words depend on a count ("20 документов"). The
// first verb of the phrase takes n, grouped as Int does it; more follow.
func (l Lang) N(k Key, n int, more ...any) string {
	forms := strings.Split(l.T(k), "|")
	form := forms[min(l.plural(n), len(forms)-1)]
	return fmt.Sprintf(form, append([]any{l.Int(n)}, more...)...)
}

// plural returns the index of the form for n: the cardinal rules of Unicode
// CLDR. In Kazakh a noun after a number keeps its form.
func (l Lang) plural(n int) int {
	n = max(n, -n)
	switch l {
	case KK:
		return 0
	case RU:
		ones, tens := n%10, n%100
		switch {
		case ones == 1 && tens != 11:
			return 0
		case ones >= 2 && ones <= 4 && (tens < 12 || tens > 14):
			return 1
		}
		return 2
	}
	if n == 1 {
		return 0
	}
	return 1
}
