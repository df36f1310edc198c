package payment_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/payment"
)

// BenchmarkRead reads documents of 4 KiB. Each run also measures the bare SHA-256
// of the same bytes, which Read contains, and reports how many times longer Read
// takes (×sha256).
func BenchmarkRead(b *testing.B) {
	b.Run("pain.001", func(b *testing.B) { benchmarkRead(b, fourKiB(b), payment.KindPayment) })
	b.Run("text", func(b *testing.B) {
		benchmarkRead(b, []byte(strings.Repeat("Төлем тапсырмасы. ", 200))[:4096], payment.KindOther)
	})
}

func benchmarkRead(b *testing.B, data []byte, want payment.Kind) {
	if d := payment.Read("x", "", data); d.Kind != want || d.Flags != nil {
		b.Fatalf("Read = %s %q, want %s", d.Kind, d.Flags, want)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		payment.Read("order.xml", "", data)
		n++
	}
	perRead := float64(b.Elapsed()) / float64(n)
	start := time.Now()
	for range n {
		sha256.Sum256(data)
	}
	b.ReportMetric(perRead/(float64(time.Since(start))/float64(n)), "×sha256")
}

// BenchmarkEncodingXML is what tokenizing the same bytes alone would take with the
// standard library.
func BenchmarkEncodingXML(b *testing.B) {
	data := fourKiB(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		dec := xml.NewDecoder(bytes.NewReader(data))
		for {
			if _, err := dec.RawToken(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// fourKiB returns a pain.001 of 4,096 bytes with three payments, and white space
// at the end.
func fourKiB(b *testing.B) []byte {
	b.Helper()
	text := string(samples(b)["single-09.xml"])
	i, j := strings.Index(text, "      <CdtTrfTxInf>"), strings.Index(text, "    </PmtInf>")
	transfer := text[i:j]
	text = text[:i] + transfer + strings.Replace(transfer, "№ 15", "№ 16", 1) + strings.Replace(transfer, "№ 15", "№ 17", 1) + text[j:]
	text = strings.ReplaceAll(text, "<NbOfTxs>1</NbOfTxs>", "<NbOfTxs>3</NbOfTxs>")
	text = strings.Replace(text, "<CtrlSum>1250000.50", "<CtrlSum>3750001.50", 1)
	if len(text) > 4096 {
		b.Fatalf("%d bytes, want 4,096", len(text))
	}
	return []byte(text + strings.Repeat(" ", 4096-len(text)))
}
