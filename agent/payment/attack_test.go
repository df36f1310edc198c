package payment_test

import (
	"slices"
	"strings"
	"testing"

	"qoltanba/agent/payment"
)

// change replaces old, which must be there once, in a sample.
func change(t *testing.T, base, old, new string) string {
	t.Helper()
	if strings.Count(base, old) != 1 {
		t.Fatalf("%q is %d times in the sample, want once", old, strings.Count(base, old))
	}
	return strings.Replace(base, old, new, 1)
}

const (
	instdAmt = `<InstdAmt Ccy="KZT">1250000.50</InstdAmt>`
	payeeNm  = `<Nm>ЖШС «Көкше Құрылыс &amp; К°»</Nm>`
	payeeID  = `<CdtrAcct><Id><IBAN>KZ17998DEMO000000042</IBAN></Id></CdtrAcct>`
)

// TestRefused changes one thing in a good pain.001.001.09, after which it must not
// be shown as a payment.
func TestRefused(t *testing.T) {
	base := string(samples(t)["single-09.xml"])
	tests := []struct{ name, old, new, reason string }{
		// Amounts.
		{"no amount", instdAmt, ``, "choice:Amt"},
		{"empty amount", `1250000.50</InstdAmt>`, `</InstdAmt>`, "empty:InstdAmt"},
		{"equivalent amount", instdAmt, `<EqvtAmt><Amt Ccy="USD">1</Amt><CcyOfTrf>KZT</CcyOfTrf></EqvtAmt>`, "refused:EqvtAmt"},
		{"both amounts", instdAmt, instdAmt + `<EqvtAmt/>`, "refused:EqvtAmt"},
		{"negative", `1250000.50</InstdAmt>`, `-1</InstdAmt>`, "value:InstdAmt"},
		{"plus", `1250000.50</InstdAmt>`, `+1</InstdAmt>`, "value:InstdAmt"},
		{"comma", `1250000.50</InstdAmt>`, `1250000,50</InstdAmt>`, "value:InstdAmt"},
		{"grouped", `1250000.50</InstdAmt>`, `1 250 000.50</InstdAmt>`, "value:InstdAmt"},
		{"exponent", `1250000.50</InstdAmt>`, `1E6</InstdAmt>`, "value:InstdAmt"},
		{"two points", `1250000.50</InstdAmt>`, `1.2.3</InstdAmt>`, "value:InstdAmt"},
		{"no whole part", `1250000.50</InstdAmt>`, `.50</InstdAmt>`, "value:InstdAmt"},
		{"no fraction", `1250000.50</InstdAmt>`, `5.</InstdAmt>`, "value:InstdAmt"},
		{"six fraction digits", `1250000.50</InstdAmt>`, `1.000001</InstdAmt>`, "value:InstdAmt"},
		{"nineteen digits", `1250000.50</InstdAmt>`, `1234567890123456789</InstdAmt>`, "value:InstdAmt"},
		{"Arabic digits", `1250000.50</InstdAmt>`, `١٢٣</InstdAmt>`, "value:InstdAmt"},
		{"space around", `1250000.50</InstdAmt>`, ` 1</InstdAmt>`, "value:InstdAmt"},
		{"comment in amount", `1250000.50</InstdAmt>`, `1<!-- -->250000.50</InstdAmt>`, "comment"},
		{"comment after amount", `1250000.50</InstdAmt>`, `1250000.50<!-- --></InstdAmt>`, "comment"},
		{"comment before amount", `1250000.50</InstdAmt>`, `<!-- -->1250000.50</InstdAmt>`, "comment"},
		{"instruction in amount", `1250000.50</InstdAmt>`, `1<?x?>0</InstdAmt>`, "instruction"},
		{"element in amount", `1250000.50</InstdAmt>`, `1<Nm>0</Nm></InstdAmt>`, "text"},
		{"no currency", ` Ccy="KZT"`, ``, "attribute"},
		{"two currencies", ` Ccy="KZT"`, ` Ccy="KZT" Ccy="USD"`, "attribute"},
		{"foreign currency attribute", ` Ccy="KZT"`, ` Ccy="KZT" x:Ccy="USD"`, "attribute"},
		{"small currency", ` Ccy="KZT"`, ` Ccy="kzt"`, "value:Ccy"},
		{"long currency", ` Ccy="KZT"`, ` Ccy="KZTT"`, "value:Ccy"},
		{"reference in currency", ` Ccy="KZT"`, ` Ccy="&#75;ZT"`, "attribute"},
		// Who is paid.
		{"no payee", payeeNm, ``, "missing:Nm"},
		{"empty payee", payeeNm, `<Nm/>`, "empty:Nm"},
		{"blank payee", payeeNm, `<Nm>&#32; </Nm>`, "empty:Nm"},
		{"long payee", payeeNm, `<Nm>` + strings.Repeat("ж", 141) + `</Nm>`, "long:Nm"},
		{"payee of elements", payeeNm, `<Nm><Nm>A</Nm></Nm>`, "text"},
		{"payee with attribute", payeeNm, `<Nm lang="kk">A</Nm>`, "attribute"},
		{"two creditors", payeeID, payeeID + `<Cdtr><Nm>B</Nm></Cdtr>`, "duplicate:Cdtr"},
		{"no account", payeeID, ``, "missing:CdtrAcct"},
		{"two accounts", payeeID, payeeID + payeeID, "duplicate:CdtrAcct"},
		{"two account numbers", `000042</IBAN>`, `000042</IBAN><Othr><Id>1</Id></Othr>`, "choice:Id"},
		{"no account number", `<IBAN>KZ17998DEMO000000042</IBAN>`, ``, "choice:Id"},
		{"BIC of the other version", `<BICFI>DEMOKZKA</BICFI>`, `<BIC>DEMOKZKA</BIC>`, "unknown:BIC"},
		{"unknown element", payeeNm, payeeNm + `<Name>B</Name>`, "unknown:Name"},
		{"text between elements", `<Cdtr>`, `ТОО<Cdtr>`, "text"},
		{"reference between elements", `<Cdtr>`, `&#32;<Cdtr>`, "text"},
		{"CDATA between elements", `<Cdtr>`, `<![CDATA[ ]]><Cdtr>`, "cdata"},
		{"cheque", `<PmtMtd>TRF`, `<PmtMtd>CHK`, "value:PmtMtd"},
		{"cheque instruction", `<Purp>`, `<ChqInstr/><Purp>`, "refused:ChqInstr"},
		{"hidden account", `<Ctry>KZ</Ctry>`, `<CdtrAcct/>`, "unknown:CdtrAcct"},
		{"text among elements not shown", `<Ctry>KZ</Ctry>`, `<Ctry>KZ</Ctry>text`, "text"},
		{"comment in a value not shown", `<Ctry>KZ</Ctry>`, `<Ctry>K<!-- -->Z</Ctry>`, "comment"},
		// The frame.
		{"no method", `<PmtMtd>TRF</PmtMtd>`, ``, "missing:PmtMtd"},
		{"no date", `<ReqdExctnDt><Dt>2026-03-03</Dt></ReqdExctnDt>`, ``, "missing:ReqdExctnDt"},
		{"bare date", `<Dt>2026-03-03</Dt>`, `2026-03-03`, "text"},
		{"date that is none", `<Dt>2026-03-03</Dt>`, `<Dt>2026-02-30</Dt>`, "value:ReqdExctnDt"},
		{"two dates", `<Dt>2026-03-03</Dt>`, `<Dt>2026-03-03</Dt><DtTm>2026-03-04T00:00:00Z</DtTm>`, "choice:ReqdExctnDt"},
		{"no count", "<NbOfTxs>1</NbOfTxs>\n      <CtrlSum>", `<CtrlSum>`, "missing:NbOfTxs"},
		{"count that is none", "<NbOfTxs>1</NbOfTxs>\n      <CtrlSum>", `<NbOfTxs>+1</NbOfTxs><CtrlSum>`, "value:NbOfTxs"},
		{"sum that is none", `<CtrlSum>1250000.50`, `<CtrlSum>1250000.5O`, "value:CtrlSum"},
		{"no reference", `<EndToEndId>117</EndToEndId>`, ``, "missing:EndToEndId"},
		{"endless purpose", `<Ustrd>в т.ч. НДС 16 %</Ustrd>`, strings.Repeat(`<Ustrd>в т.ч. НДС 16 %</Ustrd>`, 400), "long:Ustrd"},
		// XML.
		{"other message", `xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"`, `xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"`, "namespace"},
		{"other version", `xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"`, `xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.05"`, "namespace"},
		{"no namespace", `xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"`, ``, "namespace"},
		{"a second prefix", `xmlns:xsi=`, `xmlns:p="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" xmlns:xsi=`, "namespace"},
		{"an element with prefix", payeeNm, `<xsi:Nm>B</xsi:Nm>`, "namespace"},
		{"a namespace below", `<Cdtr>`, `<Cdtr xmlns="urn:x">`, "attribute"},
		{"a type", `<Cdtr>`, `<Cdtr xsi:type="Other">`, "attribute"},
		{"nil", payeeNm, `<Nm xsi:nil="true"/>`, "attribute"},
		{"two default namespaces", `<Document `, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" `, "attribute"},
		{"unknown root attribute", `<Document `, `<Document id="1" `, "attribute"},
		{"attribute like a namespace", `<Document `, `<Document xmlnsx="1" `, "attribute"},
		{"entity", `&amp;`, `&payee;`, "entity"},
		{"entity without end", `&amp;`, `&amp`, "entity"},
		{"lone ampersand", `&amp;`, `&`, "entity"},
		{"reference to nothing", `&amp;`, `&#0;`, "entity"},
		{"reference to a surrogate", `&amp;`, `&#xD800;`, "entity"},
		{"reference too large", `&amp;`, `&#x110000;`, "entity"},
		{"reference with sign", `&amp;`, `&#+38;`, "entity"},
		{"entity in a value not shown", `<Ctry>KZ`, `<Ctry>&x;`, "entity"},
		{"end of CDATA", `&amp;`, `]]>`, "syntax"},
		{"control character", `&amp;`, "\x01", "character"},
		{"null", `&amp;`, "\x00", "character"},
		{"noncharacter", `&amp;`, "\uFFFE", "character"},
		{"bytes that are no UTF-8", `&amp;`, "\xFF", "encoding"},
		{"overlong form", `&amp;`, "\xC0\xBC", "encoding"},
		{"declared encoding", `encoding="UTF-8"`, `encoding="UTF-7"`, "encoding"},
		{"XML 1.1", `version="1.0"`, `version="1.1"`, "version"},
		{"instruction", `<!-- one payment order in tenge -->`, `<?xml-stylesheet href="x"?>`, "instruction"},
		{"second declaration", `<!-- one payment order in tenge -->`, `<?xml version="1.0"?>`, "instruction"},
		{"internal subset", `<!-- one payment order in tenge -->`, `<!DOCTYPE Document [<!ENTITY a "&a;&a;">]>`, "dtd"},
		{"two hyphens in a comment", `<!-- one`, `<!-- -- one`, "syntax"},
		{"comment that does not end", ` -->`, ` --`, "syntax"},
		{"wrong end tag", `</CdtrAcct>`, `</CdtrAgt>`, "syntax"},
		{"longer end tag", `</CdtrAcct>`, `</CdtrAcctX>`, "syntax"},
		{"name not in ASCII", `<Purp>`, `<Рurp/><Purp>`, "syntax"},
		{"after the end", "</Document>\n", `</Document><Document/>`, "syntax"},
		{"text after the end", "</Document>\n", `</Document>x`, "syntax"},
		{"end missing", "</Document>\n", ``, "syntax"},
		{"deep", `<Ctry>KZ</Ctry>`, strings.Repeat(`<A>`, 5000) + strings.Repeat(`</A>`, 5000), "depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := payment.Read("x.xml", "", []byte(change(t, base, tt.old, tt.new)))
			want := payment.FlagUnreadable + ":" + payment.Flag(tt.reason)
			if d.Kind != payment.KindOther || d.Payments != nil || !slices.Contains(d.Flags, want) {
				t.Errorf("Read = %s %s %q, want %s with %q", d.Kind, d.Payments, d.Flags, payment.KindOther, want)
			}
			if d.Type != payment.TypeXML {
				t.Errorf("Type = %q, want %q", d.Type, payment.TypeXML)
			}
		})
	}
}

