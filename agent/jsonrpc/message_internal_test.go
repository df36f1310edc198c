package jsonrpc

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzMembers compares the walk over an object with encoding/json's.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{
		`{}`, ` {"a":1}`, `{"a" : "\\" , "b":"\"}","c":[{"d":[]},"]"],"e":{"f":-1.5e+3},"g":true,"":null}`,
		`{"\u0061":1,"é":"\\\\\\\"","A":[ ]}`, `[1]`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var want map[string]json.RawMessage
		start := bytes.IndexByte(in, '{')
		if start < 0 || !utf8.Valid(in) || json.Unmarshal(in[start:], &want) != nil {
			return
		}
		got := make(map[string]json.RawMessage)
		for name, value := range members(in[start:]) {
			got[name] = value // of two the last, as encoding/json has it
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %d members, want %d", in, len(got), len(want))
		}
		for name, value := range want {
			if !bytes.Equal(got[name], value) {
				t.Errorf("%q: member %q is %q, want %q", in, name, got[name], value)
			}
		}
	})
}
