package text_test

import (
	"testing"

	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

func TestFlags(t *testing.T) {
	flags := []payment.Flag{
		payment.FlagUnreadable, payment.FlagDTD, payment.FlagNotUTF8, payment.FlagForeignElements,
		payment.FlagNotShown, payment.FlagControl, payment.FlagTypeMismatch, payment.FlagTruncated,
		payment.FlagTotals, payment.FlagCount, payment.FlagIBAN, payment.FlagBIC,
		payment.FlagConfusable, payment.FlagDuplicate,
	}
	for _, l := range text.Languages() {
		said := map[string]payment.Flag{l.Flag("never heard of"): "unknown"}
		for _, f := range flags {
			warning := l.Flag(f)
			if other, twice := said[warning]; twice {
				t.Errorf("%s: flag %q has the words of %q", l, f, other)
			}
			said[warning] = f
		}
	}
	for flag, end := range map[payment.Flag]string{
		payment.FlagIBAN + ":3":               " Payment no. 3.",
		payment.FlagTotals + ":GrpHdr":        " (GrpHdr)",
		payment.FlagUnreadable + ":unknown:X": " (unknown:X)",
	} {
		if got := text.EN.Flag(flag); got != text.EN.Flag(flag.Kind())+end {
			t.Errorf("Flag(%q) = %q, want the detail at the end", flag, got)
		}
	}
}
