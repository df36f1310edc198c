package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// consentTestApp starts an app in the theme in which the goldens are drawn.
func consentTestApp(t *testing.T) {
	t.Helper()
	testApp(t)
}

// consentShow puts content into a window of the smallest size.
func consentShow(t *testing.T, content fyne.CanvasObject) fyne.Canvas {
	t.Helper()
	w := test.NewTempWindow(t, content)
	w.SetPadded(false)
	w.Resize(content.MinSize())
	return w.Canvas()
}

// consentSample returns n payments, each in its document; every fifth is in
// another currency.
func consentSample(n int) []payment.Document {
	payees := []string{"ЖШС «Көкше Құрылыс & К°»", "ТОО Alpha Trade", "ИП Әбдіғали Өмірғазы Қуанышұлы", "РГУ «Департамент государственных доходов по Алматинской области»"}
	var docs []payment.Document
	for i := range n {
		p := payment.Payment{
			Payee: payees[i%len(payees)], Account: "KZ17998DEMO000000042", Bank: "«Demo Bank» АҚ, DEMOKZKA",
			Amount: fmt.Sprintf("%d.50", 1250000+i*1111), Currency: "KZT",
			Purpose: fmt.Sprintf("710: Оплата по договору № %d от 12.01.2026 за строительные материалы, в т.ч. НДС 16 %%", i+1),
			Payer:   "ТОО «Қолтаңба Сауда»", PayerAccount: "KZ63999TEST000000002",
			Reference: fmt.Sprint(117 + i), Date: "2026-03-03",
		}
		if i%5 == 4 {
			p.Currency = "USD"
		}
		docs = append(docs, payment.Document{
			Name: fmt.Sprintf("order-%d.xml", i+1), Kind: payment.KindPayment, Type: "pain.001.001.09",
			Size: 2345, SHA256: strings.Repeat("0123456789abcdef", 4), Payments: []payment.Payment{p},
		})
	}
	return docs
}

func consentPDF() payment.Document {
	return payment.Document{Name: "Келісімшарт № 7.pdf", Kind: payment.KindOther, Type: payment.TypePDF,
		Size: 345678, SHA256: strings.Repeat("89abcdef01234567", 4)}
}

func consentQuestion(docs ...payment.Document) agent.ConsentQuestion {
	return agent.ConsentQuestion{
		Origin: "https://ib.demobank.kz", Bank: "«Demo Bank» АҚ",
		Profile:   agent.Profile{Name: "KAZTOKEN Accounts", Subject: "ОМАРОВА ӘЙГЕРІМ ҚАЙРАТҚЫЗЫ", NotAfter: "2027-11-20T12:00:00Z"},
		Documents: docs, Totals: payment.Totals(docs),
	}
}

// consentScreens are the questions that the goldens show.
func consentScreens() map[string]agent.ConsentQuestion {
	flagged := consentSample(1)
	flagged[0].Flags = []payment.Flag{"iban:1", "not-shown:UltmtCdtr", "type-mismatch:pain.001.001.09"}
	flagged[0].Payments[0].Payee = "ТОО «Alphа ⟨U+202E⟩edarT»"
	flagged[0].Payments[0].Purpose = strings.Repeat("Оплата по договору за материалы и ещё раз за материалы. ", 12)
	mixed := append(consentSample(3), consentPDF())
	mixed[1].Flags = []payment.Flag{"bic:1", payment.FlagControl}
	mixed[3].Flags = []payment.Flag{"type-mismatch:application/pdf", payment.FlagControl}
	local := consentQuestion(payment.Document{Name: "note.txt", Kind: payment.KindOther, Type: payment.TypeText, Size: 61,
		SHA256: strings.Repeat("fedcba9876543210", 4), Text: "Қош келдіңіз!\n\tЭто *текст*, а не [разметка](https://evil.kz)."})
	local.Origin, local.Bank = "", ""
	return map[string]agent.ConsentQuestion{
		"single":  consentQuestion(consentSample(1)...),
		"batch":   consentQuestion(consentSample(20)...),
		"other":   consentQuestion(consentPDF()),
		"flagged": consentQuestion(flagged...),
		"mixed":   consentQuestion(mixed...),
		"local":   local,
	}
}

// TestConsentScreens compares every screen with its golden in testdata.
func TestConsentScreens(t *testing.T) {
	for name, q := range consentScreens() {
		for _, l := range text.Languages() {
			t.Run(name+" "+string(l), func(t *testing.T) {
				consentTestApp(t)
				c := consentShow(t, consentContent(l, q, func(int) { t.Error("a copy opens by itself") }))
				test.AssertRendersToMarkup(t, fmt.Sprintf("consent-%s-%s.xml", name, l), c)
				if name == "single" {
					test.AssertRendersToImage(t, fmt.Sprintf("consent-%s-%s.png", name, l), c)
				}
			})
		}
	}
}

func consentWindow(t *testing.T, content fyne.CanvasObject) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, content)
	w.Resize(fyne.NewSize(920, 700))
	return w
}

// What a person must see of a payment is there, as the document has it.
func TestK8ConsentShowsThePayment(t *testing.T) {
	testApp(t)
	q := consentQuestion(consentSample(1)...)
	p := q.Documents[0].Payments[0]
	all := words(consentWindow(t, consentContent(text.EN, q, func(int) {})))
	for _, want := range []string{"ib.demobank.kz", p.Payee, p.Account, text.EN.Money(p.Amount, p.Currency), p.Purpose, p.Bank, q.Profile.Name} {
		if !slices.Contains(all, want) {
			t.Errorf("%q is not in the window: %q", want, all)
		}
	}
}

// Every row of a batch can be selected and is then shown in full, with the
// totals of each currency beside it.
func TestConsentBatch(t *testing.T) {
	testApp(t)
	q := consentQuestion(consentSample(20)...)
	var opened []int
	w := consentWindow(t, consentContent(text.EN, q, func(i int) { opened = append(opened, i) }))
	list := find[*lines](w)[0]
	for i, d := range q.Documents {
		list.Select(i)
		all := words(w)
		if p := d.Payments[0]; !slices.Contains(all, p.Purpose) || !slices.Contains(all, p.Payee) {
			t.Errorf("row %d selected: %q", i, all)
		}
		test.Tap(buttonNamed(t, w, text.EN.T(text.ConsentOpen)))
		for _, total := range q.Totals {
			want := text.EN.Money(total.Amount, total.Currency)
			if !slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, want) }) {
				t.Errorf("total %s is not in sight: %q", want, all)
			}
		}
	}
	if len(opened) != 20 || opened[0] != 0 || opened[19] != 19 {
		t.Errorf("copies opened: %v, want each once", opened)
	}
}

// A batch of 10,000 makes widgets for the rows in sight only.
func TestConsentLargeBatch(t *testing.T) {
	testApp(t)
	w := consentWindow(t, consentContent(text.EN, consentQuestion(consentSample(10000)...), func(int) {}))
	if n := len(find[*widget.Label](w)); n > 500 {
		t.Errorf("%d labels for the rows in sight", n)
	}
	list := find[*lines](w)[0]
	list.Select(9999)
	if all := words(w); !slices.Contains(all, "No. 10 000") && !slices.Contains(all, "No. 10\u00a0000") {
		t.Errorf("the last row is not shown: %q", all)
	}
}
