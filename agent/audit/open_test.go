package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"qoltanba/agent/audit"
)

// A crash may leave any part of the last write.
func TestTorn(t *testing.T) {
	whole := read(t, written(t, 3))
	for size := range len(whole) {
		path := t.TempDir() + "/history"
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		keep := bytes.LastIndexByte(whole[:size], '\n') + 1
		torn := whole[keep:size]
		lines := bytes.Count(whole[:size], []byte("\n"))
		l := open(t, path)
		if len(torn) == 0 {
			if _, err := os.Stat(path + ".torn"); err == nil {
				t.Errorf("%d bytes: a side file for nothing", size)
			}
		} else {
			if side := read(t, path+".torn"); string(side) != string(torn)+"\n" {
				t.Errorf("%d bytes: side file %q, want %q", size, side, torn)
			}
			sum := sha256.Sum256(torn)
			got := string(read(t, path)[keep:])
			if !strings.Contains(got, `"kind":"history.torn"`) || !strings.Contains(got, hex.EncodeToString(sum[:])) {
				t.Errorf("%d bytes: no record of the torn line in %q", size, got)
			}
			lines++
		}
		head := record(t, l, 9)
		if got, err := audit.Verify(bytes.NewReader(read(t, path))); err != nil || got != head || got.N != lines+1 {
			t.Fatalf("%d bytes: Verify = %v %v, want %d lines", size, got, err, lines+1)
		}
		l.Close()
	}
}

// A file system may leave zeros where data did not reach the disk.
func TestTornZeros(t *testing.T) {
	path := written(t, 2)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Write(make([]byte, 600<<10)) // more than Open looks at first
	f.Close()
	l := open(t, path)
	head := record(t, l, 9)
	if got, err := audit.Verify(bytes.NewReader(read(t, path))); err != nil || got != head || got.N != 4 {
		t.Errorf("Verify = %v %v, want 4 lines", got, err)
	}
}

func TestOpenBroken(t *testing.T) {
	path := written(t, 5)
	whole := read(t, path)
	for i := range whole[:len(whole)-1] { // without its last newline it is torn
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		want := bytes.Count(changed[:i], []byte("\n")) + 1
		if l, err := audit.Open(path); broken(err) != want {
			t.Errorf("byte %d changed: Open = %v %v, want ErrBroken in line %d", i, l, err, want)
		}
		if b := read(t, path); !bytes.Equal(b, changed) {
			t.Fatal("Open changed a broken file")
		}
	}
}

// Of a long file Open reads the end only, and still names the right line.
func TestOpenLong(t *testing.T) {
	path := written(t, 0)
	l := open(t, path)
	const n = 3000 // some 900 KiB
	records := make([]audit.Record, n)
	for i := range records {
		records[i] = audit.Record{Kind: "sign", Data: map[string]int{"i": i}}
	}
	if _, err := l.Append(records...); err != nil {
		t.Fatal(err)
	}
	l.Close()
	whole := read(t, path)
	window := len(whole) - 64<<10
	window += bytes.IndexByte(whole[window:], '\n') + 1
	for _, tt := range []struct {
		name string
		at   int // byte that is changed
		want int // line that Open names, 0 for none
	}{
		{"far from the end", 10, 0},
		{"near the end", len(whole) - 30<<10, bytes.Count(whole[:len(whole)-30<<10], []byte("\n")) + 1},
		{"first line that is read", window + 2, bytes.Count(whole[:window], []byte("\n")) + 1},
		{"last line", len(whole) - 10, n},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := bytes.Clone(whole)
			changed[tt.at] ^= 1
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			l, err := audit.Open(path)
			if broken(err) != tt.want || (err == nil) != (tt.want == 0) {
				t.Fatalf("Open = %v, want ErrBroken in line %d", err, tt.want)
			}
			if err == nil {
				if head := record(t, l, 0); head.N != n+1 {
					t.Errorf("next record is number %d, want %d", head.N, n+1)
				}
				l.Close()
			}
			if _, err := audit.Verify(bytes.NewReader(changed)); broken(err) == 0 {
				t.Errorf("Verify = %v, want ErrBroken", err)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"n":1,"t":"2026-11-21T23:36:25.123Z","kind":"a","data":{},"prev":"00","h":"00"}` + "\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		head, err := audit.Verify(bytes.NewReader(in))
		if err != nil && broken(err) != head.N+1 {
			t.Errorf("Verify = %v %v, want ErrBroken in the line after the head", head, err)
		}
		path := t.TempDir() + "/history"
		if err := os.WriteFile(path, in, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := audit.Open(path)
		if err != nil {
			if broken(err) == 0 {
				t.Errorf("Open = %v, want ErrBroken", err)
			}
			return
		}
		defer l.Close()
		record := audit.Record{Kind: "next"}
		if _, err := l.Append(record); err != nil {
			t.Error(err)
		}
	})
}
