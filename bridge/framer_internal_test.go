package bridge

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

// hijacked is the ResponseWriter of a connection that is given away.
type hijacked struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// pair returns the two ends of a WebSocket over a pipe.
func pair(t *testing.T) (agentEnd, pageEnd *websocket.Conn) {
	t.Helper()
	a, b := net.Pipe()
	upgraded := make(chan *websocket.Conn)
	go func() { // ends with the handshake
		r, err := http.ReadRequest(bufio.NewReader(a))
		if err != nil {
			t.Error(err)
		}
		ws, err := New(Config{}).upgrader.Upgrade(hijacked{httptest.NewRecorder(), a}, r, nil)
		if err != nil {
			t.Error(err)
		}
		upgraded <- ws
	}()
	d := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return b, nil }}
	pageEnd, _, err := d.Dial("ws://127.0.0.1/v1", nil)
	if err != nil {
		t.Fatal(err)
	}
	return <-upgraded, pageEnd
}

// connect returns the uploads of a site's first connection.
func connect(t *testing.T) *uploads {
	t.Helper()
	v, err := new(visitors).from(agent.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return &uploads{visit: v}
}

func TestPings(t *testing.T) {
	t.Run("a page that gives no sign of life is noticed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			agentEnd, pageEnd := pair(t)
			defer agentEnd.Close()
			defer pageEnd.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f := newFramer(agentEnd, connect(t))
			go f.ping(ctx) // ends with ctx
			begin := time.Now()
			if _, _, err := f.ReadFrame(); err == nil {
				t.Error("ReadFrame = nil")
			}
			if got := time.Since(begin); got != deadAfter {
				t.Errorf("noticed after %v, want %v", got, deadAfter)
			}
		})
	})
	t.Run("a page that has nothing to say stays", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			agentEnd, pageEnd := pair(t)
			defer agentEnd.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f := newFramer(agentEnd, connect(t))
			go f.ping(ctx) // ends with ctx
			go func() {    // ends with the connection; it answers pings
				for {
					if _, _, err := pageEnd.ReadMessage(); err != nil {
						return
					}
				}
			}()
			time.AfterFunc(10*deadAfter, func() { pageEnd.WriteMessage(websocket.TextMessage, []byte("still here")) })
			kind, b, err := f.ReadFrame()
			if err != nil || kind != jsonrpc.Text || string(b) != "still here" {
				t.Errorf("ReadFrame = %c %q, %v", kind, b, err)
			}
			pageEnd.Close()
		})
	})
}

func TestFramerCarriesTextOnly(t *testing.T) {
	f := framer{}
	for _, kind := range []jsonrpc.Kind{jsonrpc.Secret, jsonrpc.Binary} {
		if err := f.WriteFrame(kind, nil); err != jsonrpc.ErrKind {
			t.Errorf("WriteFrame(%c) = %v, want ErrKind", kind, err)
		}
	}
}

// A message takes the site's room while it is read; one that finds none is not
// held, and the request that names such a document hears why.
func TestReadingTakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agentEnd, pageEnd := pair(t)
		defer agentEnd.Close()
		defer pageEnd.Close()
		u := connect(t)
		f := newFramer(agentEnd, u)
		document := func(number uint32) []byte {
			return append(binary.BigEndian.AppendUint32(nil, number), make([]byte, 1<<20)...)
		}
		free := maxHeldOf - freeBytes
		u.visit.reserve(free, maxHeldOf)
		go func() { // ends when all of it was read
			pageEnd.WriteMessage(websocket.TextMessage, document(0))
			pageEnd.WriteMessage(websocket.BinaryMessage, document(1))
			u.visit.release(free)
			pageEnd.WriteMessage(websocket.BinaryMessage, document(2))
		}()
		if kind, b, err := f.ReadFrame(); kind != jsonrpc.Text || len(b) != 0 || !errors.Is(err, jsonrpc.ErrTooLarge) {
			t.Errorf("a request without room: %c of %d bytes, %v, want ErrTooLarge", kind, len(b), err)
		}
		kind, b, err := f.ReadFrame()
		if kind != jsonrpc.Binary || len(b) != len(document(2)) || b[3] != 2 || err != nil {
			t.Errorf("ReadFrame = %c of %d bytes, %v, want the second document", kind, len(b), err)
		}
		if cap(b) > len(b)+len(b)/4 {
			t.Errorf("a document of %d bytes holds %d", len(b), cap(b))
		}
		if _, err := u.use(1); !errors.Is(err, agent.ErrTooLarge) {
			t.Errorf("the document without room: %v, want ErrTooLarge", err)
		}
		if u.visit.site.held != 0 {
			t.Errorf("%d bytes are still counted", u.visit.site.held)
		}
	})
}
