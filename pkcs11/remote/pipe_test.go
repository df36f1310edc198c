//go:build cgo

package remote_test

import (
	"encoding/binary"
	"io"
	"testing"
)

// pipe is one end of two pipes.
type pipe struct {
	*io.PipeReader
	*io.PipeWriter
}

func (p pipe) Close() error {
	p.PipeReader.Close()
	return p.PipeWriter.Close()
}

func pipes() (here, there pipe) {
	r1, w1 := io.Pipe()
	r2, w2 := io.Pipe()
	return pipe{r1, w2}, pipe{r2, w1}
}

// frames returns what is in the text frames of a stream, and counts the secret
// ones.
func frames(t *testing.T, b []byte) (text []byte, secrets int) {
	t.Helper()
	for len(b) > 0 {
		if len(b) < 5 || len(b)-5 < int(binary.BigEndian.Uint32(b[1:])) {
			t.Fatalf("a frame is cut off: %x", b)
		}
		n := int(binary.BigEndian.Uint32(b[1:]))
		switch b[0] {
		case 'S':
			secrets++
		case 'J':
			text = append(text, b[5:5+n]...)
		}
		b = b[5+n:]
	}
	return text, secrets
}
