package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// maxLog is the size in bytes at which the log begins anew; the one before is
// kept beside it.
const maxLog = 1 << 20

// openLog opens the log file. The log holds no secrets, no document text and,
// above Debug, no personal data. The caller holds the history's lock: only one
// process may begin the file anew.
func openLog(d dirs, debug bool) (*slog.Logger, io.Closer, error) {
	f := &logFile{path: filepath.Join(d.state, "agent.log")}
	if err := f.open(); err != nil {
		return nil, nil, fmt.Errorf("log: %w", err)
	}
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: level})), f, nil
}

// logFile is a file that never grows past maxLog: then it becomes path.1, in
// the place of the one before, and begins anew.
type logFile struct {
	path string

	mu   sync.Mutex
	f    *os.File
	size int64
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.f, l.size = f, info.Size()
	return nil
}

// Write appends a line.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size+int64(len(line)) > maxLog {
		if err := l.begin(); err != nil {
			return 0, err // a line is lost, and the disk is not filled
		}
	}
	n, err := l.f.Write(line)
	l.size += int64(n)
	return n, err
}

// begin begins the file anew. On Windows an open file cannot be renamed.
func (l *logFile) begin() error {
	l.f.Close()
	if err := os.Rename(l.path, l.path+".1"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return errors.Join(err, l.open())
	}
	return l.open()
}

// Close closes the file.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.f.Close()
}
