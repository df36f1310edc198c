package audit

import (
	"bufio"
	"bytes"
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
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, MaxLine)
	lines.Split(wholeLines)
	for lines.Scan() {
		next, reason := head.check(lines.Bytes())
		if reason != "" {
			return head, &BrokenError{Line: head.N + 1, Reason: reason}
		}
		head = next
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return head, &BrokenError{Line: head.N + 1, Reason: "line is too long"}
	case err != nil:
		return head, fmt.Errorf("reading the history: %w", err)
	}
	return head, nil
}

// wholeLines is a bufio.SplitFunc for lines with their newline, and what stands
// behind the last.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	n := bytes.IndexByte(data, '\n') + 1
	if n == 0 && atEOF {
		n = len(data)
	}
	if n == 0 {
		return 0, nil, nil
	}
	return n, data[:n], nil
}
