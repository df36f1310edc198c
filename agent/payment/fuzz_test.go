package payment_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"qoltanba/agent/payment"
)

// FuzzRead reads anything: it must not panic, and nothing it returns may hold a
// character that cannot be seen.
func FuzzRead(f *testing.F) {
	for name, data := range samples(f) {
		f.Add(name, "application/xml", data)
	}
	f.Fuzz(func(t *testing.T, name, mediaType string, data []byte) {
		d := payment.Read(name, mediaType, data)
		seen := []string{d.Name, d.Type, strings.NewReplacer("\n", "", "\t", "").Replace(d.Text)}
		for _, p := range d.Payments {
			seen = append(seen, p.Payee, p.Account, p.Bank, p.Amount, p.Currency, p.Purpose, p.Payer, p.PayerAccount, p.Reference, p.Date)
			if p.Payee == "" || p.Account == "" || p.Amount == "" || p.Currency == "" || p.PayerAccount == "" || p.Date == "" {
				t.Errorf("a payment lacks what must be shown: %+v", p)
			}
		}
		for _, flag := range d.Flags {
			seen = append(seen, string(flag))
		}
		for _, s := range seen {
			for _, r := range s {
				if !unicode.IsGraphic(r) || r == '\u2800' || r == '\u3164' {
					t.Errorf("%q holds %U", s, r)
				}
			}
		}
		if n := len([]rune(d.Name)); n > 200 {
			t.Errorf("the name has %d runes", n)
		}
		if n := len([]rune(d.Text)); n > 4000 {
			t.Errorf("the text has %d runes", n)
		}
		if (d.Kind == payment.KindPayment) != (len(d.Payments) > 0) {
			t.Errorf("%s with %d payments", d.Kind, len(d.Payments))
		}
		count := 0
		for _, total := range payment.Totals([]payment.Document{d, d}) {
			count += total.Count
			if total.Amount == "" {
				t.Errorf("no total of %+v", d.Payments)
			}
		}
		if count != 2*len(d.Payments) {
			t.Errorf("Totals counts %d, want %d", count, 2*len(d.Payments))
		}
		if _, err := json.Marshal(d); err != nil {
			t.Error(err)
		}
	})
}

// FuzzTotals adds up amounts that no document holds.
func FuzzTotals(f *testing.F) {
	f.Add("1.5", "KZT")
	f.Add("-1", "")
	f.Fuzz(func(t *testing.T, amount, currency string) {
		d := payment.Document{Payments: []payment.Payment{{Amount: amount, Currency: currency}}}
		if got := payment.Totals([]payment.Document{d}); got[0].Amount != "" && got[0].Amount != amount {
			t.Errorf("Totals(%q) = %v", amount, got)
		}
	})
}

// message is what encoding/xml makes of a pain.001, the way a bank's program would.
type message struct {
	Groups []struct {
		Date struct {
			Old  string `xml:",chardata"`
			Dt   string
			DtTm string
		} `xml:"ReqdExctnDt"`
		Payer    string `xml:"Dbtr>Nm"`
		IBAN     string `xml:"DbtrAcct>Id>IBAN"`
		Number   string `xml:"DbtrAcct>Id>Othr>Id"`
		Payments []struct {
			Reference string `xml:"PmtId>EndToEndId"`
			Amount    struct {
				Value    string `xml:",chardata"`
				Currency string `xml:"Ccy,attr"`
			} `xml:"Amt>InstdAmt"`
			Payee  string   `xml:"Cdtr>Nm"`
			IBAN   string   `xml:"CdtrAcct>Id>IBAN"`
			Number string   `xml:"CdtrAcct>Id>Othr>Id"`
			BIC    string   `xml:"CdtrAgt>FinInstnId>BIC"`
			BICFI  string   `xml:"CdtrAgt>FinInstnId>BICFI"`
			Bank   string   `xml:"CdtrAgt>FinInstnId>Nm"`
			Text   []string `xml:"RmtInf>Ustrd"`
		} `xml:"CdtTrfTxInf"`
	} `xml:"CstmrCdtTrfInitn>PmtInf"`
}

// FuzzAgainstEncodingXML holds the scanner against the standard library: whatever
// Read takes for payments, encoding/xml reads too, and finds the same in it.
func FuzzAgainstEncodingXML(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { agree(t, data) })
}