// TestFlagged changes one thing in a good pain.001.001.09, which is still a
// payment then, with something to say about it.
func TestFlagged(t *testing.T) {
	base := string(samples(t)["single-09.xml"])
	tests := []struct {
		name, old, new string
		want           []payment.Flag
	}{
		{"nothing", "", "", nil},
		{"other account scheme", `<IBAN>KZ17998DEMO000000042</IBAN>`, `<Othr><Id>000467123</Id></Othr>`, nil},
		{"IBAN in the other scheme", `<IBAN>KZ17998DEMO000000042</IBAN>`, `<Othr><Id>KZ18998DEMO000000042</Id></Othr>`, []payment.Flag{"iban:1"}},
		{"IBAN with spaces", `KZ17998DEMO000000042`, `KZ17 998D EMO0 0000 0042`, []payment.Flag{"iban:1"}},
		{"IBAN too short", `KZ17998DEMO000000042`, `KZ17998DEMO00000004`, []payment.Flag{"iban:1"}},
		{"IBAN too long, with right check digits", `KZ17998DEMO000000042`, `KZ80998DEMO0000000421`, []payment.Flag{"iban:1"}},
		{"IBAN of another country", `KZ17998DEMO000000042`, `DE89370400440532013000`, nil},
		{"the payer's IBAN", `KZ90999TEST000000001`, `KZ90999TEST000000010`, []payment.Flag{"iban:1"}},
		{"BIC with Cyrillic letters", `DEMOKZKA`, `DEMОKZKA`, []payment.Flag{"bic:1", "confusable:1"}},
		{"BIC malformed", `DEMOKZKA`, `DEMOKZ`, []payment.Flag{"bic:1"}},
		{"BIC of nine characters", `DEMOKZKA`, `DEMOKZKAX`, []payment.Flag{"bic:1"}},
		{"BIC of a branch", `DEMOKZKA`, `DEMOKZKAXXX`, nil},
		{"two alphabets in the bank's name", `<Nm>АО «Демо Банк»`, `<Nm>АО «Дeмo Банк»`, []payment.Flag{"confusable:1"}},
		{"two alphabets in the payer's name", `<Dbtr>
        <Nm>`, `<Dbtr><Nm>X`, []payment.Flag{"confusable:1"}},
		{"two alphabets, two words", payeeNm, `<Nm>ТОО Alpha-Қазақстан</Nm>`, nil},
		{"two alphabets, one word", payeeNm, `<Nm>ТОО Alphа</Nm>`, []payment.Flag{"confusable:1"}},
		{"Greek", payeeNm, `<Nm>ΑBC</Nm>`, []payment.Flag{"confusable:1"}},
		{"line feed in a name", payeeNm, "<Nm>A\nB</Nm>", []payment.Flag{payment.FlagControl}},
		{"bidi in a value not shown", `<Ctry>KZ`, "<Ctry>K\u200fZ", []payment.Flag{payment.FlagControl}},
		{"bidi by reference in a value not shown", `<Ctry>KZ`, `<Ctry>K&#8207;Z`, []payment.Flag{payment.FlagControl}},
		{"bidi in a comment", `<!-- one`, "<!-- \u202e one", []payment.Flag{payment.FlagControl}},
		{"count of the header", "<NbOfTxs>1</NbOfTxs>\n      <CtrlSum>", "<NbOfTxs>2</NbOfTxs><CtrlSum>", []payment.Flag{"count:GrpHdr"}},
		{"count of the group", "<NbOfTxs>1</NbOfTxs>\n      <Req", "<NbOfTxs>01</NbOfTxs><CtrlSum>1.5</CtrlSum><Req", []payment.Flag{"totals:PmtInf"}},
		{"sum with other digits", `<CtrlSum>1250000.50`, `<CtrlSum>01250000.5000`, nil},
		{"sum a hair off", `<CtrlSum>1250000.50`, `<CtrlSum>1250000.50000000001`, []payment.Flag{"totals:GrpHdr"}},
		{"no sum", `<CtrlSum>1250000.50</CtrlSum>`, ``, nil},
		{"ultimate creditor", `<Purp>`, `<UltmtCdtr><Nm>B</Nm></UltmtCdtr><Purp>`, []payment.Flag{"not-shown:UltmtCdtr"}},
		{"intermediary", `<CdtrAgt>`, `<IntrmyAgt1/><CdtrAgt>`, []payment.Flag{"not-shown:IntrmyAgt1"}},
		{"extension", `</RmtInf>`, `</RmtInf><SplmtryData><Envlp><A>1</A></Envlp></SplmtryData>`, []payment.Flag{"foreign-elements:SplmtryData"}},
		{"comments between elements", `<Cdtr>`, `<!-- a --> <!----><Cdtr><!-- b -->`, nil},
		{"the namespace of schemas", `<Document `, `<Document xmlns:xsd='http://www.w3.org/2001/XMLSchema' `, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := base
			if tt.old != "" {
				text = change(t, base, tt.old, tt.new)
			}
			d := payment.Read("x.xml", "application/xml", []byte(text))
			if d.Kind != payment.KindPayment || len(d.Payments) != 1 || !slices.Equal(d.Flags, tt.want) {
				t.Errorf("Read = %s, %d payments, %q; want %s, 1, %q", d.Kind, len(d.Payments), d.Flags, payment.KindPayment, tt.want)
			}
		})
	}
}

