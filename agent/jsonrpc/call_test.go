package jsonrpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"qoltanba/agent/jsonrpc"
)

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
		return "done", c.Notify(ctx, "progress", map[string]any{"id": r.ID})
	})
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":"a","method":"m"}`)
	for _, want := range []string{`{"jsonrpc":"2.0","method":"progress","params":{"id":"a"}}`, `{"jsonrpc":"2.0","id":"a","result":"done"}`} {
		if got := receive(t, f); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
