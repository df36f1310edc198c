package audit

import (
	"bytes"
	"encoding/hex"
	"io"
)

// endSize is how much of the file Open checks.
const endSize = 64 << 10

// readEnd checks the last lines of f. It returns the head and what stands behind
// the last newline.
func readEnd(f io.ReaderAt, size int64) (head Head, torn []byte, err error) {
	// More is read only where it takes more to find one whole line: behind a very
	// long line, or a long run of zeros that a crash left.
	var end []byte
	for n := int64(endSize); ; n *= 2 {
		n = min(n, size)
		end = make([]byte, n)
		if _, err := f.ReadAt(end, size-n); err != nil && n > 0 {
			return Head{}, nil, err
		}
		if n == size || bytes.Count(end, []byte{'\n'}) >= 2 {
			break
		}
	}
	start := size - int64(len(end))
	if start > 0 { // the first line is not whole, or cannot be known to be
		cut := bytes.IndexByte(end, '\n') + 1
		start += int64(cut)
		end = end[cut:]
		head = before(end)
	}
	first := head
	for len(end) > 0 {
		n := bytes.IndexByte(end, '\n') + 1
		if n == 0 {
			return head, end, nil
		}
		next, reason := head.check(end[:n])
		if reason != "" {
			above, err := countLines(f, start)
			if err != nil {
				return Head{}, nil, err
			}
			return Head{}, nil, &BrokenError{Line: above + head.N - first.N + 1, Reason: reason}
		}
		head, end = next, end[n:]
	}
	return head, nil, nil
}

// before returns the head that the first line of end claims to follow.
func before(end []byte) Head {
	var h Head
	if l, ok := parse(end[:bytes.IndexByte(end, '\n')+1]); ok {
		h.N = l.N - 1
		hex.Decode(h.Hash[:], []byte(l.Prev[:min(len(l.Prev), 2*len(h.Hash))])) // what is no hash fails in check
	}
	return h
}

// countLines counts the lines in the first n bytes of f.
func countLines(f io.ReaderAt, n int64) (int, error) {
	r := io.NewSectionReader(f, 0, n)
	buf := make([]byte, 64<<10)
	for lines := 0; ; {
		k, err := r.Read(buf)
		lines += bytes.Count(buf[:k], []byte{'\n'})
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return 0, err
		}
	}
}
