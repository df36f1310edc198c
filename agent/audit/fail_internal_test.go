package audit

import (
	"bytes"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
)

// disk is a file in memory that fails, or loses power, on command.
type disk struct {
	data  []byte
	left  int // how many bytes can be written before full; -1 for ever
	full  error
	sync  error
	syncs int
}

func (d *disk) ReadAt(b []byte, off int64) (int, error) {
	return bytes.NewReader(d.data).ReadAt(b, off)
}

func (d *disk) WriteAt(b []byte, off int64) (int, error) {
	n := len(b)
	if d.left >= 0 {
		n = min(n, d.left)
		d.left -= n
	}
	if grow := int(off) + n - len(d.data); grow > 0 {
		d.data = append(d.data, make([]byte, grow)...)
	}
	copy(d.data[off:], b[:n])
	if n < len(b) {
		return n, d.full
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error {
	if d.left == 0 {
		return d.full
	}
	d.data = d.data[:size]
	return nil
}

func (d *disk) Sync() error  { d.syncs++; return d.sync }
func (d *disk) Close() error { return nil }

func (d *disk) load(t *testing.T) *Log {
	t.Helper()
	l, err := load(d, int64(len(d.data)), func([]byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestDiskFull(t *testing.T) {
	for room := range 600 { // two records are longer
		d := &disk{left: -1, full: syscall.ENOSPC}
		l := d.load(t)
		first, err := l.Append(Record{Kind: "first"})
		if err != nil {
			t.Fatal(err)
		}
		d.left = room
		two := []Record{{Kind: "second", Data: map[string]string{"x": string(make([]byte, 40))}}, {Kind: "third"}}
		if _, err := l.Append(two...); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("Append with %d bytes left = %v, want ENOSPC", room, err)
		}
		d.left = -1 // room again, but nothing is trusted
		if _, err := l.Append(Record{Kind: "x"}); !errors.Is(err, ErrFailed) || !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("Append afterwards = %v, want ErrFailed and its cause", err)
		}
		if _, err := l.Append(); !errors.Is(err, ErrFailed) {
			t.Fatalf("Append of nothing afterwards = %v, want ErrFailed", err)
		}
		l = d.load(t)
		head, err := l.Append(Record{Kind: "after"})
		if err != nil || head.N <= first.N {
			t.Fatalf("Append after opening again = %v %v", head, err)
		}
		if got, err := Verify(bytes.NewReader(d.data)); err != nil || got != head {
			t.Fatalf("Verify = %v %v, want %v", got, err, head)
		}
	}
}

func TestSyncFails(t *testing.T) {
	d := &disk{left: -1}
	l := d.load(t)
	if _, err := l.Append(Record{Kind: "a"}, Record{Kind: "b"}); err != nil || d.syncs != 1 {
		t.Fatalf("Append of two = %v with %d syncs, want one", err, d.syncs)
	}
	d.sync = syscall.EIO
	if _, err := l.Append(Record{Kind: "c"}); !errors.Is(err, syscall.EIO) {
		t.Errorf("Append = %v, want EIO", err)
	}
	d.sync = nil // the second fsync of a kernel says nothing about the first
	if _, err := l.Append(Record{Kind: "d"}); !errors.Is(err, ErrFailed) {
		t.Errorf("Append afterwards = %v, want ErrFailed", err)
	}
}

// Power is cut at every byte that the repair of a torn line writes, and before its
// end is cut off; the torn line must never be gone without a record.
func TestRepairBrokenOff(t *testing.T) {
	for _, tornSize := range []int{1, 100, 5000} {
		for room := range 260 { // the record of a torn line is longer
			d := &disk{left: -1, full: errors.New("power cut")}
			if _, err := d.load(t).Append(Record{Kind: "first"}); err != nil {
				t.Fatal(err)
			}
			d.data = append(d.data, bytes.Repeat([]byte("t"), tornSize)...)
			before := len(d.data)
			d.left = room
			var saved [][]byte
			save := func(b []byte) error { saved = append(saved, bytes.Clone(b)); return nil }
			if _, err := load(d, int64(len(d.data)), save); err == nil {
				t.Fatalf("load with %d bytes of room = nil", room)
			}
			if len(d.data) < before {
				t.Fatalf("torn line of %d bytes cut off before its record was written", tornSize)
			}
			d.left = -1
			l, err := load(d, int64(len(d.data)), save)
			if err != nil {
				t.Fatal(err)
			}
			head, err := l.Append(Record{Kind: "after"})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Verify(bytes.NewReader(d.data)); err != nil || got != head || !bytes.Contains(d.data, []byte("history.torn")) {
				t.Fatalf("Verify = %v %v, want %v", got, err, head)
			}
			if len(saved) == 0 || len(saved[0]) != tornSize {
				t.Fatal("the torn line was not kept")
			}
		}
	}
}

func TestTornCannotBeKept(t *testing.T) {
	d := &disk{left: -1, data: []byte("torn")}
	_, err := load(d, 4, func([]byte) error { return os.ErrPermission })
	if !errors.Is(err, os.ErrPermission) || string(d.data) != "torn" {
		t.Errorf("load = %v with %q left, want the error and the file as it was", err, d.data)
	}
}

type badReader struct{}

func (badReader) ReadAt([]byte, int64) (int, error) { return 0, io.ErrNoProgress }
func (badReader) Read([]byte) (int, error)          { return 0, io.ErrNoProgress }

func TestReadFails(t *testing.T) {
	if _, err := Verify(badReader{}); !errors.Is(err, io.ErrNoProgress) || errors.Is(err, ErrBroken) {
		t.Errorf("Verify = %v, want the reader's error", err)
	}
	if _, _, err := readEnd(badReader{}, 10); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("readEnd = %v, want the reader's error", err)
	}
}
