package jsonrpc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"qoltanba/agent/jsonrpc"
)

// recorder notes each Write and each Read's slice, and ends after in.
type recorder struct {
	in     io.Reader
	writes []string
	reads  [][]byte
}

func (r *recorder) Read(b []byte) (int, error) {
	r.reads = append(r.reads, b)
	return r.in.Read(b)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.writes = append(r.writes, string(b))
	return len(b), nil
}

func (r *recorder) Close() error { return nil }

func TestStreamFrames(t *testing.T) {
	var rec recorder
	f := jsonrpc.Stream(&rec, limit)
	large := strings.Repeat("x", 100_000)
	for _, frame := range []string{"J{}", "S1234", "S", "B", "J" + large} {
		if err := f.WriteFrame(jsonrpc.Kind(frame[0]), []byte(frame[1:])); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"J\x00\x00\x00\x02{}",
		"S\x00\x00\x00\x04", "1234", // a secret is joined to nothing
		"S\x00\x00\x00\x00",
		"B\x00\x00\x00\x00",
		"J\x00\x01\x86\xa0", large, // nor is what would cost a copy
	}
	for i, w := range want {
		if i >= len(rec.writes) || rec.writes[i] != w {
			t.Fatalf("write %d of %d is not %.20q", i, len(rec.writes), w)
		}
	}
	rec.in = strings.NewReader(strings.Join(rec.writes, ""))
	for _, want := range []string{"J{}", "S1234", "S", "B", "J" + large} {
		kind, b, err := f.ReadFrame()
		if err != nil || string(kind)+string(b) != want || cap(b) != len(b) {
			t.Fatalf("ReadFrame = %c %.20q %v, want %.20q in a buffer of that size", kind, b, err, want)
		}
	}
	if _, _, err := f.ReadFrame(); err != io.EOF {
		t.Errorf("ReadFrame at the end = %v, want io.EOF", err)
	}
}

func TestStreamErrors(t *testing.T) {
	f := func(in string) jsonrpc.Framer {
		return jsonrpc.Stream(&recorder{in: strings.NewReader(in)}, 16)
	}
	whole := "J\x00\x00\x00\x04abcd"
	for n := 1; n < len(whole); n++ {
		if _, _, err := f(whole[:n]).ReadFrame(); err != io.ErrUnexpectedEOF {
			t.Errorf("frame cut after %d bytes = %v, want io.ErrUnexpectedEOF", n, err)
		}
	}
	large := "J\x00\x00\x00\x11" + strings.Repeat("x", 17)
	s := f(large + whole)
	if kind, b, err := s.ReadFrame(); !errors.Is(err, jsonrpc.ErrTooLarge) || kind != jsonrpc.Text || b != nil {
		t.Errorf("17 bytes of 16 = %c %q %v, want ErrTooLarge", kind, b, err)
	}
	if _, b, err := s.ReadFrame(); err != nil || string(b) != "abcd" {
		t.Errorf("frame after it = %q %v: the stream must go on", b, err)
	}
	if _, _, err := f(large[:10]).ReadFrame(); err != io.ErrUnexpectedEOF {
		t.Errorf("large frame cut = %v, want io.ErrUnexpectedEOF", err)
	}
	if _, _, err := f("warning: driver\n").ReadFrame(); err == nil || errors.Is(err, jsonrpc.ErrKind) {
		t.Errorf("text on the stream = %v, want an error that ends it", err)
	}
	if err := f("").WriteFrame(jsonrpc.Text, make([]byte, 17)); !errors.Is(err, jsonrpc.ErrTooLarge) {
		t.Errorf("WriteFrame over the limit = %v, want ErrTooLarge", err)
	}
}

// A secret that is too large goes through a buffer that is wiped.
func TestStreamDrainWiped(t *testing.T) {
	rec := &recorder{in: strings.NewReader("S\x00\x00\x40\x00" + strings.Repeat("7", 0x4000))}
	if _, _, err := jsonrpc.Stream(rec, 16).ReadFrame(); !errors.Is(err, jsonrpc.ErrTooLarge) {
		t.Fatal(err)
	}
	for _, b := range rec.reads {
		if bytes.ContainsRune(b, '7') {
			t.Error("what was thrown away is still in a buffer")
		}
	}
}

