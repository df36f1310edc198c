package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	"qoltanba/ui/text"
)

// TestGeneratorHelpInEveryLanguage: what a lock, a defect and a loss demand of a person is
// on the screen, in each language of the window.
func TestGeneratorHelpInEveryLanguage(t *testing.T) {
	type phrases map[text.Lang]string
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		for _, item := range []struct {
			id, screen string
			phrases
		}{
			{"S39 locked: call the telephone bank", "spectra-locked", phrases{
				text.KK: "Банктің телефон қызметіне қоңырау шалыңыз", text.RU: "Позвоните в телефонный банк",
				text.EN: "Call the telephone bank", text.DE: "Rufen Sie die Telefonbank an"}},
			{"S39 or visit a branch", "spectra-locked", phrases{
				text.KK: "немесе ең жақын бөлімшеге барыңыз", text.RU: "или придите в ближайшее отделение",
				text.EN: "or visit the nearest branch", text.DE: "oder suchen Sie die nächste Bankfiliale auf"}},
			{"S53 with an identification code call", "help-spectra", phrases{
				text.KK: "Телефон банкінің сәйкестендіру коды болса, банкке қоңырау шалыңыз", text.RU: "Если у вас есть код для телефонного банка, позвоните",
				text.EN: "If you have an identification code for the telephone bank, call it", text.DE: "Mit einem Identifikationscode der Telefonbank rufen Sie diese an"}},
			{"S53 without one visit a branch", "help-spectra", phrases{
				text.KK: "болмаса, ең жақын бөлімшеге барыңыз", text.RU: "если нет — придите в ближайшее отделение",
				text.EN: "if not, visit the nearest branch", text.DE: "ohne ihn suchen Sie die nächste Bankfiliale auf"}},
			{"S53 the number that is configured", "help-spectra", phrases{
				text.KK: "Телефон: +7 727 244-30-30", text.RU: "Телефон: +7 727 244-30-30",
				text.EN: "Telephone: +7 727 244-30-30", text.DE: "Telefon: +7 727 244-30-30"}},
			{"S66 a defect: a branch gives a new one", "help-spectra", phrases{
				text.KK: "жаңасын алу үшін банк бөлімшесіне барыңыз", text.RU: "придите в отделение банка за новым",
				text.EN: "visit a branch of the bank for a new one", text.DE: "suchen Sie eine Bankfiliale auf, um einen neuen zu erhalten"}},
			{"S68 stolen or lost: report it at once", "help-spectra", phrases{
				text.KK: "бірден банктің телефон қызметіне немесе бөлімшеге хабарлаңыз", text.RU: "сразу сообщите в телефонный банк или в отделение",
				text.EN: "report it at once by telephone bank or in a branch", text.DE: "melden Sie es sofort der Telefonbank oder in einer Bankfiliale"}},
			{"M23 lost: the support of card holders blocks it", "help-mobi", phrases{
				text.KK: "карта ұстаушыларды тәулік бойы қолдау қызметіне міндетті түрде хабарласыңыз", text.RU: "обязательно обратитесь в Круглосуточную службу поддержки держателей банковских карт",
				text.EN: "call the round-the-clock support of card holders to have MobiPass blocked", text.DE: "den rund um die Uhr erreichbaren Kartenservice Ihrer Bank an und lassen Sie MobiPass sperren"}},
			{"M23 beside the telephone too", "mobi-sign", phrases{
				text.KK: "MobiPass-ты бұғаттау үшін", text.RU: "для блокировки MobiPass",
				text.EN: "to have MobiPass blocked", text.DE: "lassen Sie MobiPass sperren"}},
			{"M59 a change with a wrong PIN loses the key", "mobi-help", phrases{
				text.KK: "кілт жоғалады", text.RU: "ключ потерян", text.EN: "the key is lost", text.DE: "Der Schlüssel ist verloren"}},
		} {
			for _, l := range text.GeneratorLanguages() {
				g := generatorScreen(t, w, l)
				generatorScreens()[item.screen](g)
				if said := words(g.d.win); item.phrases[l] == "" || !strings.Contains(strings.Join(said, "\n"), item.phrases[l]) {
					t.Errorf("%s, %s: %q is not in %q", item.id, l, item.phrases[l], said)
				}
				w.unwatch(g.d)
			}
		}
	})
}
