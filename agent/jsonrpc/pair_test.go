package jsonrpc_test

import (
	"bytes"
	"errors"
	"testing"

	"qoltanba/agent/jsonrpc"
)

func TestPair(t *testing.T) {
	for _, c := range [][2]string{{"", ""}, {"1234", ""}, {"", "1234"}, {"1234", "87654321"}} {
		pair, err := jsonrpc.PackPair([]byte(c[0]), []byte(c[1]))
		if err != nil {
			t.Fatal(err)
		}
		first, second, err := jsonrpc.SplitPair(pair)
		if err != nil || string(first) != c[0] || string(second) != c[1] {
			t.Errorf("SplitPair(PackPair(%q)) = %q, %q, %v", c, first, second, err)
		}
		if !bytes.Equal(pair, make([]byte, len(pair))) {
			t.Errorf("the pair of %q is there after SplitPair: %x", c, pair)
		}
	}
	for _, bad := range [][]byte{nil, {0}, {0, 1}, {0, 5, 1, 2, 3, 4}} {
		if _, _, err := jsonrpc.SplitPair(bad); !errors.Is(err, jsonrpc.ErrPair) {
			t.Errorf("SplitPair(%x) = %v, want ErrPair", bad, err)
		}
	}
	if _, err := jsonrpc.PackPair(make([]byte, 1<<16), nil); !errors.Is(err, jsonrpc.ErrPair) {
		t.Errorf("PackPair of a long one = %v, want ErrPair", err)
	}
}
