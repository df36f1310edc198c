package audit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/agent/audit"
)

// BenchmarkAppend writes records and, in the same run, the same bytes with a bare
// write and fsync; x-of-bare is what Append takes of that time.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"1", 1}, {"1000", 1000}} {
		b.Run(size.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "history")
			l, err := audit.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			records := make([]audit.Record, size.n)
			for i := range records {
				records[i] = audit.Record{Kind: "sign", Data: map[string]any{
					"origin": "https://ib.refbank.test", "key": "a1b2c3d4e5f60718",
					"document": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "result": "signed",
				}}
			}
			for b.Loop() {
				if _, err := l.Append(records...); err != nil {
					b.Fatal(err)
				}
			}
			took := b.Elapsed().Seconds() / float64(b.N)
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			rounds := min(b.N, 200)
			b.ReportMetric(took/bareAppend(b, make([]byte, info.Size()/int64(b.N)), rounds), "x-of-bare")
			b.ReportMetric(float64(size.n)/took, "records/s")
		})
	}
}

// bareAppend returns the seconds that a write and a sync of data take.
func bareAppend(b *testing.B, data []byte, n int) float64 {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	start := time.Now()
	for range n {
		if _, err := f.Write(data); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start).Seconds() / float64(n)
}

// BenchmarkOpen and BenchmarkVerify show what reading the end only saves.
func BenchmarkOpen(b *testing.B) {
	path := long(b)
	for b.Loop() {
		l, err := audit.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		l.Close()
	}
}

func BenchmarkVerify(b *testing.B) {
	file, err := os.ReadFile(long(b))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := audit.Verify(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}

// long returns a history of some 12 MB.
func long(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "history")
	l, err := audit.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	records := make([]audit.Record, 50_000)
	for i := range records {
		records[i] = audit.Record{Kind: "sign"}
	}
	if _, err := l.Append(records...); err != nil {
		b.Fatal(err)
	}
	return path
}