// TestFlaggedPayment names the payment of a batch that a flag is about.
func TestFlaggedPayment(t *testing.T) {
	base := string(samples(t)["batch-12.xml"])
	first := between(t, base, "<p:CdtTrfTxInf>", "</p:CdtTrfTxInf>")
	again := change(t, first, "<p:EndToEndId>S-1<", "<p:EndToEndId>S-9<")
	tests := []struct {
		name, old, new string
		want           []payment.Flag
	}{
		{"number", `GB-77/000142`, `GB-77/00014Ж`, []payment.Flag{"confusable:4"}},
		{"the payer of the second group", `KZ63999TEST000000002`, `KZ63999TEST000000003`, []payment.Flag{"iban:4"}},
		{"header count", `<p:NbOfTxs>5`, `<p:NbOfTxs>4`, []payment.Flag{"count:GrpHdr"}},
		{"group sum", `590000`, `590001`, []payment.Flag{"totals:PmtInf"}},
		{"one payment twice under two references", first, first + again,
			[]payment.Flag{"count:PmtInf", "totals:PmtInf", "count:GrpHdr", "totals:GrpHdr", "duplicate:2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := payment.Read("x.xml", "", []byte(change(t, base, tt.old, tt.new)))
			if d.Kind != payment.KindPayment || !slices.Equal(d.Flags, tt.want) {
				t.Errorf("Read = %s %q, want %s %q", d.Kind, d.Flags, payment.KindPayment, tt.want)
			}
		})
	}
}

