package child

import (
	"errors"
	"io"
	"os"
)

// stdio is the pipe that a helper was started with.
type stdio struct{ in, out *os.File }

var _ io.ReadWriteCloser = (*stdio)(nil)

func (s *stdio) Read(b []byte) (int, error)  { return s.in.Read(b) }
func (s *stdio) Write(b []byte) (int, error) { return s.out.Write(b) }
func (s *stdio) Close() error                { return errors.Join(s.in.Close(), s.out.Close()) }
