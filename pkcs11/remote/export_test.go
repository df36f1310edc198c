package remote

import (
	"context"
	"io"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/child"
	"qoltanba/agent/jsonrpc"
)

// SetPatience changes the patience with the calls that follow: what a test does before and
// after may take its time. No call may be under way.
func (m *Module) SetPatience(d time.Duration) { m.opts.Patience = d }

// OverForTest opens a token over a pipe whose other end is served already. end
// closes the pipe.
func OverForTest(t *testing.T, rwc io.ReadWriteCloser, id agent.TokenID) (tok agent.Token, end func()) {
	t.Helper()
	m := NewModule(child.Command{}, Options{})
	h := &helper{conn: jsonrpc.NewConn(jsonrpc.Stream(rwc, frameLimit), nil), ready: make(chan struct{})}
	close(h.ready)
	served := make(chan struct{})
	go func() { // ends with the pipe
		defer close(served)
		_ = h.conn.Serve(context.Background())
	}()
	m.current = h
	tok, err := m.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return tok, func() {
		h.end(errEnded)
		<-served
	}
}
