//go:build unix

package main

import "golang.org/x/sys/unix"

// echoOff keeps a terminal from showing what is typed, as term.ReadPassword does, which
// reads at once.
func echoOff(fd int) error {
	termios, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return err
	}
	termios.Lflag &^= unix.ECHO
	termios.Lflag |= unix.ICANON | unix.ISIG
	termios.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(fd, setTermios, termios)
}
