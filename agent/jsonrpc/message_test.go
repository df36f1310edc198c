package jsonrpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"qoltanba/agent/jsonrpc"
)

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
		{"cancel with an id", `{"jsonrpc":"2.0","id":1,"method":"cancel","params":{"id":1}}`, `-32600 1`},
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
		"cancel of nothing":          `{"jsonrpc":"2.0","method":"cancel","params":{"id":5}}`,
		"cancel without params":      `{"jsonrpc":"2.0","method":"cancel"}`,
		"cancel with an array":       `{"jsonrpc":"2.0","method":"cancel","params":[5]}`,
		"cancel of an object":        `{"jsonrpc":"2.0","method":"cancel","params":{"id":{}}}`,
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

// written is an Appender.
type written struct{ err error }

func (w written) AppendJSON(b []byte) ([]byte, error) { return append(b, `{"as":"it is"}`...), w.err }

func TestAppender(t *testing.T) {
	f, _ := raw(t, func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
		if r.Method == "broken" {
			return written{errors.New("broken")}, nil
		}
		return written{}, nil
	})
	for method, want := range map[string]string{
		"good":   `{"jsonrpc":"2.0","id":1,"result":{"as":"it is"}}`,
		"broken": `{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"answer cannot be encoded"}}`,
	} {
		t.Run(method, func(t *testing.T) {
			send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"`+method+`"}`)
			if got := receive(t, f); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}
