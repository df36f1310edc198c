package jsonrpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

func TestMessages(t *testing.T) {
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	tests := []struct{ name, in, want string }{
		{"call", `{"jsonrpc":"2.0","id":1,"method":"m"}`, `{"jsonrpc":"2.0","id":1,"result":"m"}`},
		{"space", " \r\n\t{ \"jsonrpc\" : \"2.0\" , \"id\" : 1 ,\n\"method\" : \"m\" , \"params\" : [ 1 , \"]\" , {} ] } ", `{"jsonrpc":"2.0","id":1,"result":[1,"]",{}]}`},
		{"string id", `{"jsonrpc":"2.0","id":"a\"b","method":"m"}`, `{"jsonrpc":"2.0","id":"a\"b","result":"m"}`},
		{"negative id", `{"jsonrpc":"2.0","id":-7,"method":"m"}`, `{"jsonrpc":"2.0","id":-7,"result":"m"}`},
		{"unknown members", `{"x":{"id":5},"jsonrpc":"2.0","y":[1],"id":1,"method":"m","z":null}`, `{"jsonrpc":"2.0","id":1,"result":"m"}`},
		{"unknown member twice", `{"x":1,"x":2,"jsonrpc":"2.0","id":1,"method":"m"}`, `{"jsonrpc":"2.0","id":1,"result":"m"}`},
		{"other case is unknown", `{"jsonrpc":"2.0","id":1,"method":"m","METHOD":"n","Id":2}`, `{"jsonrpc":"2.0","id":1,"result":"m"}`},
		{"escaped names", `{"jsonrpc":"2.0","\u0069d":1,"met\u0068od":"\u006d"}`, `{"jsonrpc":"2.0","id":1,"result":"m"}`},
		{"null params", `{"jsonrpc":"2.0","id":1,"method":"m","params":null}`, `{"jsonrpc":"2.0","id":1,"result":"m"}`},
		{"strings with brackets", `{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":"}\\\"{","b":"\\"}}`, `{"jsonrpc":"2.0","id":1,"result":{"a":"}\\\"{","b":"\\"}}`},
		{"markup stays as it is", `{"jsonrpc":"2.0","id":1,"method":"<&>"}`, `{"jsonrpc":"2.0","id":1,"result":"<&>"}`},

		{"empty", ``, `-32700 null`},
		{"broken", `{"jsonrpc":"2.0","id":1,"method":`, `-32700 null`},
		{"two values", `{"jsonrpc":"2.0","id":1,"method":"m"}{}`, `-32700 null`},
		{"not UTF-8", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", `-32700 null`},
		{"too deep", `{"jsonrpc":"2.0","id":1,"method":"m","params":` + deep + `}`, `-32700 null`},
		{"batch", `[{"jsonrpc":"2.0","id":1,"method":"m"}]`, `-32600 null`},
		{"empty batch", `[]`, `-32600 null`},
		{"number", `1`, `-32600 null`},
		{"empty object", `{}`, `-32600 null`},
		{"no version", `{"id":1,"method":"m"}`, `-32600 1`},
		{"version 1.0", `{"jsonrpc":"1.0","id":1,"method":"m"}`, `-32600 1`},
		{"version number", `{"jsonrpc":2.0,"id":1,"method":"m"}`, `-32600 1`},
		{"no method", `{"jsonrpc":"2.0","id":1}`, `-32600 1`},
		{"method number", `{"jsonrpc":"2.0","id":1,"method":1}`, `-32600 1`},
		{"method null", `{"jsonrpc":"2.0","id":1,"method":null}`, `-32600 1`},
		{"params string", `{"jsonrpc":"2.0","id":1,"method":"m","params":"p"}`, `-32600 1`},
		{"id object", `{"jsonrpc":"2.0","id":{},"method":"m"}`, `-32600 null`},
		{"id fraction", `{"jsonrpc":"2.0","id":1.5,"method":"m"}`, `-32600 null`},
		{"id exponent", `{"jsonrpc":"2.0","id":1e2,"method":"m"}`, `-32600 null`},
		{"id too big", `{"jsonrpc":"2.0","id":9223372036854775808,"method":"m"}`, `-32600 null`},
		{"id true", `{"jsonrpc":"2.0","id":true,"method":"m"}`, `-32600 null`},
		{"id twice", `{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}`, `-32600 null`},
		{"method twice", `{"jsonrpc":"2.0","id":1,"method":"m","method":"n"}`, `-32600 1`},
		{"params twice", `{"jsonrpc":"2.0","id":1,"method":"m","params":[],"p\u0061rams":[]}`, `-32600 1`},
		{"method and result", `{"jsonrpc":"2.0","id":1,"method":"m","result":1}`, `-32600 1`},
		{"cancel with an id", `{"jsonrpc":"2.0","id":1,"method":"$/cancel","params":{"id":1}}`, `-32600 1`},
	}
	f, _ := raw(t, echo) // one connection for all: it lives after each of them
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			send(t, f, jsonrpc.Text, tt.in)
			got := receive(t, f)
			if strings.HasPrefix(tt.want, "-") {
				var a struct {
					ID    json.RawMessage
					Error jsonrpc.Error
				}
				if err := json.Unmarshal([]byte(got), &a); err != nil {
					t.Fatal(err)
				}
				got = fmt.Sprintf("%d %s", a.Error.Code, a.ID)
			}
			if got != tt.want {
				t.Errorf("%.200s\n got %s\nwant %s", tt.in, got, tt.want)
			}
		})
	}
}

