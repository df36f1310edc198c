package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Verify reads a whole history and returns its head, to be compared with a
// receipt or a seal: the file alone cannot show that its end is missing. It
// returns a [BrokenError], and the head up to there, at the first line that does
// not fit; a last line without its newline does not.
func Verify(r io.Reader) (Head, error) {
	var head Head
	b := bufio.NewReaderSize(r, MaxLine)
	for {
		l, err := b.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(l) == 0:
			return head, nil
		case errors.Is(err, io.EOF):
			return head, &BrokenError{Line: head.N + 1, Reason: "line is not ended"}
		case errors.Is(err, bufio.ErrBufferFull):
			return head, &BrokenError{Line: head.N + 1, Reason: "line is too long"}
		case err != nil:
			return head, fmt.Errorf("reading the history: %w", err)
		}
		next, reason := head.check(l)
		if reason != "" {
			return head, &BrokenError{Line: head.N + 1, Reason: reason}
		}
		head = next
	}
}
