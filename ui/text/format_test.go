package text_test

import (
	"strings"
	"testing"
	"time"

	"qoltanba/ui/text"
)

func TestDecimal(t *testing.T) {
	for _, c := range []struct{ number, kk, en string }{
		{"0", "0", "0"},
		{"7.5", "7,5", "7.5"},
		{"999.00", "999,00", "999.00"},
		{"1000", "1 000", "1 000"},
		{"1250000.50", "1 250 000,50", "1 250 000.50"},
		{"-12345.6", "-12 345,6", "-12 345.6"},
		{"123456789012345678901.23", "123 456 789 012 345 678 901,23", "123 456 789 012 345 678 901.23"},
		// What is no plain number is shown as it came, not guessed at.
		{"1,000", "1,000", "1,000"}, {"1.", "1.", "1."}, {".5", ".5", ".5"}, {"", "", ""},
		{"1e6", "1e6", "1e6"}, {"1.2.3", "1.2.3", "1.2.3"}, {"-", "-", "-"},
	} {
		for l, want := range map[text.Lang]string{text.KK: c.kk, text.RU: c.kk, text.EN: c.en} {
			want = strings.ReplaceAll(want, " ", "\u00a0")
			if got := l.Decimal(c.number); got != want {
				t.Errorf("%s.Decimal(%q) = %q, want %q", l, c.number, got, want)
			}
		}
	}
}

func TestMoney(t *testing.T) {
	if got, want := text.RU.Money("1250000.50", "KZT"), "1\u00a0250\u00a0000,50\u00a0KZT"; got != want {
		t.Errorf("Money = %q, want %q", got, want)
	}
	if got, want := text.EN.Money("5", ""), "5"; got != want {
		t.Errorf("Money without a currency = %q, want %q", got, want)
	}
}

func TestDate(t *testing.T) {
	local := time.Date(2026, 3, 5, 12, 0, 0, 0, time.Local).Format(time.RFC3339)
	for _, iso := range []string{"2026-03-05", local} {
		for l, want := range map[text.Lang]string{text.KK: "05.03.2026", text.RU: "05.03.2026", text.EN: "5 March 2026"} {
			if got := l.Date(iso); got != want {
				t.Errorf("%s.Date(%q) = %q, want %q", l, iso, got, want)
			}
		}
	}
	for _, other := range []string{"", "tomorrow", "05.03.2026", "2026-13-01"} {
		if got := text.EN.Date(other); got != other {
			t.Errorf("Date(%q) = %q, want it as it came", other, got)
		}
	}
}

func TestSize(t *testing.T) {
	for _, c := range []struct {
		l    text.Lang
		n    int
		want string
	}{
		{text.EN, 1, "1 byte"}, {text.EN, 1023, "1\u00a0023 bytes"}, {text.EN, 4096, "4.0 KB"},
		{text.RU, 2, "2 байта"}, {text.RU, 1536, "1,5 КБ"}, {text.KK, 64 << 20, "64,0 МБ"},
	} {
		if got := c.l.Size(c.n); got != c.want {
			t.Errorf("%s.Size(%d) = %q, want %q", c.l, c.n, got, c.want)
		}
	}
}

func TestDetails(t *testing.T) {
	for l, want := range map[text.Lang][2]string{
		text.KK: {"Сертификат иесі: A. 05.03.2026 дейін жарамды.", "Сертификат иесі: A."},
		text.RU: {"Владелец сертификата: A. Действителен до 05.03.2026.", "Владелец сертификата: A."},
		text.EN: {"Certificate of A, valid until 5 March 2026.", "Certificate of A."},
	} {
		if got := [2]string{l.Details("A", "2026-03-05"), l.Details("A", "")}; got != want {
			t.Errorf("%s.Details = %q, want %q", l, got, want)
		}
	}
}
