package payment_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent/payment"
)

var update = flag.Bool("update", false, "write the goldens anew; look at the difference before you commit it")

// mediaTypes are what an honest page says of the files in testdata.
var mediaTypes = map[string]string{
	".xml": "application/xml", ".txt": "text/plain; charset=utf-8", ".json": "application/json", ".pdf": "application/pdf",
}

// samples returns the documents in testdata by their path there.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	for _, pattern := range []string{"testdata/*.*", "testdata/attacks/*.xml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".golden.json") {
				continue
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[strings.TrimPrefix(filepath.ToSlash(name), "testdata/")] = data
		}
	}
	if len(files) < 25 {
		t.Fatalf("%d samples in testdata, want at least 25", len(files))
	}
	return files
}

// TestGolden compares what is shown of each sample with what was looked at and
// committed.
func TestGolden(t *testing.T) {
	for name, data := range samples(t) {
		t.Run(name, func(t *testing.T) {
			d := payment.Read(filepath.Base(name), mediaTypes[filepath.Ext(name)], data)
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "\t")
			if err := enc.Encode(d); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden.json")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("Read(%s) =\n%swant\n%s", name, got.Bytes(), want)
			}
			var back payment.Document
			if err := json.Unmarshal(want, &back); err != nil {
				t.Fatal(err)
			}
			if again, err := json.Marshal(back); err != nil || !bytes.Equal(again, mustMarshal(t, d)) {
				t.Errorf("%s does not survive the way through JSON (%v)", name, err)
			}
		})
	}
}

func mustMarshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTypes reads documents that are not payments.
func TestTypes(t *testing.T) {
	tests := []struct {
		name, mediaType, data string
		want                  string
		flags                 []payment.Flag
	}{
		{"empty", "", "", payment.TypeText, nil},
		{"text", "text/plain", "Қолтаңба", payment.TypeText, nil},
		{"text with a mark", "text/csv", "\uFEFFa;b\n", payment.TypeText, nil},
		{"text said to be JSON", "application/json", "hello", payment.TypeText, []payment.Flag{"type-mismatch:text/plain"}},
		{"text with an escape", "text/plain", "a\x1b[8mb", payment.TypeText, []payment.Flag{payment.FlagControl}},
		{"broken JSON", "", `{"a":`, payment.TypeText, nil},
		{"JSON", "Application/JSON; charset=utf-8", ` [1, 2]`, payment.TypeJSON, nil},
		{"JSON of another kind", "application/ld+json", `{}`, payment.TypeJSON, nil},
		{"JSON with a turned string", "", "{\"a\": \"\u202eb\"}", payment.TypeJSON, []payment.Flag{payment.FlagControl}},
		{"PDF", "application/pdf", "%PDF-2.0\n\xE2\xE3", payment.TypePDF, nil},
		{"PDF said to be XML", "text/xml", "%PDF-2.0\n", payment.TypePDF, []payment.Flag{"type-mismatch:application/pdf"}},
		{"bytes", "", "\x00\x01", payment.TypeBinary, nil},
		{"bytes said to be text", "text/plain", "a\x00", payment.TypeBinary, []payment.Flag{"type-mismatch:application/octet-stream"}},
		{"Windows-1251", "text/plain", "\xCF\xEB\xE0\xF2\xB8\xE6", payment.TypeBinary,
			[]payment.Flag{payment.FlagNotUTF8, "type-mismatch:application/octet-stream"}},
		{"XML", "application/xml", "<a b='c'>&lt;<!-- d --></a>", payment.TypeXML, nil},
		{"SVG", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>", payment.TypeXML, nil},
		{"XML said to be a payment", "application/pain.001.001.09+xml", "<a/>", payment.TypeXML,
			[]payment.Flag{"unreadable:namespace", "type-mismatch:application/xml"}},
		{"broken XML", "application/xml", "<a><b></a>", payment.TypeXML, []payment.Flag{"unreadable:syntax"}},
		{"broken XML nobody asked for", "", "<a><b></a>", payment.TypeText, nil},
		{"two roots", "text/xml", "<a/><b/>", payment.TypeXML, []payment.Flag{"unreadable:syntax"}},
		{"document type", "", "<!DOCTYPE a><a/>", payment.TypeXML, []payment.Flag{"unreadable:dtd", payment.FlagDTD}},
		{"a payment of another namespace", "", "<Document xmlns='urn:x'><CstmrCdtTrfInitn/></Document>", payment.TypeXML, []payment.Flag{"unreadable:namespace"}},
		{"payments without a frame", "", "<a><CdtTrfTxInf/></a>", payment.TypeXML, []payment.Flag{"unreadable:namespace"}},
		{"less than", "", "<3", payment.TypeText, nil},
		{"deep", "application/xml", strings.Repeat("<a>", 2000) + strings.Repeat("</a>", 2000), payment.TypeXML,
			[]payment.Flag{"unreadable:syntax"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := payment.Read("x", tt.mediaType, []byte(tt.data))
			if d.Kind != payment.KindOther || d.Type != tt.want || !slices.Equal(d.Flags, tt.flags) || d.Payments != nil {
				t.Errorf("Read = %s %s %q, want %s %s %q", d.Kind, d.Type, d.Flags, payment.KindOther, tt.want, tt.flags)
			}
			if (d.Text != "") != (tt.want == payment.TypeText && tt.data != "") {
				t.Errorf("Text = %q for %s", d.Text, d.Type)
			}
		})
	}
}

// TestMediaTypeOfPayment compares what a page can say of a pain.001.001.09.
func TestMediaTypeOfPayment(t *testing.T) {
	data := samples(t)["single-09.xml"]
	for mediaType, agrees := range map[string]bool{
		"": true, "application/octet-stream": true, "application/xml": true, "text/xml; charset=utf-8": true,
		"application/pain.001.001.09+xml": true, "application/pain.001+xml": true,
		"application/pain.001.001.03+xml": false, "text/plain": false, "application/pdf": false,
	} {
		d := payment.Read("x", mediaType, data)
		if d.Kind != payment.KindPayment || (len(d.Flags) == 0) != agrees {
			t.Errorf("Read as %q = %s %q, want a payment and agreement %v", mediaType, d.Kind, d.Flags, agrees)
		}
	}
}

// TestText shows the beginning of a text, with what is hidden made visible.
func TestText(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"lines", "a\r\n\tb\n", "a\n\tb\n"},
		{"return alone", "pay 1\rpay 9", "pay 1⟨U+000D⟩pay 9"},
		{"bidi", "\u202eabc\u202c \u2066\u2069\u200f\u061c", "⟨U+202E⟩abc⟨U+202C⟩ ⟨U+2066⟩⟨U+2069⟩⟨U+200F⟩⟨U+061C⟩"},
		{"invisible", "a\u200b\u00ad\u2060\ufeff\u3164\u2800\ufe0f\U000e0041", "a⟨U+200B⟩⟨U+00AD⟩⟨U+2060⟩⟨U+FEFF⟩⟨U+3164⟩⟨U+2800⟩⟨U+FE0F⟩⟨U+E0041⟩"},
		{"separators", "a\u2028b\u0085c\x7f", "a⟨U+2028⟩b⟨U+0085⟩c⟨U+007F⟩"},
		{"plain letters", "Қазақ ҺӘРІП – ёЁ № «» 1\u00a0000 ₸", "Қазақ ҺӘРІП – ёЁ № «» 1\u00a0000 ₸"},
		{"exactly full", strings.Repeat("ж", 4000), strings.Repeat("ж", 4000)},
		{"one too many", strings.Repeat("ж", 4001), strings.Repeat("ж", 3999) + "…"},
		{"mark does not fit", strings.Repeat("ж", 3995) + "\u202ea", strings.Repeat("ж", 3995) + "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := payment.Read("x", "text/plain", []byte(tt.data))
			if d.Text != tt.want {
				t.Errorf("Text = %q, want %q", d.Text, tt.want)
			}
			if marked, flagged := strings.Contains(tt.want+tt.data, "\u202e") || strings.Contains(tt.want, "⟨"), slices.Contains(d.Flags, payment.FlagControl); marked != flagged {
				t.Errorf("control flag %v, want %v", flagged, marked)
			}
			if cut, flagged := strings.HasSuffix(tt.want, "…"), slices.Contains(d.Flags, payment.FlagTruncated); cut != flagged {
				t.Errorf("truncated flag %v, want %v", flagged, cut)
			}
		})
	}
}

// TestName cleans and cuts the name a page gives.
func TestName(t *testing.T) {
	tests := []struct {
		name, want string
		flags      []payment.Flag
	}{
		{"Order 12.xml", "Order 12.xml", nil},
		{"invoice\u202efdp.exe", "invoice⟨U+202E⟩fdp.exe", []payment.Flag{"control:name"}},
		{"a\nb\xffc", "a⟨U+000A⟩b⟨0xFF⟩c", []payment.Flag{"control:name"}},
		{strings.Repeat("x", 200), strings.Repeat("x", 200), nil},
		{strings.Repeat("x", 201), strings.Repeat("x", 199) + "…", nil},
	}
	for _, tt := range tests {
		if d := payment.Read(tt.name, "", []byte("t")); d.Name != tt.want || !slices.Equal(d.Flags, tt.flags) {
			t.Errorf("Read(%q) = %q %q, want %q %q", tt.name, d.Name, d.Flags, tt.want, tt.flags)
		}
	}
}
