package jsonrpc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"qoltanba/agent/jsonrpc"
)

// spy is a Framer that keeps hold of every secret that passes, to see later
// whether it was wiped.
type spy struct {
	jsonrpc.Framer
	read [][]byte
}

func (s *spy) ReadFrame() (jsonrpc.Kind, []byte, error) {
	kind, b, err := s.Framer.ReadFrame()
	if kind == jsonrpc.Secret && err == nil {
		s.read = append(s.read, b)
	}
	return kind, b, err
}

func wiped(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// spied is raw with a spy between.
func spied(t *testing.T, h jsonrpc.Handler) (jsonrpc.Framer, *jsonrpc.Conn, *spy) {
	pa, pb := net.Pipe()
	s := &spy{Framer: jsonrpc.Stream(pa, limit)}
	c := jsonrpc.NewConn(s, h)
	serve(t, c)
	return jsonrpc.Stream(pb, limit*2), c, s
}

func TestCallSecret(t *testing.T) {
	var leftOver, kept, sent []byte
	a, _ := pair(t, nil, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		leftOver = r.Secret
		switch r.Method {
		case "keep":
			kept, r.Secret = r.Secret, nil
		case "back":
			sent = bytes.ToUpper(r.Secret)
			return jsonrpc.WithSecret{Result: len(r.Secret), Secret: sent}, nil
		case "fail":
			sent = []byte("never leaves")
			return jsonrpc.WithSecret{Secret: sent}, errors.New("no")
		case "none":
			if r.Secret != nil {
				return nil, fmt.Errorf("got a secret of %d bytes", len(r.Secret))
			}
		}
		return nil, nil
	})
	ctx := t.Context()
	pin := []byte("pin-1234")

	var n int
	got, err := a.CallSecret(ctx, "back", nil, pin, &n)
	if err != nil || string(got) != "PIN-1234" || n != len(pin) {
		t.Errorf("CallSecret(back) = %q %d %v", got, n, err)
	}
	if string(pin) != "pin-1234" {
		t.Error("CallSecret changed the caller's secret")
	}
	// The next answer shows that the handler of the last one is through.
	if got, err := a.CallSecret(ctx, "none", nil, nil, nil); err != nil || got != nil {
		t.Errorf("CallSecret(none) = %q %v, want no secret", got, err)
	}
	if !wiped(leftOver) || !wiped(sent) {
		t.Errorf("after the answer the request's secret is %q and the answer's %q, want both wiped", leftOver, sent)
	}
	if _, err := a.CallSecret(ctx, "keep", nil, pin, nil); err != nil || string(kept) != "pin-1234" {
		t.Errorf("a secret that the handler took is %q %v, want it whole", kept, err)
	}
	if _, err := a.CallSecret(ctx, "fail", nil, pin, nil); err == nil {
		t.Error("CallSecret(fail) = nil")
	}
	a.Call(ctx, "none", nil, nil)
	if !wiped(sent) || !wiped(leftOver) {
		t.Error("secrets of a failed request are not wiped")
	}
	if got, err := a.CallSecret(ctx, "back", nil, []byte{}, nil); err != nil || got == nil || len(got) != 0 {
		t.Errorf("CallSecret with an empty secret = %v %v, want an empty one back", got, err)
	}
}

// Secrets that nobody takes are wiped, whatever came instead of their message.
func TestSecretWiped(t *testing.T) {
	const call = `{"jsonrpc":"2.0","id":1,"method":"m"}`
	tests := []struct {
		name   string
		frames []string // kind and payload
		want   string   // in one of the answers
	}{
		{"end of the connection", []string{"S1234"}, ``},
		{"broken JSON", []string{"S1234", "J{"}, `-32700`},
		{"invalid request", []string{"S1234", `J{}`}, `-32600`},
		{"unknown answer", []string{"S1234", `J{"jsonrpc":"2.0","id":9,"result":1}`, "J" + call}, `"secret":false`},
		{"cancel", []string{"S1234", `J{"jsonrpc":"2.0","method":"cancel"}`, "J" + call}, `"secret":false`},
		{"cancel with id", []string{"S1234", `J{"jsonrpc":"2.0","id":1,"method":"cancel"}`}, `-32600`},
		{"notification", []string{"S1234", `J{"jsonrpc":"2.0","method":"n"}`, "J" + call}, `"secret":false`},
		{"secret", []string{"S1234", "S5678", "J" + call}, `-32600`},
		{"binary", []string{"S1234", "Bdata", "J" + call}, `-32600`},
		{"too large text", []string{"S1234", "J" + strings.Repeat(" ", limit+1), "J" + call}, `-32001`},
		{"too large secret", []string{"S1234", "S" + strings.Repeat("1", limit+1), "J" + call}, `-32001`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, _, s := spied(t, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
					return map[string]bool{"secret": r.Secret != nil}, nil
				})
				var got strings.Builder
				go func() { // ends with f
					for {
						_, b, err := f.ReadFrame()
						if err != nil {
							return
						}
						got.Write(b)
					}
				}()
				for _, frame := range tt.frames {
					send(t, f, jsonrpc.Kind(frame[0]), frame[1:])
				}
				synctest.Wait()
				if !strings.Contains(got.String(), tt.want) {
					t.Errorf("got %s, want %s in it", got.String(), tt.want)
				}
				f.Close()
				synctest.Wait()
				for _, b := range s.read {
					if !wiped(b) {
						t.Errorf("secret is still %q", b)
					}
				}
				if len(s.read) == 0 {
					t.Error("no secret was read")
				}
			})
		})
	}
}

