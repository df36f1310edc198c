package agent

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// errChanged means that a file grew while it was read.
var errChanged = errors.New("the file changed while it was read")

// openRegular opens a file that a person chose. A pipe, which would be waited for, is an error.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%q is no file", path)
	}
	f, err := os.Open(path)
	return f, info.Size(), err
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
