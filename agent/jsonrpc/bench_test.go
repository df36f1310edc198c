package jsonrpc_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/jsonrpc"
)

// BenchmarkRoundTrip calls over net.Pipe and, in the same run, moves the same
// bytes there and back with bare reads and writes; x-of-bare is the share of the
// bare round trips per second that the codec reaches.
func BenchmarkRoundTrip(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"40B", 0}, {"4KiB", 4 << 10}, {"5MB", 5_000_000}} {
		b.Run(size.name, func(b *testing.B) {
			params := []string{strings.Repeat("x", size.n)}
			ca, cb := net.Pipe()
			a := jsonrpc.NewConn(jsonrpc.Stream(ca, 8<<20), nil)
			c := jsonrpc.NewConn(jsonrpc.Stream(cb, 8<<20), func(_ context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
				return nil, nil
			})
			serve(b, a)
			serve(b, c)
			frame := []byte(`{"jsonrpc":"2.0","method":"m","id":1,"params":["` + params[0] + `"]}`)
			b.ReportAllocs()
			b.SetBytes(int64(len(frame)))
			for b.Loop() {
				if err := a.Call(context.Background(), "m", params, nil); err != nil {
					b.Fatal(err)
				}
			}
			codec := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(codec, "trips/s")
			b.ReportMetric(codec/bareTrips(b, frame, b.N), "x-of-bare")
		})
	}
}

// bareTrips returns round trips per second without a codec.
func bareTrips(b *testing.B, frame []byte, n int) float64 {
	ca, cb := net.Pipe()
	defer ca.Close()
	answer := []byte(`{"jsonrpc":"2.0","id":1,"result":null}`)
	go func() { // ends when ca closes
		buf := make([]byte, len(frame))
		for {
			if _, err := io.ReadFull(cb, buf); err != nil {
				return
			}
			cb.Write(answer)
		}
	}()
	got := make([]byte, len(answer))
	start := time.Now()
	for range n {
		ca.Write(frame)
		if _, err := io.ReadFull(ca, got); err != nil || !bytes.Equal(got, answer) {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}
