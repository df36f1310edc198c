// Package audit keeps a hash-chained history file.
//
// The file is JSON lines in one canonical form, without spaces, members in this
// order:
//
//	{"n":1,"t":"2026-11-21T23:36:25.123Z","kind":"sign","data":{…},"prev":"…","h":"…"}
//
// n counts from 1 and is the number of the line; t is UTC with milliseconds, as
// the clock stood; prev is the h of the line before (64 zeros in line 1); h is
// SHA-256("audit-v1\n" || the line without its h member), in hex. The newline is
// part of a line: one without it was never finished.
//
// What the chain shows: nobody changed, removed or reordered lines before a head
// that is also known elsewhere (the bank's receipt, or a seal by a token key: a
// seal is a record like any other, whose data holds head and signature). What it
// does not show by itself: that the end was cut off, or that all of it was written
// anew; and it does not hold off a program of the same user.
//
// A record is on the disk before the answer that it tells of leaves the agent.
// So after a crash or a full disk the history may tell of an answer that nobody
// got, never the other way round.
//
// [Open] reads only the end of the file, so that a history of years does not
// delay the start of the agent; [Verify] reads all of it.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	domain     = "audit-v1\n"
	timeLayout = "2006-01-02T15:04:05.000Z"

	// MaxLine is the greatest length of a line in bytes, its newline included.
	MaxLine = 1 << 20
)

var (
	// ErrBroken: the file is not the chain that was written. See [BrokenError].
	ErrBroken = errors.New("history chain is broken")
	// ErrLocked: another process, or another Log, writes this file.
	ErrLocked = errors.New("history is in use")
	// ErrFailed: an earlier write or sync failed, so nobody knows what is on the
	// disk; nothing more is written until the file is opened again.
	ErrFailed = errors.New("history failed and must be opened again")
)

// BrokenError says where the chain breaks; it is an [ErrBroken].
type BrokenError struct {
	Line   int // from 1; the first line that does not fit
	Reason string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("%v: line %d: %s", ErrBroken, e.Line, e.Reason)
}

// Unwrap returns ErrBroken.
func (e *BrokenError) Unwrap() error { return ErrBroken }

// Record is what a line tells. Kind is not empty; Data becomes a JSON object, nil
// an empty one. Never put a secret or a document's text here: a document's hash,
// an origin, a key's id, a result.
type Record struct {
	Kind string
	Data any
}

// Head names the last line: its number and its hash. The zero Head is that of an
// empty history.
type Head struct {
	N    int
	Hash [sha256.Size]byte
}

// line is a parsed line.
type line struct {
	N    int             `json:"n"`
	T    string          `json:"t"`
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
	Prev string          `json:"prev"`
	H    string          `json:"h"`
}

// next appends the line that follows h to dst and returns the head it makes.
func (h Head) next(dst []byte, t string, kind string, data []byte) ([]byte, Head, error) {
	start := len(dst)
	dst = strconv.AppendInt(append(dst, `{"n":`...), int64(h.N+1), 10)
	dst = append(append(dst, `,"t":"`...), t...)
	quoted, err := encode(kind)
	if err != nil {
		return nil, h, err
	}
	dst = append(append(dst, `","kind":`...), quoted...)
	dst = append(append(dst, `,"data":`...), data...)
	dst = hex.AppendEncode(append(dst, `,"prev":"`...), h.Hash[:])
	dst = append(dst, `"}`...)

	sum := sha256.New()
	sum.Write([]byte(domain))
	sum.Write(dst[start:])
	head := Head{N: h.N + 1}
	sum.Sum(head.Hash[:0])

	dst = append(dst[:len(dst)-1], `,"h":"`...)
	dst = append(hex.AppendEncode(dst, head.Hash[:]), "\"}\n"...)
	if len(dst)-start > MaxLine {
		return nil, h, fmt.Errorf("record of %d bytes, at most %d", len(dst)-start, MaxLine)
	}
	return dst, head, nil
}

// check says why b, a line with its newline, does not follow h; else it returns
// the head that b makes.
func (h Head) check(b []byte) (Head, string) {
	l, ok := parse(b)
	if !ok {
		return h, "not a record"
	}
	if l.N != h.N+1 {
		return h, fmt.Sprintf("number %d, want %d", l.N, h.N+1)
	}
	if l.Prev != hex.EncodeToString(h.Hash[:]) {
		return h, "does not continue the line before"
	}
	if t, err := time.Parse(timeLayout, l.T); err != nil || t.Format(timeLayout) != l.T {
		return h, "time is not in its form"
	}
	data, err := encodeObject(l.Data)
	if err != nil {
		return h, "data is not an object"
	}
	want, head, err := h.next(nil, l.T, l.Kind, data)
	if err != nil || !bytes.Equal(want, b) {
		return h, "hash or form is wrong"
	}
	return head, ""
}

func parse(b []byte) (l line, ok bool) {
	if len(b) == 0 || b[len(b)-1] != '\n' || json.Unmarshal(b, &l) != nil {
		return line{}, false
	}
	return l, l.Kind != ""
}

// encodeObject returns v as compact JSON and sees that it is an object.
func encodeObject(v any) ([]byte, error) {
	if v == nil {
		return []byte("{}"), nil
	}
	b, err := encode(v)
	if err != nil {
		return nil, err
	}
	if b[0] != '{' {
		return nil, errors.New("not a JSON object")
	}
	return b, nil
}

// encode is json.Marshal without the escapes for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes()[:b.Len()-1], nil // without Encode's newline
}
