package server_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qoltanba/ui/text"
)

// homePage is the home page of a stranger in a language.
func homePage(t *testing.T, b *bank, lang string) string {
	t.Helper()
	w := newBrowser(t, b)
	w.send("GET", "/?lang="+lang, "")
	_, page := w.get("/")
	return page
}

// TestWordsAreExplained: the home page has the definitions of the bank's instructions,
// and the pages use the same words.
func TestWordsAreExplained(t *testing.T) {
	b := newBank(t)
	for lang, words := range map[string][]string{
		"kk": {"Профиль", "Кілт тасығыш", "Бастапқы инициализация кілті", "Апплет/агент", "Куәландырушы орталық", "Электрондық цифрлық қолтаңба (ЭЦҚ)"},
		"ru": {"Профиль", "Носитель ключа", "Первичный ключ инициализации", "Апплет/агент", "Удостоверяющий центр", "Электронная цифровая подпись (ЭЦП)"},
		"en": {"Profile", "Key carrier", "Primary initialization key", "Applet/agent", "Certification Authority", "Electronic digital signature (EDS)"},
	} {
		t.Run("K4 "+lang, func(t *testing.T) {
			page := homePage(t, b, lang)
			_, list, _ := strings.Cut(page, `id="words"`)
			list, _, _ = strings.Cut(list, "</details>")
			var got []string
			var meant []text.Word
			for _, m := range regexp.MustCompile(`(?s)<dt>(.*?)</dt>\s*<dd>(.+?)</dd>`).FindAllStringSubmatch(list, -1) {
				got = append(got, m[1])
				meant = append(meant, text.Word{Name: m[1], Meaning: html.UnescapeString(m[2])})
				if len(m[2]) < 40 {
					t.Errorf("%s means %q", m[1], m[2])
				}
			}
			if !slices.Equal(got, words) {
				t.Errorf("explained are %q, want %q", got, words)
			}
			if help := text.Lang(lang).Words(); !slices.Equal(meant, help) {
				t.Errorf("explained are %q, and in the agent's Help %q", meant, help)
			}
			// What the list calls a thing, the texts of the page call it too.
			if all := strings.ToLower(page); strings.Count(all, strings.ToLower(words[2])) < 2 {
				t.Errorf("the page speaks of a %s nowhere else", words[2])
			}
		})
	}
}

// TestConnectPopUp: the pop-up that follows the choice of a period asks for the token.
// That it is opened, and stays, is seen in a browser (register.test.mjs).
func TestConnectPopUp(t *testing.T) {
	b := newBank(t)
	for lang, want := range map[string][2]string{
		"kk": {"KAZTOKEN-ді қосыңыз", "Kaztoken қосылды"},
		"ru": {"Подключите KAZTOKEN", "Я подключил Kaztoken"},
		"en": {"Connect your KAZTOKEN", "I connected Kaztoken"},
	} {
		t.Run("K57 "+lang, func(t *testing.T) {
			menu, popUp, found := strings.Cut(homePage(t, b, lang), `<dialog id="connect"`)
			popUp, _, _ = strings.Cut(popUp, "</dialog>")
			if !found || !strings.Contains(menu, "data-months=") {
				t.Fatal("no pop-up after the menu of periods")
			}
			title := regexp.MustCompile(`<h2 id="connect-title">(.*)</h2>`).FindStringSubmatch(popUp)
			button := regexp.MustCompile(`<button id="connected" type="button">(.*)</button>`).FindStringSubmatch(popUp)
			if title == nil || title[1] != want[0] || button == nil || button[1] != want[1] {
				t.Errorf("the pop-up has %q and %q, want %q", title, button, want)
			}
		})
	}
}

// TestPeriodsAreThoseOfTheAppendix: the menu of periods names the paper that has them.
func TestPeriodsAreThoseOfTheAppendix(t *testing.T) {
	b := newBank(t)
	for lang, want := range map[string]string{
		"kk": "Мерзімдер шарттың 2-қосымшасында (қабылдау-тапсыру актісі) көрсетілген.",
		"ru": "Сроки указаны в Приложении 2 к Договору (акт приёма-передачи).",
		"en": "The periods are in Appendix 2 to the Agreement (Acceptance and Delivery Certificate).",
	} {
		t.Run("K56 "+lang, func(t *testing.T) {
			_, menu, _ := strings.Cut(homePage(t, b, lang), "data-months=")
			menu, _, _ = strings.Cut(menu, "</details>")
			if !strings.Contains(menu, want) {
				t.Errorf("the menu of periods does not say %q: %s", want, menu)
			}
		})
	}
}

// TestClosedRegistration: the page is not told what became of a registration whose window
// was closed, which may hold a profile already, or nothing; so it says nothing but what is
// true of all.
func TestClosedRegistration(t *testing.T) {
	b := newBank(t)
	for lang, word := range map[string]struct{ begun, format string }{
		"kk": {"басталған болса", "форматта"}, "ru": {"Если регистрация", "формат"}, "en": {"If a registration was begun", "format"},
	} {
		for _, key := range []string{"denied", "disconnected"} {
			t.Run(key+" "+lang, func(t *testing.T) {
				_, shown, _ := strings.Cut(homePage(t, b, lang), `<div data-text="agent.`+key+`-register">`)
				shown, _, _ = strings.Cut(shown, "</div>")
				begun := 0
				for line := range strings.Lines(shown) {
					if strings.Contains(line, word.begun) {
						begun++
					} else if strings.Contains(line, word.format) {
						t.Errorf("of a registration that may not have begun it says %s", line)
					}
				}
				if begun != 1 || !strings.Contains(shown, word.format) {
					t.Errorf("what a registration that was begun needs is not said: %s", shown)
				}
			})
		}
	}
}