// Frames that must get no answer: what comes back is the answer to the next one.
func TestUnanswered(t *testing.T) {
	for name, in := range map[string]string{
		"notification":               `{"jsonrpc":"2.0","method":"m"}`,
		"null id":                    `{"jsonrpc":"2.0","id":null,"method":"m"}`,
		"unknown answer":             `{"jsonrpc":"2.0","id":77,"result":1}`,
		"error without an id":        `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}`,
		"broken answer":              `{"id":1,"result":1,"error":2}`,
		"cancel of nothing":          `{"jsonrpc":"2.0","method":"$/cancel","params":{"id":5}}`,
		"cancel without params":      `{"jsonrpc":"2.0","method":"$/cancel"}`,
		"cancel with an array":       `{"jsonrpc":"2.0","method":"$/cancel","params":[5]}`,
		"cancel of an object":        `{"jsonrpc":"2.0","method":"$/cancel","params":{"id":{}}}`,
		"failing notification":       `{"jsonrpc":"2.0","method":"fail"}`,
		"notification with a secret": `{"jsonrpc":"2.0","method":"secret"}`,
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := raw(t, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
				if r.Method == "fail" {
					return nil, errors.New("no")
				}
				return jsonrpc.WithSecret{Result: r.Method, Secret: nil}, nil
			})
			send(t, f, jsonrpc.Text, in)
			send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":"next","method":"m"}`)
			if got, want := receive(t, f), `{"jsonrpc":"2.0","id":"next","result":"m"}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestCall(t *testing.T) {
	type point struct{ X, Y int }
	a, b := pair(t, echo, func(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		switch r.Method {
		case "back": // a handler calls the end that called it
			var s string
			err := c.Call(ctx, "back again", nil, &s)
			return s, err
		case "typed":
			return nil, fmt.Errorf("deep inside: %w", &jsonrpc.Error{Code: 42, Message: "typed", Data: json.RawMessage(`{"retries":2}`)})
		case "mapped":
			return nil, io.ErrShortBuffer
		case "internal":
			return nil, errors.New("the path /home/aigul/key")
		case "channel":
			return make(chan int), nil
		case "nested secret":
			return map[string]any{"pin": &jsonrpc.WithSecret{Secret: []byte("1234")}}, nil
		case "bad data":
			return nil, &jsonrpc.Error{Code: 43, Message: "m", Data: json.RawMessage(`{`)}
		case "huge":
			return strings.Repeat("x", limit), nil
		}
		return echo(ctx, c, r)
	}, jsonrpc.WithErrorMapper(func(err error) *jsonrpc.Error {
		if errors.Is(err, io.ErrShortBuffer) {
			return &jsonrpc.Error{Code: 7, Message: "short"}
		}
		return nil
	}))
	ctx := t.Context()

	var p point
	if err := a.Call(ctx, "m", point{3, 4}, &p); err != nil || p != (point{3, 4}) {
		t.Errorf("Call = %v %v, want the params back", p, err)
	}
	var s string
	if err := a.Call(ctx, "back", nil, &s); err != nil || s != "back again" {
		t.Errorf("Call(back) = %q %v", s, err)
	}
	if err := b.Call(ctx, "m", nil, nil); err != nil {
		t.Errorf("Call the other way = %v", err)
	}
	for method, want := range map[string]jsonrpc.Error{
		"typed":         {Code: 42, Message: "typed", Data: json.RawMessage(`{"retries":2}`)},
		"mapped":        {Code: 7, Message: "short"},
		"internal":      {Code: jsonrpc.CodeInternal, Message: "internal error"},
		"channel":       {Code: jsonrpc.CodeInternal, Message: "answer cannot be encoded"},
		"nested secret": {Code: jsonrpc.CodeInternal, Message: "answer cannot be encoded"},
		"bad data":      {Code: 43, Message: "m"},
		"huge":          {Code: jsonrpc.CodeTooLarge, Message: "answer too large"},
	} {
		err := a.Call(ctx, method, nil, nil)
		e, ok := errors.AsType[*jsonrpc.Error](err)
		if !ok || e.Code != want.Code || e.Message != want.Message || !bytes.Equal(e.Data, want.Data) {
			t.Errorf("Call(%s) = %v, want %v", method, err, &want)
		}
	}
	if err := a.Call(ctx, "m", "a string", nil); code(err) != jsonrpc.CodeInvalidRequest {
		t.Errorf("Call with a string for params = %v, want CodeInvalidRequest", err)
	}
	if err := a.Call(ctx, "m", []string{strings.Repeat("x", limit)}, nil); !errors.Is(err, jsonrpc.ErrTooLarge) {
		t.Errorf("Call over the limit = %v, want ErrTooLarge", err)
	}
	if err := a.Call(ctx, "m", make(chan int), nil); err == nil {
		t.Error("Call with a channel for params = nil, want an error")
	}
	if err := a.Call(ctx, "m", []int{1}, &s); err == nil {
		t.Error("Call with a result of another type = nil, want an error")
	}
	if err := a.Call(ctx, "m", nil, &s); err != nil || s != "m" {
		t.Errorf("Call after all that = %q %v: the connection must live", s, err)
	}
}

func TestNoHandler(t *testing.T) {
	a, _ := pair(t, echo, nil)
	if err := a.Call(t.Context(), "m", nil, nil); code(err) != jsonrpc.CodeMethodNotFound {
		t.Errorf("Call = %v, want CodeMethodNotFound", err)
	}
}

func TestBrokenAnswers(t *testing.T) {
	f, c := raw(t, nil)
	for _, answer := range []string{
		`{"jsonrpc":"2.0","id":%d,"result":1,"error":{"code":1,"message":"m"}}`,
		`{"jsonrpc":"2.0","id":%d,"error":null}`,
		`{"jsonrpc":"2.0","id":%d,"error":"no"}`,
		`{"jsonrpc":"1.0","id":%d,"result":1}`,
		`{"jsonrpc":"2.0","id":%d,"result":1,"result":2}`,
	} {
		got := make(chan error, 1)
		go func() { got <- c.Call(context.Background(), "m", nil, nil) }()
		var r struct{ ID int }
		if err := json.Unmarshal([]byte(receive(t, f)), &r); err != nil {
			t.Fatal(err)
		}
		send(t, f, jsonrpc.Text, fmt.Sprintf(answer, r.ID))
		if err := <-got; !errors.Is(err, jsonrpc.ErrAnswer) {
			t.Errorf("Call answered with %s = %v, want ErrAnswer", answer, err)
		}
	}
}

// Requests run beside each other and are answered as they finish.
func TestOutOfOrder(t *testing.T) {
	second := make(chan struct{})
	f, _ := raw(t, func(ctx context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		if r.Method == "first" {
			<-second
		}
		return r.Method, nil
	})
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"first"}`)
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":2,"method":"second"}`)
	if got := receive(t, f); !strings.Contains(got, `"second"`) {
		t.Errorf("first answer is %s, want the second request's", got)
	}
	close(second)
	if got := receive(t, f); !strings.Contains(got, `"first"`) {
		t.Errorf("second answer is %s, want the first request's", got)
	}
}

