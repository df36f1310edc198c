package bridge_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// deadline keeps a test that waits for a message that never comes from
// hanging; no test passes because of it.
const deadline = time.Minute

// A message is anything that the agent sends.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *wireError      `json:"error"`
	raw    []byte
}

type wireError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    struct {
		Name    string `json:"name"`
		Retries *int   `json:"retries"`
	} `json:"data"`
}

// page is a page's end of a connection.
type page struct {
	t     testing.TB
	ws    *websocket.Conn
	notes []message       // notifications that came before an answer
	seen  strings.Builder // everything that came
	once  sync.Once
}

func newPage(t testing.TB, ws *websocket.Conn) *page { return &page{t: t, ws: ws} }

// close goes away as a page does that is closed: without a word.
func (p *page) close() { p.once.Do(func() { p.ws.Close() }) }

func (p *page) write(kind int, b []byte) {
	p.t.Helper()
	if err := p.ws.WriteMessage(kind, b); err != nil {
		p.t.Fatalf("sending: %v", err)
	}
}

func (p *page) text(s string) { p.t.Helper(); p.write(websocket.TextMessage, []byte(s)) }

func (p *page) send(id int, method string, params any) {
	p.t.Helper()
	b, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(websocket.TextMessage, b)
}

func (p *page) notify(method string, params any) {
	p.t.Helper()
	b, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(websocket.TextMessage, b)
}

func (p *page) upload(number uint32, data []byte) {
	p.t.Helper()
	p.write(websocket.BinaryMessage, append(binary.BigEndian.AppendUint32(nil, number), data...))
}

// next returns the next message.
func (p *page) next() message {
	p.t.Helper()
	m, err := p.read()
	if err != nil {
		p.t.Fatalf("reading: %v", err)
	}
	return m
}

func (p *page) read() (message, error) {
	p.ws.SetReadDeadline(time.Now().Add(deadline))
	_, b, err := p.ws.ReadMessage()
	if err != nil {
		return message{}, err
	}
	p.seen.Write(b)
	m := message{raw: b}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("%q: %w", b, err)
	}
	return m, nil
}

// answer returns the answer to a request; notifications before it are kept.
func (p *page) answer(id int) message {
	p.t.Helper()
	for {
		m := p.next()
		if m.Method != "" {
			p.notes = append(p.notes, m)
			continue
		}
		if got := string(m.ID); got != fmt.Sprint(id) {
			p.t.Fatalf("answer to %s, want %d: %s", got, id, m.raw)
		}
		return m
	}
}

// note returns the next notification of that name, which may have come already.
func (p *page) note(method string) message {
	p.t.Helper()
	for {
		m := message{}
		if len(p.notes) > 0 {
			m, p.notes = p.notes[0], p.notes[1:]
		} else {
			m = p.next()
		}
		if m.Method == method {
			return m
		}
	}
}

// result asks and returns a result, or fails the test.
func (p *page) result(id int, method string, params any, into any) {
	p.t.Helper()
	p.send(id, method, params)
	m := p.answer(id)
	if m.Error != nil {
		p.t.Fatalf("%s: %+v", method, *m.Error)
	}
	if err := json.Unmarshal(m.Result, into); err != nil {
		p.t.Fatalf("%s: %v", method, err)
	}
}

// fails asks and wants an error of that name.
func (p *page) fails(id int, method string, params any, name string) *wireError {
	p.t.Helper()
	p.send(id, method, params)
	m := p.answer(id)
	if m.Error == nil || m.Error.Data.Name != name {
		p.t.Fatalf("%s = %s, want error %q", method, m.raw, name)
	}
	return m.Error
}

type session struct {
	Session     string `json:"session"`
	Certificate []byte `json:"certificate"`
	Subject     string `json:"subject"`
}

func (p *page) open(id int) session {
	p.t.Helper()
	var s session
	p.result(id, "session.open", map[string]any{}, &s)
	return s
}

// closed reads until the agent has closed and returns the close code.
func (p *page) closed() int {
	p.t.Helper()
	for {
		_, err := p.read()
		if e, ok := errors.AsType[*websocket.CloseError](err); ok {
			return e.Code
		}
		if err != nil {
			p.t.Fatalf("the connection ended with %v, not with a close message", err)
		}
	}
}

// noDeadline is for control messages that need none.
var noDeadline time.Time
