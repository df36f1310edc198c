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
	"time"

	"qoltanba/agent/agenttest"
	"qoltanba/agent/child"
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
	pipe, err := child.Stdio()
	if err != nil {
		return err
	}
	if role == "other version" {
		return jsonrpc.NewConn(jsonrpc.Stream(pipe, 1<<20), func(context.Context, *jsonrpc.Conn, *jsonrpc.Request) (any, error) {
			return map[string]int{"protocol": 1}, nil
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
	n.Prompter = remote.New(remote.Command{Idle: idle, Command: child.Command{
		Path: self, Args: []string{"-test.run=^$"}, Log: slog.New(n.log),
		Env: []string{roleVariable + "=" + role, lifeVariable + "=" + path},
	}}, "kk")
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