// A secret beside an answer that nobody asked for, or that is an error, is wiped.
func TestAnswerSecretWiped(t *testing.T) {
	f, c, s := spied(t, nil)
	for i, answer := range []string{`"result":1`, `"error":{"code":1,"message":"no"}`, `"error":1`} {
		called := make(chan error, 1)
		go func() { called <- c.Call(context.Background(), "m", nil, nil) }()
		receive(t, f)
		send(t, f, jsonrpc.Secret, "1234")
		send(t, f, jsonrpc.Text, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,%s}`, i+1, answer))
		if err := <-called; (err == nil) != (i == 0) {
			t.Errorf("Call answered with %s = %v", answer, err)
		}
		if !wiped(s.read[i]) {
			t.Errorf("secret beside %s is still %q", answer, s.read[i])
		}
	}
}

// A secret that is too large must not let its message pass without it.
func TestSecretTooLarge(t *testing.T) {
	f, c := raw(t, func(context.Context, *jsonrpc.Conn, *jsonrpc.Request) (any, error) {
		t.Error("the handler ran without its secret")
		return nil, nil
	})
	send(t, f, jsonrpc.Secret, strings.Repeat("1", limit+1))
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"m"}`)
	if got, want := receive(t, f), `{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"frame too large"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	called := make(chan error, 1)
	go func() { called <- c.Call(context.Background(), "m", nil, nil) }()
	receive(t, f)
	send(t, f, jsonrpc.Secret, strings.Repeat("1", limit+1))
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"result":1}`)
	if err := <-called; !errors.Is(err, jsonrpc.ErrTooLarge) {
		t.Errorf("Call whose answer lost its secret = %v, want ErrTooLarge", err)
	}
}

// When the message behind a secret cannot be sent, the next message must not
// inherit the secret.
func TestSecretWithoutItsMessage(t *testing.T) {
	a, b := pair(t, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		return r.Secret != nil, nil
	}, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		return jsonrpc.WithSecret{Result: strings.Repeat("x", limit), Secret: []byte("1234")}, nil
	})
	got, err := a.CallSecret(t.Context(), "huge answer", nil, nil, nil)
	if code(err) != jsonrpc.CodeTooLarge || got != nil {
		t.Errorf("CallSecret(huge answer) = %q %v, want CodeTooLarge", got, err)
	}
	if _, err := b.CallSecret(t.Context(), "m", []string{strings.Repeat("x", limit)}, []byte("1234"), nil); !errors.Is(err, jsonrpc.ErrTooLarge) {
		t.Errorf("CallSecret(huge params) = %v, want ErrTooLarge", err)
	}
	var secret bool
	if err := b.Call(t.Context(), "m", nil, &secret); err != nil || secret {
		t.Errorf("the next call had a secret: %v %v, want none", secret, err)
	}
}

// noSecrets is the Framer of a page: it carries no Secret frames.
type noSecrets struct{ jsonrpc.Framer }

func (f noSecrets) ReadFrame() (jsonrpc.Kind, []byte, error) {
	kind, b, err := f.Framer.ReadFrame()
	if kind == jsonrpc.Secret {
		clear(b)
		return kind, nil, jsonrpc.ErrKind
	}
	return kind, b, err
}

func (f noSecrets) WriteFrame(kind jsonrpc.Kind, b []byte) error {
	if kind == jsonrpc.Secret {
		return jsonrpc.ErrKind
	}
	return f.Framer.WriteFrame(kind, b)
}

func TestFramerWithoutSecrets(t *testing.T) {
	pa, pb := net.Pipe()
	secret := []byte("1234")
	c := jsonrpc.NewConn(noSecrets{jsonrpc.Stream(pa, limit)}, func(context.Context, *jsonrpc.Conn, *jsonrpc.Request) (any, error) {
		return jsonrpc.WithSecret{Secret: secret}, nil
	})
	serve(t, c)
	f := jsonrpc.Stream(pb, limit)
	if _, err := c.CallSecret(t.Context(), "m", nil, []byte("1"), nil); !errors.Is(err, jsonrpc.ErrKind) {
		t.Errorf("CallSecret = %v, want ErrKind", err)
	}
	send(t, f, jsonrpc.Secret, "1234")
	if got := receive(t, f); !strings.Contains(got, `"id":null,"error":{"code":-32600`) {
		t.Errorf("a Secret frame was answered with %s, want CodeInvalidRequest", got)
	}
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"m"}`)
	if got := receive(t, f); !strings.Contains(got, `"id":1,"error":{"code":-32603`) {
		t.Errorf("an answer with a secret was sent as %s, want CodeInternal", got)
	}
	send(t, f, jsonrpc.Text, `{}`)
	receive(t, f)
	if !wiped(secret) {
		t.Error("the secret that could not be sent is not wiped")
	}
}