// between returns the first part of s from start to end, both included.
func between(t *testing.T, s, start, end string) string {
	t.Helper()
	i := strings.Index(s, start)
	j := strings.Index(s, end)
	if i < 0 || j < i {
		t.Fatalf("no %s … %s in the sample", start, end)
	}
	return s[i : j+len(end)]
}

// TestShown writes a payee in ways that XML has for the same characters, and for
// others.
func TestShown(t *testing.T) {
	base := string(samples(t)["single-09.xml"])
	for written, want := range map[string]string{
		"A &lt;B&gt; &quot;C&quot; &apos;D&apos;": `A <B> "C" 'D'`,
		" \n A B\t":                "A B",
		"&#1178;&#x430;&#x00005D;": "Қа]",
		"A\rB":                     "A⟨U+000A⟩B", // XML 1.0 section 2.11
		"A\r\nB":                   "A⟨U+000A⟩B",
		"A&#13;B":                  "A⟨U+000D⟩B",
		"A&#x2066;B\u202e":         "A⟨U+2066⟩B⟨U+202E⟩",
		"A&amp;#66;":               "A&#66;",
	} {
		d := payment.Read("x", "", []byte(change(t, base, payeeNm, "<Nm>"+written+"</Nm>")))
		if len(d.Payments) != 1 || d.Payments[0].Payee != want {
			t.Errorf("payee %q is shown as %v %q, want %q", written, d.Payments, d.Flags, want)
		}
	}
}

