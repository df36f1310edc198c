package child

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// Stdio takes stdin and stdout away from the rest of the program and returns
// them as one pipe. What asks Windows for stdout later prints to
// stderr; the C runtime has asked by then, and a driver that prints through it
// breaks the frames, which ends this process. It is called once, first thing in
// main.
func Stdio() (io.ReadWriteCloser, error) {
	s := &stdio{os.Stdin, os.Stdout}
	if err := windows.SetStdHandle(windows.STD_INPUT_HANDLE, windows.InvalidHandle); err != nil {
		return nil, fmt.Errorf("replacing stdin: %w", err)
	}
	if err := windows.SetStdHandle(windows.STD_OUTPUT_HANDLE, windows.Handle(os.Stderr.Fd())); err != nil {
		return nil, fmt.Errorf("replacing stdout: %w", err)
	}
	os.Stdin, os.Stdout = nil, os.Stderr
	return s, nil
}
