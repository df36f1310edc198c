package remote

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
	endGrace   = 2 * time.Second        // for a process whose pipe was closed to end by itself
	drainGrace = 500 * time.Millisecond // for the last answers of a process that has ended
)

// Command says how to start the window process.
type Command struct {
	// Path is absolute: the program is never searched for.
	Path string
	Args []string
	// Env is added to what is kept of this program's environment: the display,
	// the session bus, the locale and the home, and nothing that makes a
	// program load code from elsewhere.
	Env []string
	// Idle is how long a process that shows nothing is kept; 0 is two minutes.
	Idle time.Duration
	// Log takes what the process prints on stderr, at Debug, one record for a
	// line; nil throws it away.
	Log *slog.Logger
}

// process is a started Command. It is a pipe to the program's stdin and stdout.
type process struct {
	io.Reader
	io.Writer
	closers []io.Closer
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process has ended and was waited for
}

// Close closes the pipe, which asks the program to end.
func (p *process) Close() error {
	var errs []error
	for _, c := range p.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// start starts the program. The goroutine that waits for it ends with it.
func (c Command) start() (*process, error) {
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
	p := &process{Reader: out, Writer: in, closers: []io.Closer{in, out}, exited: make(chan struct{})}
	p.cmd = exec.Command(c.Path, c.Args...)
	p.cmd.Env = append(environment(os.Environ()), c.Env...)
	p.cmd.Stdin, p.cmd.Stdout = childIn, childOut
	lines := &lineLogger{log: c.Log}
	p.cmd.Stderr = lines
	p.cmd.WaitDelay = drainGrace // a program that it left behind may hold its stderr
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

// end returns when the process is gone. Its pipe is closed already.
func (p *process) end(grace time.Duration) {
	kill := time.AfterFunc(grace, func() { _ = p.cmd.Process.Kill() })
	defer kill.Stop()
	<-p.exited
}

// kept are the variables that the window process needs: where to show, what
// the desktop has set for every program, and on Windows where the system is.
// LIBGL_ALWAYS_SOFTWARE is the one remedy for broken graphics drivers that
// loads nothing.
var kept = []string{
	"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XMODIFIERS", "DBUS_SESSION_BUS_ADDRESS",
	"XCURSOR_THEME", "XCURSOR_SIZE", "FYNE_SCALE", "FYNE_THEME", "LIBGL_ALWAYS_SOFTWARE",
	"HOME", "USER", "LOGNAME", "PATH", "TMPDIR", "TZ", "LANG", "LANGUAGE",
	"SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "PROGRAMDATA", "USERPROFILE", "USERNAME",
	"APPDATA", "LOCALAPPDATA", "TEMP", "TMP",
}

// environment returns what a window process gets of env. It is a list of what
// is kept, since nobody knows all that a loader, a C library and a graphics
// driver read: LD_PRELOAD, GCONV_PATH, GODEBUG, LIBGL_DRIVERS_PATH and so on.
func environment(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		name = strings.ToUpper(name) // Windows tells no cases apart
		return !slices.Contains(kept, name) && !strings.HasPrefix(name, "XDG_") && !strings.HasPrefix(name, "LC_")
	})
}

// maxLine is the longest line that is logged, in bytes; the rest is cut off.
const maxLine = 2048

// lineLogger logs what is written to it line by line. It is written to by one
// goroutine.
type lineLogger struct {
	log  *slog.Logger
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
		l.log.LogAttrs(context.Background(), slog.LevelDebug, "window process", slog.String("line", string(l.line)))
	}
	l.line = l.line[:0]
}
