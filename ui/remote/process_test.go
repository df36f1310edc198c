//go:build unix

package remote_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/jsonrpc"
	"qoltanba/ui/remote"
)

// The test binary is the window process too, told by these what to be.
const (
	roleVariable = "QOLTANBA_TEST_ROLE"
	lifeVariable = "QOLTANBA_TEST_LIFE" // path of a socket that is open as long as the process lives
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := play(role); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// birth is what a window process tells the test of itself.
type birth struct {
	PID int
	Env []string
}

func play(role string) error {
	life, err := net.Dial("unix", os.Getenv(lifeVariable))
	if err != nil {
		return err
	}
	if err := json.NewEncoder(life).Encode(birth{os.Getpid(), os.Environ()}); err != nil {
		return err
	}
	switch role {
	case "exits":
		return errors.New("no display " + strings.Repeat("x", 5000))
	case "garbage":
		fmt.Println("libGL error: failed to load driver: swrast")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	case "mute":
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	case "stubborn":
		select {}
	}
	pipe, err := remote.Stdio()
	if err != nil {
		return err
	}
	if role == "other version" {
		return jsonrpc.NewConn(jsonrpc.Stream(pipe, 1<<20), func(context.Context, *jsonrpc.Conn, *jsonrpc.Request) (any, error) {
			return map[string]int{"protocol": 2}, nil
		}).Serve(context.Background())
	}
	// A driver that prints to stdout, past all of Go.
	if _, err := syscall.Write(1, []byte("MESA: warning\n")); err != nil {
		return err
	}
	if _, err := syscall.Read(0, make([]byte, 1)); err != nil {
		return err
	}
	p := agenttest.NewPerson("12345678")
	if role == "slow" {
		hold, held := agenttest.Hold(agenttest.Refuse())
		p.Do(hold)
		go func() {
			<-held.Reached
			fmt.Fprintln(os.Stderr, "shown")
		}()
	}
	return remote.Serve(context.Background(), pipe, p, func(code string) { fmt.Fprintln(os.Stderr, "language", code) })
}

// nursery starts window processes and sees them live and die.
type nursery struct {
	*remote.Prompter
	log    *lines
	births chan birth
	deaths chan int

	mu    sync.Mutex
	count int
}

func start(t *testing.T, role string, idle time.Duration) *nursery {
	t.Helper()
	dir, err := os.MkdirTemp("", "life") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	n := &nursery{log: &lines{more: make(chan struct{}, 1)}, births: make(chan birth, 100), deaths: make(chan int, 100)}
	n.Prompter = remote.New(remote.Command{
		Path: self, Args: []string{"-test.run=^$"}, Idle: idle, Log: slog.New(n.log),
		Env: []string{roleVariable + "=" + role, lifeVariable + "=" + path},
	}, "kk")
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer conn.Close()
				n.watch(t, conn)
			})
		}
	})
	t.Cleanup(func() {
		n.Close()
		l.Close()
		group.Wait()
		os.RemoveAll(dir)
	})
	return n
}

func (n *nursery) watch(t *testing.T, conn net.Conn) {
	d := json.NewDecoder(conn)
	var b birth
	if err := d.Decode(&b); err != nil {
		t.Error(err)
		return
	}
	n.mu.Lock()
	n.count++
	n.mu.Unlock()
	n.births <- b
	_ = d.Decode(new(any)) // returns when the process is gone
	n.deaths <- b.PID
}

func (n *nursery) started() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.count
}

// lines is a slog.Handler that keeps the attribute "line".
type lines struct {
	mu   sync.Mutex
	all  []string
	more chan struct{} // room for one
}

func (l *lines) Enabled(context.Context, slog.Level) bool { return true }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *lines) WithGroup(string) slog.Handler            { return l }
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Attrs(func(a slog.Attr) bool {
		l.all = append(l.all, r.Level.String()+" "+a.Value.String())
		return true
	})
	select {
	case l.more <- struct{}{}:
	default:
	}
	return nil
}

