package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// file is what a Log needs of an *os.File.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// Log is an open history. Its methods may be called from several goroutines.
type Log struct {
	mu     sync.Mutex
	f      file
	end    int64 // of the last whole line
	head   Head
	failed error
}

// Open opens the history at path for writing, or creates it, with mode 0600 and
// locked against a second writer ([ErrLocked]).
//
// It checks the last lines only, 64 KiB of them, and trusts what stands before;
// see [Verify]. A line that a crash left unfinished at the end goes to path.torn,
// in its place comes a record of kind "history.torn" with its length and hash.
// Any other damage is an [ErrBroken]: the caller must not go on without a person.
func Open(path string) (*Log, error) {
	f, created, err := openLocked(path)
	if err != nil {
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	l, err := open(f, created, path)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	return l, nil
}

func open(f *os.File, created bool, path string) (*Log, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if err := f.Chmod(0o600); err != nil {
		return nil, err
	}
	if created {
		if err := syncDir(filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	return load(f, info.Size(), func(torn []byte) error { return appendFile(path+".torn", torn) })
}

// load finds the head of f and puts its end in order. save keeps a torn line.
func load(f file, size int64, save func(torn []byte) error) (*Log, error) {
	head, torn, err := readEnd(f, size)
	if err != nil {
		return nil, err
	}
	l := &Log{f: f, end: size - int64(len(torn)), head: head}
	if len(torn) == 0 {
		return l, nil
	}
	if err := save(torn); err != nil {
		return nil, fmt.Errorf("keeping a torn line: %w", err)
	}
	// The record is written over the torn line, which ends nowhere, and the rest
	// is cut after that: whenever this is broken off, the file ends with a torn
	// line once more, and none is cut off without a record.
	sum := sha256.Sum256(torn)
	_, err = l.Append(Record{Kind: "history.torn", Data: map[string]any{
		"bytes": len(torn), "sha256": hex.EncodeToString(sum[:]),
	}})
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(l.end); err != nil {
		return nil, err
	}
	return l, f.Sync()
}

// Append writes all records with one write and one sync, so that an answer with
// a thousand documents costs one sync, and returns the head behind the last. With
// no records it returns the head. A record that cannot be encoded leaves the file
// as it is; after any other error only [ErrFailed] comes, until the file is opened
// again, and records of this call may or may not be found in it.
func (l *Log) Append(records ...Record) (Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrFailed, l.failed)
	}
	if len(records) == 0 {
		return l.head, nil
	}
	t := time.Now().UTC().Format(timeLayout)
	head := l.head
	lines := make([]byte, 0, 512*len(records))
	for i, r := range records {
		if r.Kind == "" {
			return Head{}, fmt.Errorf("history record %d: no kind", i)
		}
		data, err := encodeObject(r.Data)
		if err == nil {
			lines, head, err = head.next(lines, t, r.Kind, data)
		}
		if err != nil {
			return Head{}, fmt.Errorf("history record %d: %w", i, err)
		}
	}
	_, err := l.f.WriteAt(lines, l.end)
	if err == nil {
		err = l.f.Sync()
	}
	if err != nil {
		l.failed = err
		return Head{}, fmt.Errorf("writing the history: %w", err)
	}
	l.head, l.end = head, l.end+int64(len(lines))
	return head, nil
}

// Close gives up the file and its lock.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = os.ErrClosed
	return l.f.Close()
}

// appendFile puts b and a newline on the end of the file at path, and syncs it.
func appendFile(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b[:len(b):len(b)], '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
