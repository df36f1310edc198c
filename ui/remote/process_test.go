//go:build unix

package remote_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/child"
	"qoltanba/ui/remote"
)

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
	for _, want := range []string{"MESA: warning", "language kk", "language ru"} {
		n.log.wait(t, "DEBUG "+want)
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
	if err := site(t.Context(), n); !errors.Is(err, agent.ErrNoWindow) {
		t.Errorf("after Close: %v, want ErrNoWindow", err)
	}
}

// A language that is chosen while the process is starting is not lost.
func TestLanguageAtTheStart(t *testing.T) {
	n := start(t, "person", 0)
	n.Prepare()
	n.SetLanguage("ru")
	n.log.wait(t, "DEBUG language ru")
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
				p := remote.New(remote.Command{Command: child.Command{Path: path}}, "en")
				defer p.Close()
				first := site(t.Context(), p)
				if !errors.Is(first, agent.ErrNoWindow) {
					t.Fatalf("Site = %v, want ErrNoWindow", first)
				}
				// The pause before the next start doubles up to half a minute.
				last := first
				for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 32} {
					time.Sleep(pause*time.Second - time.Nanosecond)
					p.Prepare()
					if err := site(t.Context(), p); err != last {
						t.Fatalf("started again within %v s", int(pause))
					}
					time.Sleep(time.Nanosecond)
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
