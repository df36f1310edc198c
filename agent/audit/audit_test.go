package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"qoltanba/agent/audit"
)

// written returns the path of a closed history with n records.
func written(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "history")
	l := open(t, path)
	for i := range n {
		record(t, l, i)
	}
	l.Close()
	return path
}

func open(t *testing.T, path string) *audit.Log {
	t.Helper()
	l, err := audit.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func record(t *testing.T, l *audit.Log, i int) audit.Head {
	t.Helper()
	head, err := l.Append(audit.Record{Kind: "sign", Data: map[string]any{"document": i, "payee": "ЖШС «Қолтаңба» <&>"}})
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func broken(err error) int {
	if b, ok := errors.AsType[*audit.BrokenError](err); ok && errors.Is(err, audit.ErrBroken) {
		return b.Line
	}
	return 0
}

// The form on disk, worked out once more without the package.
func TestForm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	l := open(t, path)
	if head, err := l.Append(); err != nil || head != (audit.Head{}) {
		t.Errorf("Append of nothing to nothing = %v %v, want the zero Head", head, err)
	}
	head, err := l.Append(
		audit.Record{Kind: "login", Data: struct{ Origin, Result string }{"https://bank.kz", "<ok>"}},
		audit.Record{Kind: "empty"})
	if err != nil || head.N != 2 {
		t.Fatalf("Append of two = %d %v", head.N, err)
	}
	prev := strings.Repeat("0", 64)
	lines := strings.SplitAfter(string(read(t, path)), "\n")
	for i, data := range []string{`{"Origin":"https://bank.kz","Result":"<ok>"}`, `{}`} {
		var got struct{ T, Kind string }
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		body := fmt.Sprintf(`{"n":%d,"t":%q,"kind":%q,"data":%s,"prev":%q`, i+1, got.T, got.Kind, data, prev)
		sum := sha256.Sum256([]byte("audit-v1\n" + body + "}"))
		prev = hex.EncodeToString(sum[:])
		if want := body + `,"h":"` + prev + "\"}\n"; lines[i] != want {
			t.Errorf("line %d is\n%swant\n%s", i+1, lines[i], want)
		}
	}
	if prev != hex.EncodeToString(head.Hash[:]) {
		t.Error("Append's head is not the hash of the last line")
	}
	if got, err := audit.Verify(bytes.NewReader(read(t, path))); err != nil || got != head {
		t.Errorf("Verify = %v %v, want %v", got, err, head)
	}
}

func TestBadRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	l := open(t, path)
	for _, r := range []audit.Record{
		{Kind: "", Data: map[string]int{}},
		{Kind: "array", Data: []int{1}},
		{Kind: "text", Data: "x"},
		{Kind: "null", Data: map[string]int(nil)},
		{Kind: "channel", Data: make(chan int)},
		{Kind: "large", Data: map[string]string{"x": strings.Repeat("x", audit.MaxLine)}},
	} {
		if _, err := l.Append(audit.Record{Kind: "good"}, r); err == nil {
			t.Errorf("Append of a bad record (%s) = nil", r.Kind)
		}
	}
	if b := read(t, path); len(b) != 0 {
		t.Errorf("bad records left %q", b)
	}
	record(t, l, 0) // and the log lives
}

func TestEveryBit(t *testing.T) {
	b := read(t, written(t, 4))
	head, err := audit.Verify(bytes.NewReader(b))
	if err != nil || head.N != 4 {
		t.Fatalf("Verify = %v %v", head, err)
	}
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			want := bytes.Count(b[:i], []byte("\n")) + 1
			if _, err := audit.Verify(bytes.NewReader(b)); broken(err) != want {
				t.Errorf("bit %d of byte %d changed: Verify = %v, want ErrBroken in line %d", bit, i, err, want)
			}
			b[i] ^= 1 << bit
		}
	}
}

// Changes that keep each line whole.
func TestLines(t *testing.T) {
	b := read(t, written(t, 6))
	lines := bytes.SplitAfter(b, []byte("\n"))[:6]
	join := func(l ...[]byte) []byte { return bytes.Join(l, nil) }
	for i := range lines[:5] {
		cut := join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...)...)
		if _, err := audit.Verify(bytes.NewReader(cut)); broken(err) != i+1 {
			t.Errorf("line %d removed: Verify = %v", i+1, err)
		}
		doubled := join(join(lines[:i+1]...), join(lines[i:]...))
		if _, err := audit.Verify(bytes.NewReader(doubled)); broken(err) != i+2 {
			t.Errorf("line %d twice: Verify = %v", i+1, err)
		}
		swapped := join(join(lines[:i]...), lines[i+1], lines[i], join(lines[i+2:]...))
		if _, err := audit.Verify(bytes.NewReader(swapped)); broken(err) != i+1 {
			t.Errorf("lines %d and %d swapped: Verify = %v", i+1, i+2, err)
		}
	}
	whole, _ := audit.Verify(bytes.NewReader(b))
	short, err := audit.Verify(bytes.NewReader(join(lines[:5]...)))
	if err != nil || short == whole {
		t.Errorf("last line removed: Verify = %v %v; the head must tell", short, err)
	}
	// A rewritten line that is right in itself, but for its form.
	for _, change := range []func(string) string{
		func(s string) string { return strings.Replace(s, `,"t":`, `, "t":`, 1) },
		func(s string) string { return strings.Replace(s, `"data":{`, `"data":{ `, 1) },
		func(s string) string { return strings.Replace(s, `"n":1`, `"n":01`, 1) },
		func(s string) string { return strings.Replace(s, `"kind":"sign"`, `"kind":"\u0073ign"`, 1) },
		func(s string) string { return strings.Replace(s, `Z","kind"`, `+00:00","kind"`, 1) },
		func(s string) string { return strings.Replace(s, `"kind":"sign"`, `"kind":""`, 1) },
		func(s string) string { // Go's parser takes a comma for the point
			return s[:strings.Index(s, `Z","kind"`)-4] + "," + s[strings.Index(s, `Z","kind"`)-3:]
		},
	} {
		forged := rehash(change(string(lines[0])))
		if _, err := audit.Verify(strings.NewReader(forged)); broken(err) != 1 {
			t.Errorf("Verify of %s = %v, want ErrBroken", forged, err)
		}
	}
	// The reasons are for whoever looks into it.
	_, err = audit.Verify(bytes.NewReader(join(lines[1:]...)))
	if b, _ := errors.AsType[*audit.BrokenError](err); b == nil || b.Reason != "number 2, want 1" {
		t.Errorf("line removed: %v, want its number", err)
	}
	other := rehash(strings.Replace(string(lines[1]), `"prev":"`, `"prev":"0`, 1))
	_, err = audit.Verify(strings.NewReader(string(lines[0]) + other))
	if b, _ := errors.AsType[*audit.BrokenError](err); b == nil || b.Reason != "does not continue the line before" {
		t.Errorf("prev changed: %v, want that said", err)
	}
	if same := rehash(string(lines[0])); same != string(lines[0]) {
		t.Errorf("rehash is wrong: %s", same)
	}
}

