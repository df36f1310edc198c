package jsonrpc_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/jsonrpc"
)

const limit = 1 << 20

// pair connects two Conns over net.Pipe and serves both until the test ends.
func pair(t testing.TB, a, b jsonrpc.Handler, o ...jsonrpc.Option) (ca, cb *jsonrpc.Conn) {
	t.Helper()
	pa, pb := net.Pipe()
	ca = jsonrpc.NewConn(jsonrpc.Stream(pa, limit), a, o...)
	cb = jsonrpc.NewConn(jsonrpc.Stream(pb, limit), b, o...)
	serve(t, ca)
	serve(t, cb)
	return ca, cb
}

// serve runs c until the test ends and fails the test when it ends badly.
func serve(t testing.TB, c *jsonrpc.Conn) {
	ended := make(chan error, 1)
	go func() { ended <- c.Serve(context.Background()) }()
	t.Cleanup(func() {
		c.Close()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v, want nil after Close", err)
		}
	})
}

// raw connects a Conn to a bare Framer that the test speaks through.
func raw(t testing.TB, h jsonrpc.Handler, o ...jsonrpc.Option) (jsonrpc.Framer, *jsonrpc.Conn) {
	t.Helper()
	pa, pb := net.Pipe()
	c := jsonrpc.NewConn(jsonrpc.Stream(pa, limit), h, o...)
	serve(t, c)
	return jsonrpc.Stream(pb, limit*2), c
}

func send(t testing.TB, f jsonrpc.Framer, kind jsonrpc.Kind, payload string) {
	t.Helper()
	if err := f.WriteFrame(kind, []byte(payload)); err != nil {
		t.Fatal(err)
	}
}

func receive(t testing.TB, f jsonrpc.Framer) string {
	t.Helper()
	kind, b, err := f.ReadFrame()
	if err != nil || kind != jsonrpc.Text {
		t.Fatalf("ReadFrame = %c %q %v, want a text frame", kind, b, err)
	}
	return string(b)
}

// echo answers params, and the method's name where there are none.
func echo(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
	if r.Params == nil {
		return r.Method, nil
	}
	return r.Params, nil
}

func code(err error) int {
	if e, ok := errors.AsType[*jsonrpc.Error](err); ok {
		return e.Code
	}
	return 0
}

func TestDuplicateAndBusy(t *testing.T) {
	release := make(chan struct{})
	started := make(chan struct{}, 2)
	f, _ := raw(t, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		started <- struct{}{}
		<-release
		return "ok", nil
	}, jsonrpc.WithMaxInFlight(2))
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":"a","method":"m"}`)
	<-started
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":"\u0061","method":"m"}`)
	if got := receive(t, f); !strings.Contains(got, `"code":-32002`) {
		t.Errorf("same id in another spelling: %s, want CodeDuplicateID", got)
	}
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"m"}`)
	<-started
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":2,"method":"m"}`)
	if got := receive(t, f); !strings.Contains(got, `"id":2,"error":{"code":-32000`) {
		t.Errorf("third request of two: %s, want CodeBusy", got)
	}
	close(release)
	receive(t, f)
	receive(t, f)
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":"a","method":"m"}`) // the id is free again
	if got := receive(t, f); got != `{"jsonrpc":"2.0","id":"a","result":"ok"}` {
		t.Errorf("id used again: %s", got)
	}
}

func TestCancel(t *testing.T) {
	t.Run("by the caller's context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var cause error
			a, _ := pair(t, nil, func(ctx context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
				<-ctx.Done()
				cause = ctx.Err()
				return nil, ctx.Err()
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := a.Call(ctx, "wait", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Call = %v, want DeadlineExceeded", err)
			}
			synctest.Wait()
			if !errors.Is(cause, context.Canceled) {
				t.Errorf("the handler's context ended with %v, want Canceled", cause)
			}
			if err := a.Call(ctx, "wait", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Call with an ended context = %v, want DeadlineExceeded", err)
			}
		})
	})
	t.Run("answer", func(t *testing.T) {
		f, _ := raw(t, func(ctx context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
			<-ctx.Done()
			if r.Method == "done anyway" {
				return "signed", nil
			}
			return nil, errors.New("whatever")
		})
		send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"m"}`)
		send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":"1","method":"done anyway"}`)
		send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}`)
		if got := receive(t, f); !strings.HasPrefix(got, `{"jsonrpc":"2.0","id":1,"error":{"code":-32800,`) {
			t.Errorf("got %s, want CodeCancelled", got)
		}
		send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","method":"cancel","params":{"id":"1"}}`)
		if got := receive(t, f); got != `{"jsonrpc":"2.0","id":"1","result":"signed"}` {
			t.Errorf("got %s, want the result that was there", got)
		}
	})
}

