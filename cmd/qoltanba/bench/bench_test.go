package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/payment"
)

// TestMain lets the bare loop find itself: it starts os.Executable.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == bareCommand || os.Args[1] == helperCommand) {
		main()
		return
	}
	os.Exit(m.Run())
}

// The parts that need SoftHSM2 alone, small: every line comes, and every
// signature was good, as request checks them.
func TestRunSmall(t *testing.T) {
	need.Program(t, "softhsm2-util")
	t.Setenv("SOFTHSM2_CONF", "") // set by the run, and as it was afterwards
	dir := t.TempDir()
	o := options{
		dir: dir, parts: "sign,child,keys,crowd,otp", keys: "RSA-2048,P-256",
		batch: 10, singles: 2, rounds: 1, pages: 5, each: 2, tries: 5,
	}
	if err := run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	got := readLines(t, filepath.Join(dir, "latest.jsonl"))
	for _, name := range []string{
		"batch of 10, RSA-2048, pain.001", "batch of 10, RSA-2048, plain text",
		"batch of 10, P-256, pain.001", "batch of 10, P-256, plain text",
		"single, RSA-2048, pain.001", "single, RSA-2048, plain text",
		"single, P-256, pain.001", "single, P-256, plain text",
	} {
		l, ok := got[name]
		if !ok || l.Unit != "sign/s" || l.Value <= 0 || l.Peer != "bare loop" || l.PeerValue <= 0 || l.Ratio <= 0 {
			t.Errorf("line %q = %+v", name, l)
		}
	}
	for name, unit := range map[string]string{
		"batch of 10 in a helper process, RSA-2048": "sign/s", "batch of 10 in a helper process, P-256": "sign/s",
		"login, 100 key pairs": "ms", "login and list of keys, 100 key pairs": "ms",
	} {
		if l, ok := got[name]; !ok || l.Unit != unit || l.Value <= 0 || l.PeerValue <= 0 || l.Ratio <= 0 {
			t.Errorf("line %q = %+v", name, l)
		}
	}
	if l, ok := got["10 requests from 5 pages, failed"]; !ok || l.Value != 0 {
		t.Errorf("failed requests = %+v", l)
	}
	if l := got["10 requests from 5 pages"]; l.Value <= 0 || l.Unit != "requests/s" {
		t.Errorf("requests = %+v", l)
	}
	if l := got["MobiPass answer, right PIN"]; l.Value <= 0 || l.PeerValue <= 0 || l.Unit != "ms" {
		t.Errorf("M31 answers = %+v", l)
	}
	if l, ok := got["Welch's t of 5 right and wrong PINs"]; !ok || l.Value < 0 {
		t.Errorf("M31 t = %+v", l)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "path*")); err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func readLines(t *testing.T, path string) map[string]line {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]line{}
	for text := range bytes.Lines(b) {
		var l line
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		all[l.Name] = l
	}
	return all
}

func TestDocuments(t *testing.T) {
	for _, k := range []kind{payments, texts} {
		t.Run(k.name, func(t *testing.T) {
			seen := map[string]bool{}
			for _, d := range k.documents(1000) {
				if seen[string(d.Data)] || len(d.Data) != documentSize {
					t.Fatalf("%s has %d bytes, or comes twice", d.Name, len(d.Data))
				}
				seen[string(d.Data)] = true
				got := payment.Read(d.Name, d.MediaType, d.Data)
				want := 0
				if k.name == payments.name {
					want = transfers
				}
				// The text is longer than what is shown of one.
				if len(got.Payments) != want || want > 0 && got.Flags != nil {
					t.Fatalf("%s is read as %d payments, %q", d.Name, len(got.Payments), got.Flags)
				}
			}
		})
	}
}

func TestGoals(t *testing.T) {
	compared := line{Name: "batch", Value: 80, Peer: "bare loop", PeerValue: 100}
	plain := line{Name: "RSS", Value: 20, Unit: "MB"}
	for _, c := range []struct {
		line   line
		goal   *goal
		missed bool
	}{
		{compared, atLeast(0.8), false},
		{compared, atLeast(0.81), true},
		{plain, atMost(20), false},
		{plain, atMost(19), true},
		{plain, nil, false},
	} {
		t.Run(fmt.Sprint(c.line.Name, c.goal), func(t *testing.T) {
			var out bytes.Buffer
			r, err := newReport(&out, filepath.Join(t.TempDir(), "lines"))
			if err != nil {
				t.Fatal(err)
			}
			defer r.close()
			if err := r.add(c.line, c.goal); err != nil {
				t.Fatal(err)
			}
			r.summary()
			if got := strings.Contains(out.String(), "MISSED"); got != c.missed {
				t.Errorf("missed = %t, want %t:\n%s", got, c.missed, &out)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.in); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}