// rehash gives a line the h that fits it.
func rehash(line string) string {
	body := line[:strings.Index(line, `,"h":"`)]
	sum := sha256.Sum256([]byte("audit-v1\n" + body + "}"))
	return body + `,"h":"` + hex.EncodeToString(sum[:]) + "\"}\n"
}

// The longest line that Append writes is one that Verify and Open read.
func TestLongestLine(t *testing.T) {
	path := written(t, 1)
	l := open(t, path)
	long := func(n int) error {
		_, err := l.Append(audit.Record{Kind: "long", Data: map[string]string{"x": strings.Repeat("x", n)}})
		return err
	}
	short := len(read(t, path))
	if err := long(0); err != nil {
		t.Fatal(err)
	}
	fit := audit.MaxLine - (len(read(t, path)) - short)
	if err := long(fit + 1); err == nil {
		t.Error("Append of a line that is one byte too long = nil")
	}
	if err := long(fit); err != nil {
		t.Errorf("Append of the longest line = %v", err)
	}
	l.Close()
	b := read(t, path)
	if _, err := audit.Verify(bytes.NewReader(b)); err != nil {
		t.Errorf("Verify = %v", err)
	}
	head := record(t, open(t, path), 0)
	if _, err := audit.Verify(io.MultiReader(bytes.NewReader(b), strings.NewReader(strings.Repeat("x", audit.MaxLine)+"\n"))); broken(err) != head.N {
		t.Errorf("Verify of a line that is longer = %v, want ErrBroken in line %d", err, head.N)
	}
}

func TestAgain(t *testing.T) {
	path := written(t, 3)
	l := open(t, path)
	head := record(t, l, 3)
	if got, err := audit.Verify(bytes.NewReader(read(t, path))); err != nil || got != head || got.N != 4 {
		t.Errorf("Verify after Open and Append = %v %v, want %v", got, err, head)
	}
	if again, err := l.Append(); err != nil || again != head {
		t.Errorf("Append of nothing = %v %v, want the head", again, err)
	}
	l.Close()
	if _, err := l.Append(audit.Record{Kind: "x"}); !errors.Is(err, audit.ErrFailed) || !errors.Is(err, os.ErrClosed) {
		t.Errorf("Append after Close = %v, want ErrFailed and os.ErrClosed", err)
	}
}

func TestLocked(t *testing.T) {
	path := written(t, 1)
	l := open(t, path)
	if _, err := audit.Open(path); !errors.Is(err, audit.ErrLocked) {
		t.Errorf("second Open = %v, want ErrLocked", err)
	}
	if _, err := audit.Verify(bytes.NewReader(read(t, path))); err != nil {
		t.Errorf("Verify beside a writer = %v", err)
	}
	l.Close()
	open(t, path)
}

func TestNoFile(t *testing.T) {
	if _, err := audit.Open(t.TempDir()); err == nil {
		t.Error("Open of a folder = nil")
	}
	if _, err := audit.Open(filepath.Join(t.TempDir(), "none", "history")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open in a folder that is not there = %v, want os.ErrNotExist", err)
	}
	if runtime.GOOS == "linux" {
		if _, err := audit.Open("/dev/full"); err == nil {
			t.Error("Open of a device = nil")
		}
	}
}

func TestConcurrent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	l := open(t, path)
	var wg sync.WaitGroup
	var heads sync.Map
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				head, err := l.Append(audit.Record{Kind: "a", Data: map[string]int{"i": i, "j": j}}, audit.Record{Kind: "b"})
				if _, twice := heads.LoadOrStore(head, true); err != nil || twice || head.N%2 != 0 {
					t.Errorf("Append = %v %v, want a head of its own, behind its own two records", head, err)
				}
			}
		})
	}
	wg.Wait()
	if head, err := audit.Verify(bytes.NewReader(read(t, path))); err != nil || head.N != 160 {
		t.Errorf("Verify = %d %v, want 160 lines", head.N, err)
	}
}