func (l *lines) wait(t *testing.T, line string) {
	t.Helper()
	for !l.has(line) {
		select {
		case <-l.more:
		case <-t.Context().Done():
			t.Fatalf("no line %q", line)
		}
	}
}

func (l *lines) has(line string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.all, line)
}

// gone says whether a process has ended and was waited for.
func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func site(ctx context.Context, p agent.Prompter) error { return p.Site(ctx, agent.SiteQuestion{}) }

func TestProcess(t *testing.T) {
	n := start(t, "person", 0)
	n.Prepare()
	child := <-n.births
	if err := site(t.Context(), n); err != nil {
		t.Errorf("Site = %v", err)
	}
	tries := 0
	err := n.PIN(t.Context(), pinQuestion(accounts), func(_ context.Context, _ agent.ProfileID, pin *agent.Secret) error {
		tries++
		if string(pin.Bytes()) != "12345678" {
			return agent.ErrPINLocked
		}
		return nil
	})
	if err != nil || tries != 1 {
		t.Errorf("PIN = %v after %d tries", err, tries)
	}
	n.SetLanguage("ru")
	if err := site(t.Context(), n); err != nil {
		t.Errorf("Site = %v", err)
	}
	if n.started() != 1 {
		t.Errorf("%d processes for three questions, want 1", n.started())
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if !gone(child.PID) {
		t.Errorf("process %d is there after Close", child.PID)
	}
	for _, want := range []string{"DEBUG MESA: warning", "DEBUG language kk", "DEBUG language ru"} {
		if !n.log.has(want) {
			t.Errorf("log %q has no line %q", n.log.all, want)
		}
	}
	if err := site(t.Context(), n); !errors.Is(err, agent.ErrNoWindow) {
		t.Errorf("after Close: %v, want ErrNoWindow", err)
	}
}

// Killed at any moment: the question in flight is cancelled, the next one starts
// a new process.
func TestProcessKilled(t *testing.T) {
	for name, ask := range asks {
		t.Run(name, func(t *testing.T) {
			n := start(t, "slow", 0)
			asked := make(chan error, 1)
			go func() { asked <- ask(t.Context(), n) }()
			child := <-n.births
			n.log.wait(t, "DEBUG shown")
			if err := syscall.Kill(child.PID, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if err := <-asked; !errors.Is(err, agent.ErrCanceled) {
				t.Errorf("%s = %v, want ErrCanceled", name, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() { asked <- site(ctx, n) }()
			if again := <-n.births; again.PID == child.PID {
				t.Errorf("process %d twice", again.PID)
			}
			cancel()
			<-asked
		})
	}
}

func TestMissingProgram(t *testing.T) {
	for name, path := range map[string]string{
		"missing":     filepath.Join(t.TempDir(), "qoltanba-window"),
		"a folder":    t.TempDir(),
		"not in PATH": "sh",
		"relative":    "./sh",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := remote.New(remote.Command{Path: path}, "en")
				defer p.Close()
				first := site(t.Context(), p)
				if !errors.Is(first, agent.ErrNoWindow) {
					t.Fatalf("Site = %v, want ErrNoWindow", first)
				}
				// The pause before the next start doubles up to half a minute.
				last := first
				for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 32} {
					time.Sleep(pause*time.Second - 1)
					p.Prepare()
					if err := site(t.Context(), p); err != last {
						t.Fatalf("started again within %v s", int(pause))
					}
					time.Sleep(1)
					if err := site(t.Context(), p); err == last || !errors.Is(err, agent.ErrNoWindow) {
						t.Fatalf("not started again after %v s: %v", int(pause), err)
					} else {
						last = err
					}
				}
			})
		})
	}
}

