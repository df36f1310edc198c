package bridge_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"qoltanba/agent/agenttest/need"
)

// FuzzFrames sends a page's messages, whatever they are, and wants the
// connection to live, every answer to be JSON-RPC, and nothing to be signed
// that nobody agreed to.
func FuzzFrames(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":"x"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"sign","params":{"documents":[{"name":"a","mediaType":"b","data":"YQ=="}]}}`,
		`{"jsonrpc":"2.0","id":1,"method":"sign","params":{"documents":[{"frame":1},{"frame":-1},{"frame":1e3}],"detached":1}}`,
		`{"jsonrpc":"2.0","id":"a","method":"session.open","params":{"resume":"x"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"challenge":null}}`,
		`{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}`,
		`{"jsonrpc":"2.0","id":1,"method":"session.close","params":[]}`,
		"{", "[]", "null", "\x00\x00\x00\x01document", "",
	} {
		f.Add(true, []byte(seed))
		f.Add(false, []byte(seed))
	}
	c := start(f)
	if ws, _, err := c.dial(context.Background(), from(bankOrigin)); err != nil {
		f.Fatal(err)
	} else {
		ws.Close()
	}
	f.Fuzz(func(t *testing.T, text bool, data []byte) {
		kind := websocket.BinaryMessage
		if text {
			kind = websocket.TextMessage
		}
		ws, _, err := c.dial(context.Background(), from(bankOrigin))
		if err != nil {
			need.Missing(t, "too many connections are ending: %v", err)
		}
		p := newPage(t, ws)
		defer p.close()
		p.write(kind, data)
		// A well-formed request may have opened a session; it asks the person
		// of the script, who agrees. Anything else is answered at once.
		p.write(websocket.TextMessage, []byte(`{"jsonrpc":"2.0","id":"fuzz","method":"hello"}`))
		for {
			ws.SetReadDeadline(time.Now().Add(deadline))
			_, b, err := ws.ReadMessage()
			if err != nil {
				t.Fatalf("the connection ended: %v", err)
			}
			var m message
			if err := json.Unmarshal(b, &m); err != nil {
				t.Fatalf("%q: %v", b, err)
			}
			if string(m.ID) == `"fuzz"` && m.Result != nil {
				break
			}
		}
		if n := c.history.count("sign"); n != 0 {
			t.Fatalf("%d documents were signed without a session", n)
		}
	})
}