func TestEnd(t *testing.T) {
	block := func(ctx context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	tests := []struct {
		name string
		end  func(c *jsonrpc.Conn, peer net.Conn, cancel func())
		want error
	}{
		{"peer closes", func(_ *jsonrpc.Conn, p net.Conn, _ func()) { p.Close() }, nil},
		{"peer closes inside a frame", func(_ *jsonrpc.Conn, p net.Conn, _ func()) {
			p.Write([]byte("J\x00\x00\x00\x09{"))
			p.Close()
		}, io.ErrUnexpectedEOF},
		{"Close", func(c *jsonrpc.Conn, _ net.Conn, _ func()) { c.Close(); c.Close() }, nil},
		{"context", func(_ *jsonrpc.Conn, _ net.Conn, cancel func()) { cancel() }, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pa, pb := net.Pipe()
				ctx, cancel := context.WithCancel(t.Context())
				c := jsonrpc.NewConn(jsonrpc.Stream(pa, limit), block)
				served, called := make(chan error, 1), make(chan error, 1)
				go func() { served <- c.Serve(ctx) }()
				go func() { called <- c.Call(t.Context(), "m", nil, nil) }()
				f := jsonrpc.Stream(pb, limit)
				receive(t, f)
				send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"blocks"}`)
				synctest.Wait()
				select {
				case <-c.Done():
					t.Fatal("Done before the end")
				default:
				}
				tt.end(c, pb, cancel)
				if err := <-served; !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
					t.Errorf("Serve = %v, want %v", err, tt.want)
				}
				<-c.Done()
				if err := <-called; !errors.Is(err, jsonrpc.ErrClosed) {
					t.Errorf("Call under way = %v, want ErrClosed", err)
				}
				if err := c.Call(t.Context(), "m", nil, nil); !errors.Is(err, jsonrpc.ErrClosed) {
					t.Errorf("Call afterwards = %v, want ErrClosed", err)
				}
				if err := c.Notify(t.Context(), "m", nil); !errors.Is(err, jsonrpc.ErrClosed) {
					t.Errorf("Notify afterwards = %v, want ErrClosed", err)
				}
				cancel()
				pb.Close()
			})
		})
	}
}

// A peer that does not read ends the connection, not the handlers' patience.
func TestWriteTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pa, pb := net.Pipe()
		defer pb.Close()
		notified := make(chan error, 1)
		c := jsonrpc.NewConn(jsonrpc.Stream(pa, limit), func(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
			notified <- c.Notify(ctx, "progress", nil)
			return nil, nil
		}, jsonrpc.WithWriteTimeout(5*time.Second))
		served := make(chan error, 1)
		start := time.Now()
		go func() { served <- c.Serve(t.Context()) }()
		send(t, jsonrpc.Stream(pb, limit), jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"m"}`)
		synctest.Wait()
		// Those who wait for their turn to write may give up before.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Notify(ctx, "n", nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("Notify behind a stuck write = %v after %v, want DeadlineExceeded after 1s", err, time.Since(start))
		}
		if err := <-notified; !errors.Is(err, jsonrpc.ErrWriteTimeout) || !errors.Is(err, jsonrpc.ErrClosed) {
			t.Errorf("Notify = %v, want ErrClosed and ErrWriteTimeout", err)
		}
		if err := <-served; !errors.Is(err, jsonrpc.ErrWriteTimeout) {
			t.Errorf("Serve = %v, want ErrWriteTimeout", err)
		}
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("ended after %v, want 5s", d)
		}
	})
}

// Two ends that refuse each other's requests must not wait for each other.
func TestMutualRefusal(t *testing.T) {
	a, b := pair(t, echo, echo, jsonrpc.WithMaxInFlight(0))
	var wg sync.WaitGroup
	for _, c := range []*jsonrpc.Conn{a, b} {
		for range 8 {
			wg.Go(func() {
				if err := c.Call(t.Context(), "m", nil, nil); code(err) != jsonrpc.CodeBusy {
					t.Errorf("Call = %v, want CodeBusy", err)
				}
			})
		}
	}
	wg.Wait()
}

func TestManyCalls(t *testing.T) {
	a, b := pair(t, echo, echo)
	var wg sync.WaitGroup
	for i := range 32 {
		for _, c := range []*jsonrpc.Conn{a, b} {
			wg.Go(func() {
				for j := range 20 {
					want, got := []int{i, j}, []int(nil)
					if err := c.Call(t.Context(), "m", want, &got); err != nil || !slices.Equal(got, want) {
						t.Errorf("Call(%v) = %v %v", want, got, err)
					}
				}
			})
		}
	}
	wg.Wait()
}
