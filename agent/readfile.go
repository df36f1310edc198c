package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

var (
	errNoFile  = errors.New("not a file")
	errChanged = errors.New("the file changed while it was read")
)

// openRegular opens a file that a person chose, and returns its size. What is a pipe when it
// is looked at, and would be waited for, is errNoFile.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%q: %w", path, errNoFile)
	}
	f, err := os.Open(path)
	return f, info.Size(), err
}

// aside returns what f returns, which may be waiting for a drive that hangs, or ErrCanceled
// when ctx ends. What f returns after that is given to discard.
func aside[T any](ctx context.Context, f func() (T, error), discard func(T)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer)
	go func() { // ends with f, and is left to it when ctx ends
		value, err := f()
		select {
		case answers <- answer{value, err}:
		case <-ctx.Done():
			discard(value)
		}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, canceled(ctx)
	}
}

// readRegular reads a file that a person chose, and which may hold a secret: what it returns
// is the only copy. Of a file of more than limit bytes it returns the first limit+1.
func readRegular(path string, limit int64) ([]byte, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, min(size, limit)+1) // one more shows that there is more
	n, err := io.ReadFull(f, data)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return data[:n], nil
	case err == nil && size <= limit:
		err = errChanged
	}
	if err != nil {
		clear(data)
		return nil, err
	}
	return data, nil
}