// TestSplice does what the fuzzer seldom gets to: it puts each of the things that
// parsers have disagreed about at every place of a payment.
func TestSplice(t *testing.T) {
	base := string(samples(t)["single-03.xml"])
	start, end := strings.Index(base, "<CdtTrfTxInf>"), strings.Index(base, "</PmtInf>")
	pieces := []string{
		"<!---->", "<!-- <Nm>B</Nm> -->", "<!--->", "<!-- --!>", "<![CDATA[B]]>", "]]>", "<?x?>", "<?xml version='1.0'?>", "<!DOCTYPE a>",
		"&#65;", "&#x0;", "&amp;", "&a;", "&#32;", "&", "<", ">", "/>", "'", "\"", "\r", "\n", " ", "\x00", "\x01", "\x7f", "\xff", "\xc0\x80",
		"\u200b", "\u202e", "\u0085", "\u2028", "\ufeff", "\ufffe", "\u0410", "0", "-", ".", ":", "x", "x:",
		"<Nm>B</Nm>", "<Nm/>", "</Nm>", "</Nm><Nm>", "<x:Nm>B</x:Nm>", "<Cdtr><Nm>B</Nm></Cdtr>", "<B/>", "<b:B xmlns:b='urn:b'/>",
		" xmlns='urn:b'", " Ccy='USD'", " a='b'", "<InstdAmt Ccy='KZT'>1</InstdAmt>", "<CdtTrfTxInf/>",
		"<CdtrAcct><Id><IBAN>KZ42998DEMO000000077</IBAN></Id></CdtrAcct>", "<SplmtryData><Envlp>B</Envlp></SplmtryData>",
	}
	all, read := 0, 0
	for _, piece := range pieces {
		for at := start; at < end; at++ {
			if at%16 != 0 && !strings.ContainsAny(base[at-1:at+1], "<>/=\"&; ") {
				continue // one place within a word is like the next
			}
			all++
			if agree(t, []byte(base[:at]+piece+base[at:])) {
				read++
			}
			if t.Failed() {
				t.Fatalf("with %q at %q", piece, base[at:min(end, at+40)])
			}
		}
	}
	if read < 1000 || read > all/2 {
		t.Errorf("%d of %d documents were read as payments, want many and not most", read, all)
	}
}

// agree compares what Read shows of data with what encoding/xml finds there. It
// reports whether Read took it for payments.
func agree(t *testing.T, data []byte) bool {
	t.Helper()
	d := payment.Read("x", "", data)
	if d.Kind != payment.KindPayment {
		return false
	}
	names := elements(t, data)
	for _, name := range []string{"CdtTrfTxInf", "InstdAmt", "CdtrAcct", "Cdtr"} {
		if name != "Cdtr" && names[name] != len(d.Payments) || names[name] < len(d.Payments) {
			t.Errorf("%d elements %s, %d payments", names[name], name, len(d.Payments))
		}
	}
	var m message
	if err := xml.Unmarshal(data, &m); err != nil {
		t.Fatalf("encoding/xml does not read what Read does: %v", err)
	}
	marked := slices.Contains(d.Flags, payment.FlagControl)
	same := func(what, got, want string) {
		t.Helper()
		if got != strings.Trim(want, " \t\r\n") && !marked {
			t.Errorf("%s is shown as %q, encoding/xml has %q", what, got, want)
		}
	}
	payments := d.Payments
	for _, g := range m.Groups {
		for _, p := range g.Payments {
			if len(payments) == 0 {
				t.Fatal("encoding/xml has more payments")
			}
			got := payments[0]
			payments = payments[1:]
			same("payee", got.Payee, p.Payee)
			same("account", got.Account, p.IBAN+p.Number)
			same("payer", got.Payer, g.Payer)
			same("payer's account", got.PayerAccount, g.IBAN+g.Number)
			same("reference", got.Reference, p.Reference)
			same("date", got.Date, strings.Trim(g.Date.Old, " \t\r\n")+g.Date.Dt+g.Date.DtTm)
			if want := p.Amount.Value; got.Amount != want && !strings.HasSuffix(want, got.Amount) ||
				strings.Trim(strings.TrimSuffix(want, got.Amount), "0") != "" {
				t.Errorf("amount is shown as %q, encoding/xml has %q", got.Amount, want)
			}
			if got.Currency != p.Amount.Currency {
				t.Errorf("currency is shown as %q, encoding/xml has %q", got.Currency, p.Amount.Currency)
			}
			for _, part := range append(p.Text, p.BIC, p.BICFI, p.Bank) {
				if part = strings.Trim(part, " \t\r\n"); !strings.Contains(got.Bank+" "+got.Purpose, part) && !marked {
					t.Errorf("%q is not shown in %q, %q", part, got.Bank, got.Purpose)
				}
			}
		}
	}
	if len(payments) > 0 {
		t.Errorf("encoding/xml has %d payments less", len(payments))
	}
	return true
}

// elements counts the elements of well-formed XML by their local names, and
// demands that all are in the root's namespace and nothing is declared.
func elements(t *testing.T, data []byte) map[string]int {
	t.Helper()
	names := make(map[string]int)
	space := ""
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatalf("encoding/xml does not read what Read does: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(names) == 0 {
				space = token.Name.Space
			}
			names[token.Name.Local]++
			if token.Name.Space != space || !strings.Contains(space, ":pain.001.001.") {
				t.Errorf("element %v in the payment message %q", token.Name, space)
			}
		case xml.Directive:
			t.Errorf("declaration <!%s>", token)
		case xml.ProcInst:
			if token.Target != "xml" {
				t.Errorf("instruction <?%s %s?>", token.Target, token.Inst)
			}
		}
	}
}
