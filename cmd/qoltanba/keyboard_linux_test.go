package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"qoltanba/ui/text"
)

// A keyboard is a person at a pseudo-terminal, whose other end is a command's terminal.
type keyboard struct {
	t        *testing.T
	terminal *terminal
	master   *os.File
	patience <-chan time.Time // after which a test has failed

	mu     sync.Mutex
	screen []byte        // all that was ever written
	seen   int           // up to here it was waited for
	grown  chan struct{} // holds one when there is more
}

func newKeyboard(t *testing.T) *keyboard {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	k := &keyboard{t: t, master: master, patience: time.After(2 * time.Minute), grown: make(chan struct{}, 1)}
	number := 0
	k.control(func(fd int) error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		return err
	})
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	k.terminal = &terminal{lang: text.EN, in: slave, out: slave, lines: bufio.NewReader(slave)}
	done := make(chan struct{})
	go func() { // ends when the master is closed
		defer close(done)
		part := make([]byte, 4096)
		for {
			n, err := master.Read(part)
			k.mu.Lock()
			k.screen = append(k.screen, part[:n]...)
			k.mu.Unlock()
			select {
			case k.grown <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		master.Close() // hangs up: what still reads from the terminal ends
		<-done
		slave.Close()
	})
	return k
}

// control does something with the master's descriptor, which stays one that Close ends.
func (k *keyboard) control(f func(fd int) error) {
	k.t.Helper()
	raw, err := k.master.SyscallConn()
	if err == nil {
		if failed := raw.Control(func(fd uintptr) { err = f(int(fd)) }); failed != nil {
			err = failed
		}
	}
	if err != nil {
		k.t.Fatalf("pseudo-terminal: %v", err)
	}
}

// sees waits until the screen shows something after what was waited for before.
func (k *keyboard) sees(part string) {
	k.t.Helper()
	for {
		k.mu.Lock()
		i := bytes.Index(k.screen[k.seen:], []byte(part))
		if i >= 0 {
			k.seen += i + len(part)
			k.mu.Unlock()
			return
		}
		rest := string(k.screen[k.seen:])
		k.mu.Unlock()
		select {
		case <-k.grown:
		case <-k.patience:
			k.t.Fatalf("the terminal does not show %q; it shows %q", part, rest)
		}
	}
}

// types answers a question.
func (k *keyboard) types(prompt, line string) {
	k.t.Helper()
	k.sees(prompt)
	k.enter(line)
}

func (k *keyboard) enter(line string) {
	k.t.Helper()
	if _, err := k.master.WriteString(line + "\n"); err != nil {
		k.t.Fatal(err)
	}
}

// hides answers a question whose answer must not be seen, once the terminal has stopped
// to echo.
func (k *keyboard) hides(prompt, secret string) {
	k.t.Helper()
	k.sees(prompt)
	for echo := true; echo; {
		k.control(func(fd int) error {
			termios, err := unix.IoctlGetTermios(fd, unix.TCGETS)
			echo = err == nil && termios.Lflag&unix.ECHO != 0
			return err
		})
		select {
		case <-k.patience:
			k.t.Fatalf("the terminal echoes what is typed at %q", prompt)
		default:
			runtime.Gosched() // nothing tells of it
		}
	}
	k.enter(secret)
}

// all is all that the terminal has shown.
func (k *keyboard) all() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return string(k.screen)
}

// shows tells which of some words were ever shown.
func (k *keyboard) shows(words ...string) (shown []string) {
	all := k.all()
	for _, w := range words {
		if strings.Contains(all, w) {
			shown = append(shown, w)
		}
	}
	return shown
}
