package text_test

import (
	"slices"
	"strings"
	"testing"

	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// The window of the code generators is German throughout, and nothing else is.
func TestGerman(t *testing.T) {
	borrowed := []text.Key{text.OK, text.Cancel, text.TokenBack, text.DriverBrowse, text.CLIPINDevice, text.TriesLeft, text.TriesLow, text.LastTry}
	same := []text.Key{text.OK, text.GeneratorName, text.GeneratorUTC, text.GeneratorBank, "generator.kind.mobipass"} // names and patterns
	for _, k := range text.Keys() {
		area, _, _ := strings.Cut(string(k), ".")
		de, en := text.DE.T(k), text.EN.T(k)
		switch {
		case area == "error": // TestGeneratorErrors
		case slices.Contains([]string{"generator", "safety", "spectra", "mobi"}, area) || slices.Contains(borrowed, k):
			if de == en && !slices.Contains(same, k) {
				t.Errorf("%s is %q in German too", k, de)
			}
		case de != en:
			t.Errorf("%s is %q in German, want English", k, de)
		}
		germanForms, englishForms := forms(text.DE, k), forms(text.EN, k)
		if len(germanForms) != len(englishForms) || !slices.Equal(verbs(de), verbs(en)) {
			t.Errorf("%s has the forms %q in German, in English %q", k, germanForms, englishForms)
		}
		if de == "" || de != strings.TrimSpace(de) || strings.Contains(de, "  ") {
			t.Errorf("%s: nothing, or stray spaces, in %q", k, de)
		}
	}
	if slices.Contains(text.Languages(), text.DE) {
		t.Error("German is offered for the whole program")
	}
}

// MobiPass is word for word as its user guide shows it (without the trademark's
// spelling, which the guide itself varies).
func TestMobiPassWords(t *testing.T) {
	for _, item := range []struct {
		id, want string
		k        text.Key
	}{
		{"M5 L84", "Сохранить ключ", text.MobiSave},
		{"M25 L135", "Подписать", text.MobiSign},
		{"M25 L135", "Изменить PIN-код", text.MobiChange},
		{"M25 L135", "Удалить ключ", text.MobiErase},
		{"M25 L135", "Справка", text.MobiHelp},
		{"M27 L194", "Далее", text.MobiNext},
		{"M27 L201", "Выход", text.MobiExit},
		{"M60 L207", "Назад", text.MobiBack},
		{"M63 L210", "Закрыть", text.MobiClose},
		{"M9 L95", "Сохранение PIN-кода", text.MobiPINTitle},
		{"M9 L97", "Для защиты доступа к приложению Mobipass, выберите удобный для Вас PIN-код (4 цифры):", text.MobiPINChoose},
		{"M9 L101", "Подтвердите значение PIN-кода:", text.MobiPINConfirm},
		{"M15 L72", "Храните PIN-код в секрете, не передавайте его посторонним лицам.", text.MobiPINSecret},
		{"M16 L109", "Запомните PIN-код, будет использоваться при подписи документов приложением Mobipass.", text.MobiRemember},
		{"M17 L113", "Сохранение ключа", text.MobiKeyTitle},
		{"M17 L115", "Введите первую часть кода активации приложения:", text.MobiKeyFirst},
		{"M17 L119", "Введите вторую часть кода активации приложения:", text.MobiKeySecond},
		{"M17 L123", "Введите третью часть кода активации приложения:", text.MobiKeyThird},
		{"M17 L127", "Введите четвертую часть кода активации приложения:", text.MobiKeyFourth},
		{"M18 L111", "Части секретного ключа находятся внутри конверта «Код активации Mobipass».", text.MobiKeyWhere},
		{"M28 L151", "Кодовое число документа:", text.MobiNumber},
	} {
		if got := text.RU.T(item.k); got != item.want {
			t.Errorf("%s: %q, want %q", item.id, got, item.want)
		}
	}
}

// Every screen of the SpectraNet token has a sentence of its own.
func TestSpectraSentences(t *testing.T) {
	for _, l := range text.GeneratorLanguages() {
		seen := map[string]bool{}
		for s := otp.SpectraOff; s <= otp.SpectraUnlockFail; s++ {
			for _, last := range []bool{false, true} {
				sentence := l.Spectra(s, last)
				failed := s == otp.SpectraFail || s == otp.SpectraUnlockFail
				if sentence == "" || strings.HasPrefix(sentence, "spectra.") || seen[sentence] && (failed || !last) {
					t.Errorf("%s: screen %d says %q", l, s, sentence)
				}
				seen[sentence] = true
			}
		}
	}
}
