// Package child starts a helper program over a private pipe: its stdin and
// stdout, which no third process can open.
//
// The program is named by an absolute path and never searched for. Of the
// environment it gets only what is named here and by its Command, since nobody
// knows all that a loader, a C library and a driver read. What it prints on stderr
// is logged line by line. On the other side of the pipe, [Stdio] takes stdin and
// stdout away from the rest of the helper.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// EndGrace is the time for a process whose pipe was closed to end by itself.
	EndGrace = 2 * time.Second
	// DrainGrace is the time for the last answers of a process that has ended.
	DrainGrace = 500 * time.Millisecond
)

// Command says how to start a helper.
type Command struct {
	// Path is absolute.
	Path string
	Args []string
	// Keep names variables of this program's environment that the helper gets
	// beside those that every helper gets: the home, the locale, the session bus
	// and the folders of the desktop. None makes a program load code from
	// elsewhere.
	Keep []string
	// Env is added to them.
	Env []string
	// Name stands in the log before what the process prints.
	Name string
	// Log takes what the process prints on stderr, at Debug, one record for a
	// line; nil throws it away.
	Log *slog.Logger
}

// Process is a started Command. It is a pipe to the program's stdin and stdout.
type Process struct {
	io.Reader
	io.Writer
	closers []io.Closer
	cmd     *exec.Cmd
	exited  chan struct{}
}

// Exited returns a channel that is closed when the process has ended and was
// waited for.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Kill ends the process at once.
func (p *Process) Kill() { _ = p.cmd.Process.Kill() }

// Close closes the pipe, which asks the program to end.
func (p *Process) Close() error {
	var errs []error
	for _, c := range p.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Start starts the program. The goroutine that waits for it ends with it.
func (c Command) Start() (*Process, error) {
	if !filepath.IsAbs(c.Path) {
		return nil, fmt.Errorf("%q is not an absolute path", c.Path)
	}
	// Not cmd.StdoutPipe: cmd.Wait would close it, with answers still in it.
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer childIn.Close()
	out, childOut, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, err
	}
	defer childOut.Close()
	p := &Process{Reader: out, Writer: in, closers: []io.Closer{in, out}, exited: make(chan struct{})}
	p.cmd = exec.Command(c.Path, c.Args...)
	p.cmd.Env = append(environment(os.Environ(), c.Keep), c.Env...)
	p.cmd.Stdin, p.cmd.Stdout = childIn, childOut
	lines := &lineLogger{log: c.Log, name: c.Name}
	p.cmd.Stderr = lines
	p.cmd.WaitDelay = DrainGrace // a program that it left behind may hold its stderr
	if err := p.cmd.Start(); err != nil {
		p.Close()
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is no news to anybody: the pipe is what counts
		lines.flush()
		close(p.exited)
	}()
	return p, nil
}

// End returns when the process is gone, which is killed after that grace. Its pipe
// is closed already.
func (p *Process) End(grace time.Duration) {
	kill := time.AfterFunc(grace, p.Kill)
	defer kill.Stop()
	<-p.exited
}

// kept are the variables that every helper gets, and on Windows where the system
// is.
var kept = []string{
	"DBUS_SESSION_BUS_ADDRESS", "HOME", "USER", "LOGNAME", "PATH", "TMPDIR", "TZ", "LANG", "LANGUAGE",
	"SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "PROGRAMDATA", "USERPROFILE", "USERNAME",
	"APPDATA", "LOCALAPPDATA", "TEMP", "TMP",
}

// environment returns what a helper gets of env. It is a list of what is kept,
// not of what is dropped: LD_PRELOAD, GCONV_PATH, GODEBUG, LIBGL_DRIVERS_PATH and
// so on.
func environment(env, more []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		name = strings.ToUpper(name) // Windows tells no cases apart
		return !slices.Contains(kept, name) && !slices.Contains(more, name) &&
			!strings.HasPrefix(name, "XDG_") && !strings.HasPrefix(name, "LC_")
	})
}

// maxLine is the longest line that is logged, in bytes; the rest is cut off.
const maxLine = 2048

// lineLogger logs what is written to it line by line. It is written to by one
// goroutine.
type lineLogger struct {
	log  *slog.Logger
	name string
	line []byte
}

func (l *lineLogger) Write(b []byte) (int, error) {
	if l.log == nil {
		return len(b), nil
	}
	for rest := b; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		part := rest
		if i >= 0 {
			part = rest[:i]
		}
		l.line = append(l.line, part[:min(len(part), maxLine-len(l.line))]...)
		if i < 0 {
			break
		}
		l.flush()
		rest = rest[i+1:]
	}
	return len(b), nil
}

func (l *lineLogger) flush() {
	if len(l.line) > 0 {
		l.log.LogAttrs(context.Background(), slog.LevelDebug, l.name, slog.String("line", string(l.line)))
	}
	l.line = l.line[:0]
}
