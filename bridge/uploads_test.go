package bridge_test

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

func frame(number int) map[string]any {
	return map[string]any{"documents": []any{map[string]any{"name": "a", "mediaType": "text/plain", "frame": number}}}
}

func TestUploads(t *testing.T) {
	c := start(t)
	p := c.page()
	p.open(1)
	var got signed

	t.Run("used up by the request that names it", func(t *testing.T) {
		p.upload(5, []byte("pay"))
		p.result(2, "sign", frame(5), &got)
		p.fails(3, "sign", frame(5), "invalid")
	})
	t.Run("used up by a request that fails", func(t *testing.T) {
		p.upload(5, []byte("pay"))
		both := frame(5)
		both["documents"] = append(both["documents"].([]any), frame(6)["documents"].([]any)...)
		p.fails(4, "sign", both, "invalid") // there is no 6
		p.fails(5, "sign", frame(5), "invalid")
	})
	t.Run("one number twice", func(t *testing.T) {
		p.upload(7, []byte("one"))
		p.upload(7, []byte("two"))
		p.fails(6, "sign", frame(7), "invalid")
		p.upload(7, []byte("three")) // the number is free again
		p.result(7, "sign", frame(7), &got)
	})
	t.Run("one upload for two documents", func(t *testing.T) {
		p.upload(8, []byte("one"))
		both := frame(8)
		both["documents"] = append(both["documents"].([]any), frame(8)["documents"].([]any)...)
		p.fails(8, "sign", both, "invalid")
	})
	t.Run("of another connection", func(t *testing.T) {
		other := c.page()
		other.open(1)
		other.upload(9, []byte("theirs"))
		other.send(2, "hello", map[string]any{})
		other.answer(2) // it was taken
		p.fails(9, "sign", frame(9), "invalid")
	})
	t.Run("an empty one", func(t *testing.T) {
		p.upload(10, nil)
		p.fails(10, "sign", frame(10), "invalid")
	})
	t.Run("number over 32 bits", func(t *testing.T) {
		p.fails(11, "sign", frame(1<<32), "invalid")
	})
}

// Uploads count against the site until nobody holds them any more.
func TestUploadsAreGivenBack(t *testing.T) {
	c := start(t)
	bank, err := agent.ParseOrigin(bankOrigin)
	if err != nil {
		t.Fatal(err)
	}
	first, second := c.page(), c.page()
	first.open(1)
	first.upload(1, []byte("signed"))
	first.upload(2, []byte("never named"))

	answer, held := agenttest.Hold(agenttest.Agree())
	c.person.Do(answer)
	first.send(2, "sign", frame(1))
	<-held.Reached
	if got := c.bridge.Held(bank); got != len("signed"+"never named")+params(t, frame(1)) {
		t.Errorf("%d bytes are held while the person reads", got)
	}
	held.Release()
	first.answer(2)
	if got := c.bridge.Held(bank); got != len("never named") {
		t.Errorf("%d bytes are held after the signature", got)
	}
	first.close()
	for end := time.Now().Add(deadline); c.bridge.Held(bank) != 0; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d bytes are held after the page has gone", c.bridge.Held(bank))
		}
	}
	second.send(1, "hello", map[string]any{}) // the site itself is still there
	second.answer(1)
}

// params is the size of a request's params.
func params(t *testing.T, v any) int {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return len(b)
}

// Requests that wait count as well, so that one site cannot fill the memory.
func TestWaitingRequestsAreCapped(t *testing.T) {
	c := start(t)
	bank, err := agent.ParseOrigin(bankOrigin)
	if err != nil {
		t.Fatal(err)
	}
	p := c.page()
	p.open(1)
	first, second := documents(strings.Repeat("x", 600)), documents(strings.Repeat("y", 600))
	c.bridge.Fill(bank, params(t, first)+params(t, second)-1)
	answer, held := agenttest.Hold(agenttest.Agree())
	c.person.Do(answer)
	p.send(2, "sign", first)
	<-held.Reached
	p.fails(3, "sign", second, "too-large")
	held.Release()
	if m := p.answer(2); m.Error != nil {
		t.Errorf("the first request: %s", m.raw)
	}
	var got signed
	p.result(4, "sign", second, &got)
}

// A message of nothing but empty documents is not taken apart.
func TestEmptyDocumentsAreNotDecoded(t *testing.T) {
	c := start(t)
	p := c.page()
	p.open(1)
	p.fails(2, "sign", map[string]any{"documents": make([]any, 1<<20)}, "too-large")
	p.fails(3, "sign", map[string]any{"documents": make([]any, 2)}, "invalid")
}

// What holds no document is small.
func TestLargeRequestsWithoutDocuments(t *testing.T) {
	c := start(t)
	p := c.page()
	long := strings.Repeat("x", 64<<10)
	for i, method := range []string{"hello", "session.open", "session.close", "authenticate"} {
		p.fails(1+i, method, map[string]any{"resume": long}, "too-large")
	}
	p.text(`{"jsonrpc":"2.0","id":"` + long + `","method":"hello"}`)
	if m := p.next(); m.Error == nil || m.Error.Data.Name != "too-large" {
		t.Errorf("a long id: %.100s", m.raw)
	}
}

func TestTooLargeMessages(t *testing.T) {
	c := start(t)
	p := c.page()
	p.open(1)
	refused := func(about string) {
		t.Helper()
		m := p.next()
		if m.Error == nil || m.Error.Code != -32001 || string(m.ID) != "null" {
			t.Fatalf("%s: %.200s, want code -32001", about, m.raw)
		}
		p.send(2, "hello", map[string]any{})
		if m := p.answer(2); m.Error != nil {
			t.Errorf("%s: the connection does not live: %s", about, m.raw)
		}
	}
	p.write(websocket.TextMessage, bytes.Repeat([]byte(" "), 16<<20+1))
	refused("JSON")
	p.write(websocket.BinaryMessage, make([]byte, 4+agent.MaxDocumentBytes+1))
	refused("document")

	var got signed
	p.upload(1, bytes.Repeat([]byte("x"), agent.MaxDocumentBytes))
	p.result(3, "sign", map[string]any{"detached": true, "documents": []any{
		map[string]any{"name": "a", "mediaType": "text/plain", "frame": 1}}}, &got)
	if !got.Complete {
		t.Errorf("a document of the largest size was not signed: %+v", got)
	}
}