// No display, no OpenGL, or a program that speaks something else: it is started
// once for a burst of questions, and nothing of it is left.
func TestProcessThatCannotShow(t *testing.T) {
	for _, role := range []string{"exits", "garbage", "other version"} {
		t.Run(role, func(t *testing.T) {
			n := start(t, role, 0)
			for name, ask := range asks {
				if err := ask(t.Context(), n); !errors.Is(err, agent.ErrNoWindow) {
					t.Errorf("%s = %v, want ErrNoWindow", name, err)
				}
			}
			n.Close()
			if child := <-n.births; !gone(child.PID) || n.started() != 1 {
				t.Errorf("%d processes, the first is gone: %v", n.started(), gone(child.PID))
			}
			if line := "DEBUG child: no display " + strings.Repeat("x", 2048-len("child: no display ")); role == "exits" && !n.log.has(line) {
				t.Errorf("log = %.200q, want the line cut", n.log.all)
			}
		})
	}
}

// A person who waits for a process that never comes up, and an agent that ends.
func TestProcessThatNeverGreets(t *testing.T) {
	for _, role := range []string{"mute", "stubborn"} {
		t.Run(role, func(t *testing.T) {
			n := start(t, role, 0)
			ctx, cancel := context.WithCancel(t.Context())
			asked := make(chan error, 1)
			go func() { asked <- site(ctx, n) }()
			child := <-n.births
			cancel()
			if err := <-asked; !errors.Is(err, agent.ErrCanceled) {
				t.Errorf("Site = %v, want ErrCanceled", err)
			}
			n.Close()
			if !gone(child.PID) {
				t.Errorf("process %d is there after Close", child.PID)
			}
		})
	}
}

func TestIdleProcessEnds(t *testing.T) {
	n := start(t, "person", time.Nanosecond)
	for range 2 {
		if err := site(t.Context(), n); err != nil {
			t.Fatalf("Site = %v", err)
		}
		child := <-n.births
		if died := <-n.deaths; died != child.PID {
			t.Errorf("%d ended, want %d", died, child.PID)
		}
	}
}

// A process with an open question is not idle, however many others end.
func TestBusyProcessStays(t *testing.T) {
	n := start(t, "slow", time.Nanosecond)
	ctx, cancel := context.WithCancel(t.Context())
	asked := make(chan error, 1)
	go func() { asked <- asks["consent"](ctx, n) }()
	child := <-n.births
	n.log.wait(t, "DEBUG shown")
	for range 20 {
		if err := site(t.Context(), n); err != nil {
			t.Fatalf("Site = %v", err)
		}
	}
	if n.started() != 1 {
		t.Errorf("%d processes, want 1", n.started())
	}
	cancel()
	if err := <-asked; !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("Consent = %v, want ErrCanceled", err)
	}
	if died := <-n.deaths; died != child.PID {
		t.Errorf("%d ended, want %d", died, child.PID)
	}
}

// What makes a program load foreign code does not reach the window process.
func TestEnvironment(t *testing.T) {
	keep := map[string]string{"DISPLAY": ":77", "WAYLAND_DISPLAY": "wayland-9", "XAUTHORITY": "/x", "XDG_RUNTIME_DIR": "/run/user/9", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/b", "HOME": "/home/a", "LANG": "kk_KZ.UTF-8", "LC_TIME": "ru_RU.UTF-8"}
	drop := map[string]string{"LD_LIBRARY_PATH": "/nowhere", "LD_BIND_NOT": "1", "DYLD_LIBRARY_PATH": "/x", "GODEBUG": "panicnil=0", "GOTRACEBACK": "all", "GCONV_PATH": "/x", "LIBGL_DRIVERS_PATH": "/x", "GTK_MODULES": "x", "PKCS11_PROXY": "x", "BASH_ENV": "/x"}
	for _, set := range []map[string]string{keep, drop} {
		for name, value := range set {
			t.Setenv(name, value)
		}
	}
	n := start(t, "person", 0)
	n.Prepare()
	child := <-n.births
	for name, value := range keep {
		if !slices.Contains(child.Env, name+"="+value) {
			t.Errorf("%s was dropped", name)
		}
	}
	for name := range drop {
		if slices.ContainsFunc(child.Env, func(v string) bool { return strings.HasPrefix(v, name+"=") }) {
			t.Errorf("%s was kept", name)
		}
	}
}
