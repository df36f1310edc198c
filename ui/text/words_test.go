package text_test

import (
	"slices"
	"strings"
	"testing"

	"qoltanba/ui/text"
)

// K4: the words of the bank's instructions are explained, each with what it is told by.
func TestK4Words(t *testing.T) {
	for l, want := range map[text.Lang][][2]string{
		text.KK: {
			{"Профиль", "ЭЦҚ кілтіңіз және оның сертификаты"}, {"Кілт тасығыш", "USB-флешка"},
			{"Бастапқы инициализация кілті", "төлемдерге қол қойылмайды"}, {"Апплет/агент", "e-Security Client"},
			{"Куәландырушы орталық", "заңды тұлға"}, {"Электрондық цифрлық қолтаңба (ЭЦҚ)", "цифрлық таңбалар"},
		},
		text.RU: {
			{"Профиль", "ключ ЭЦП вместе с сертификатом"}, {"Носитель ключа", "USB-флешка"},
			{"Первичный ключ инициализации", "платежи им не подписывают"}, {"Апплет/агент", "e-Security Client"},
			{"Удостоверяющий центр", "Юридическое лицо"}, {"Электронная цифровая подпись (ЭЦП)", "цифровых символов"},
		},
		text.EN: {
			{"Profile", "EDS key with its certificate"}, {"Key carrier", "USB flash drive"},
			{"Primary initialization key", "signs no payment"}, {"Applet/agent", "e-Security Client"},
			{"Certification Authority", "legal entity"}, {"Electronic digital signature (EDS)", "Digital symbols"},
		},
	} {
		var got [][2]string
		for i, w := range l.Words() {
			part := w.Meaning
			if i < len(want) && strings.Contains(part, want[i][1]) {
				part = want[i][1]
			}
			got = append(got, [2]string{w.Name, part})
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s explains %q, want %q", l, got, want)
		}
	}
}

// K4: the wizard's first page uses the words that Help explains.
func TestK4WordsAreUsed(t *testing.T) {
	for l, want := range map[text.Lang][]string{
		text.KK: {"профиль", "кілт тасығыш", "бастапқы инициализация кілті", "куәландырушы орталық", "эцқ"},
		text.RU: {"профил", "носителе ключа", "первичным ключом инициализации", "удостоверяющем центре", "эцп"},
		text.EN: {"profile", "key carrier", "primary initialization key", "certification authority", "eds"},
	} {
		page := ""
		for _, k := range []text.Key{text.WizardTitle, text.WizardHelps, text.WizardHave, text.WizardHaveFile} {
			page += l.T(k) + "\n"
		}
		for _, word := range want {
			if !strings.Contains(strings.ToLower(page), word) {
				t.Errorf("%s: %q is not in\n%s", l, word, page)
			}
		}
	}
}