func TestBinary(t *testing.T) {
	var got []byte
	f, c := raw(t, func(context.Context, *jsonrpc.Conn, *jsonrpc.Request) (any, error) {
		return len(got), nil // no lock: the bytes were there before this started
	}, jsonrpc.WithBinary(func(b []byte) error {
		if len(b) == 0 {
			return &jsonrpc.Error{Code: 5, Message: "empty"}
		}
		got = append(got, b...)
		return nil
	}))
	send(t, f, jsonrpc.Binary, "12345")
	send(t, f, jsonrpc.Binary, "678")
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"size"}`)
	if got, want := receive(t, f), `{"jsonrpc":"2.0","id":1,"result":8}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	send(t, f, jsonrpc.Binary, "")
	if got, want := receive(t, f), `{"jsonrpc":"2.0","id":null,"error":{"code":5,"message":"empty"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	sent := make(chan error, 1)
	go func() { sent <- c.SendBinary(context.Background(), []byte("out")) }()
	if kind, b, err := f.ReadFrame(); kind != jsonrpc.Binary || string(b) != "out" || err != nil {
		t.Errorf("ReadFrame = %c %q %v, want the bytes sent", kind, b, err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestBinaryRefused(t *testing.T) {
	f, _ := raw(t, echo)
	send(t, f, jsonrpc.Binary, "1")
	if got := receive(t, f); !strings.Contains(got, `"id":null,"error":{"code":-32600`) {
		t.Errorf("got %s, want CodeInvalidRequest", got)
	}
}

func TestFrameTooLarge(t *testing.T) {
	f, _ := raw(t, echo)
	send(t, f, jsonrpc.Text, strings.Repeat(" ", limit+1))
	if got := receive(t, f); !strings.Contains(got, `"id":null,"error":{"code":-32001`) {
		t.Errorf("got %s, want CodeTooLarge", got)
	}
	send(t, f, jsonrpc.Text, `{"jsonrpc":"2.0","id":1,"method":"m"}`)
	if got := receive(t, f); !strings.Contains(got, `"result":"m"`) {
		t.Errorf("got %s: the connection must live", got)
	}
}

// FuzzServe sends frames cut out of the input (kind, two bytes of length,
// payload) and then a request that must be answered.
func FuzzServe(f *testing.F) {
	for _, s := range []string{
		"0\x00\x01{", "0\x00\x02{}", "0\x00\x02[]", "1\x00\x0412340\x00\x01{", "2\x00\x01x", "1\x00\x001\x00\x00",
		"0\x00\x25{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}",
		"1\x00\x0110\x00\x25{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}",
		"0\x00\x3a{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":1}}  ",
		"0\x00\x25{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[1] }",
		"0\x00\x30{\"jsonrpc\":\"2.0\",\"i\\u0064\":\"\\\"\",\"method\":\"\\\\\"}   ",
		"0\xff\xff{",
	} {
		f.Add([]byte(s))
	}
	const last = `{"jsonrpc":"2.0","id":"the last","method":"m"}`
	f.Fuzz(func(t *testing.T, in []byte) {
		pa, pb := net.Pipe()
		c := jsonrpc.NewConn(jsonrpc.Stream(pa, 512), echo, jsonrpc.WithBinary(func([]byte) error { return nil }))
		served := make(chan error, 1)
		go func() { served <- c.Serve(context.Background()) }()
		peer := jsonrpc.Stream(pb, 1<<20)
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			for len(in) >= 3 { // '0' is a Text frame, '1' a Secret, '2' a Binary
				kind := []jsonrpc.Kind{jsonrpc.Text, jsonrpc.Secret, jsonrpc.Binary}[in[0]%3]
				n := min(int(in[1])<<8|int(in[2]), len(in)-3)
				peer.WriteFrame(kind, in[3:3+n])
				in = in[3+n:]
			}
			peer.WriteFrame(jsonrpc.Text, []byte("0")) // takes a secret that the input ends with
			peer.WriteFrame(jsonrpc.Text, []byte(last))
		}()
		for answered := false; !answered; {
			_, b, err := peer.ReadFrame()
			if err != nil {
				t.Fatalf("connection died: %v", err)
			}
			answered = bytes.Contains(b, []byte(`"id":"the last","result"`))
		}
		<-sent
		pb.Close()
		// An answer to one of the frames may have been under way still.
		if err := <-served; err != nil && !errors.Is(err, io.ErrClosedPipe) {
			t.Fatalf("Serve = %v, want nil", err)
		}
	})
}