func TestNotificationsInOrder(t *testing.T) {
	const n = 500 // more than may wait
	var mu sync.Mutex
	var got []int
	all := make(chan struct{})
	a, _ := pair(t, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		var p []int
		if err := json.Unmarshal(r.Params, &p); err != nil || !r.Notification {
			t.Errorf("%s %v, want a notification", r.Params, err)
		}
		mu.Lock()
		defer mu.Unlock()
		if got = append(got, p[0]); len(got) == n {
			close(all)
		}
		return nil, nil
	}, func(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		for i := range n {
			if err := c.Notify(ctx, "progress", []int{i}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	if err := a.Call(t.Context(), "work", nil, nil); err != nil {
		t.Fatal(err)
	}
	<-all
	if !slices.IsSorted(got) {
		t.Errorf("notifications arrived as %v, want the order in which they were sent", got)
	}
}

// What a handler tells the peer goes out before its answer.
func TestNotifyBeforeAnswer(t *testing.T) {
	f, _ := raw(t, func(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		return "done", c.Notify(ctx, "progress", []int{1})
	})
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"m"}`)
	for _, want := range []string{`{"jsonrpc":"2.0","method":"progress","params":[1]}`, `{"jsonrpc":"2.0","id":1,"result":"done"}`} {
		if got := receive(t, f); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
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
		send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}}`)
		if got := receive(t, f); !strings.HasPrefix(got, `{"jsonrpc":"2.0","id":1,"error":{"code":-32800,`) {
			t.Errorf("got %s, want CodeCancelled", got)
		}
		send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","method":"$/cancel","params":{"id":"1"}}`)
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