// TestFlagParts takes flags apart.
func TestFlagParts(t *testing.T) {
	f := payment.Flag("unreadable:missing:Nm")
	if f.Kind() != payment.FlagUnreadable || f.Detail() != "missing:Nm" {
		t.Errorf("%q = %q, %q", f, f.Kind(), f.Detail())
	}
	if f := payment.FlagDTD; f.Kind() != payment.FlagDTD || f.Detail() != "" {
		t.Errorf("%q = %q, %q", f, f.Kind(), f.Detail())
	}
}

// TestLarge reads a message of 20,000 payments, and one too large to be read.
func TestLarge(t *testing.T) {
	base := string(samples(t)["single-09.xml"])
	tx := between(t, base, "<CdtTrfTxInf>", "</CdtTrfTxInf>")
	base = change(t, base, tx, "@")
	d := payment.Read("x", "", []byte(strings.Replace(base, "@", strings.Repeat(tx, 20_000), 1)))
	if d.Kind != payment.KindPayment || len(d.Payments) != 20_000 {
		t.Errorf("Read = %s, %d payments, %q; want 20,000", d.Kind, len(d.Payments), d.Flags)
	}
	if total := payment.Totals([]payment.Document{d}); total[0] != (payment.Total{Currency: "KZT", Amount: "25000010000.00", Count: 20_000}) {
		t.Errorf("Totals = %v", total)
	}
	d = payment.Read("x", "", []byte(strings.Replace(base, "@", strings.Repeat(" ", 16<<20), 1)))
	if d.Kind != payment.KindOther || !slices.Contains(d.Flags, "unreadable:size") {
		t.Errorf("Read = %s %q, want unreadable:size", d.Kind, d.Flags)
	}
}
