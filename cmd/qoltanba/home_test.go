package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/audit"
	"qoltanba/ui/text"
)

func home(t *testing.T) dirs {
	t.Helper()
	d, err := locate(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func take(t *testing.T, d dirs) *history {
	t.Helper()
	h, err := openHistory(d)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestEnter(t *testing.T) {
	t.Run("free", func(t *testing.T) {
		d := home(t)
		h, c, err := enter(t.Context(), text.EN, d, nobody{})
		if err != nil || c != nil {
			t.Fatalf("enter = %v, %v", c, err)
		}
		if _, err := openHistory(d); !errors.Is(err, audit.ErrLocked) {
			t.Errorf("the home was not taken: %v", err)
		}
		h.Close()
	})
	t.Run("broken", func(t *testing.T) {
		if _, _, err := enter(t.Context(), text.EN, dirs{state: "/nowhere", runtime: "/nowhere"}, nobody{}); err == nil {
			t.Error("enter without a folder = nil")
		}
	})
	t.Run("an agent runs", func(t *testing.T) {
		d := home(t)
		defer take(t, d).Close()
		l, err := listenControl(d)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		h, c, err := enter(t.Context(), text.EN, d, nobody{})
		if err != nil || h != nil || c == nil {
			t.Fatalf("enter = %v, %v, %v, want a connection", h, c, err)
		}
		c.close()
	})
	for about, c := range map[string]struct {
		after time.Duration // the home is free again
		want  string
	}{
		"an agent that ends":          {homePatience / 2, ""},
		"a command waits at a prompt": {2 * homePatience, "uses this folder"},
	} {
		t.Run(about, func(t *testing.T) {
			d := home(t)
			synctest.Test(t, func(t *testing.T) {
				taken := take(t, d)
				time.AfterFunc(c.after, func() { taken.Close() })
				h, _, err := enter(t.Context(), text.EN, d, nobody{})
				if err == nil {
					h.Close()
				}
				if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("enter = %v, want %q", err, c.want)
				}
				time.Sleep(c.after) // fake
			})
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		d := home(t)
		defer take(t, d).Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := enter(ctx, text.EN, d, nobody{}); !errors.Is(err, agent.ErrCanceled) {
			t.Errorf("enter = %v, want ErrCanceled", err)
		}
	})
}

// Without the module that was named sign says so at once.
func TestSignAloneWithoutModule(t *testing.T) {
	d := home(t)
	e := &env{lang: text.EN, home: filepath.Dir(d.state), out: io.Discard, modules: []string{"/nowhere/module.so"}}
	err := e.atAgent(t.Context(), nobody{}, nobody{}, nil, func(b *body) error {
		_, err := signAlone(t.Context(), b, &terminal{}, signParams{})
		return err
	})
	if !errors.Is(err, agent.ErrModuleMissing) {
		t.Errorf("signAlone = %v, want ErrModuleMissing", err)
	}
	take(t, d).Close() // the home was let go
}

// tired is a listener that runs out of descriptors for a while.
type tired struct {
	failures int
	calls    chan struct{} // told of each Accept
	closed   chan struct{}
}

func (l *tired) Accept() (net.Conn, error) {
	select {
	case l.calls <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	if l.failures--; l.failures >= 0 {
		return nil, errors.New("too many open files")
	}
	<-l.closed
	return nil, net.ErrClosed
}
func (l *tired) Close() error   { close(l.closed); return nil }
func (l *tired) Addr() net.Addr { return &net.UnixAddr{} }

// The control socket outlives an Accept that fails, and ends with ctx also
// while it waits.
func TestControlSocketGoesOn(t *testing.T) {
	for about, accepts := range map[string]int{"goes on": 3, "ends while it waits": 1} {
		t.Run(about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				l := &tired{failures: 2, calls: make(chan struct{}), closed: make(chan struct{})}
				done := make(chan struct{})
				go func() { // ends with ctx
					defer close(done)
					serveControl(ctx, l, nil, nil, slog.New(slog.DiscardHandler))
				}()
				for range accepts {
					select {
					case <-l.calls:
					case <-done:
						t.Error("the control socket has ended")
					}
				}
				synctest.Wait()
				cancel()
				<-done
			})
		})
	}
}
