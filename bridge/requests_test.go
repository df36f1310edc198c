package bridge_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/cms"
)

type signed struct {
	Complete   bool `json:"complete"`
	Signatures []struct {
		Index int        `json:"index"`
		CMS   []byte     `json:"cms"`
		Error *itemError `json:"error"`
	} `json:"signatures"`
}

type itemError struct {
	Code    int    `json:"code"`
	Name    string `json:"name"`
	Message string `json:"message"`
}

func documents(texts ...string) map[string]any {
	var all []any
	for i, text := range texts {
		all = append(all, map[string]any{"name": fmt.Sprint(i, ".txt"), "mediaType": "text/plain", "data": []byte(text)})
	}
	return map[string]any{"documents": all}
}

// The whole path: what comes back is a good signature of the person's key over
// the bytes that were shown, with the site in it.
func TestSignThroughWebSocket(t *testing.T) {
	c := start(t)
	p := c.page()
	s := p.open(1)
	var got signed
	p.result(2, "sign", documents("pay 100 KZT"), &got)
	if !got.Complete || len(got.Signatures) != 1 {
		t.Fatalf("sign = %+v", got)
	}
	v, err := cms.Verify(got.Signatures[0].CMS, trusted())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(v.Certificate.Raw, s.Certificate) || string(v.Content) != "pay 100 KZT" || v.Origin != bankOrigin {
		t.Errorf("signed by %q over %q for %q", v.Certificate.Subject.CommonName, v.Content, v.Origin)
	}
	if cert, err := x509.ParseCertificate(s.Certificate); err != nil || cert.Subject.CommonName != s.Subject {
		t.Errorf("session.open shows %q and certificate %v", s.Subject, err)
	}
	consents := agenttest.Asked[agent.ConsentQuestion](c.person)
	if len(consents) != 1 || consents[0].Origin != bankOrigin {
		t.Errorf("consent was asked for: %+v", consents)
	}
	if n := c.history.count("sign"); n != 1 {
		t.Errorf("%d history records", n)
	}
}

func TestWrongPassword(t *testing.T) {
	t.Run("K64 K112 the window stays until the right one", func(t *testing.T) {
		c := start(t)
		c.person.Do(agenttest.PIN("00000000", pin))
		c.page().open(1)
		tries := c.person.Shown()[0].Tries
		wrong, ok := errors.AsType[*agent.PINError](tries[0])
		if !ok || wrong.Retries != 2 || tries[1] != nil {
			t.Errorf("the window showed %v, want two tries left and then nothing", tries)
		}
	})
	t.Run("K112 given up, the page is told no more than that", func(t *testing.T) {
		c := start(t)
		c.person.Do(agenttest.PIN("00000000"))
		c.page().fails(1, "session.open", map[string]any{}, "denied")
	})
	t.Run("K112 locked is named", func(t *testing.T) {
		c := start(t)
		c.token.SetTries(0)
		c.page().fails(1, "session.open", map[string]any{}, "pin-locked")
	})
}

func TestNoToken(t *testing.T) {
	c := start(t)
	c.tokens.Remove(c.token.ID())
	c.waitFor(func(s agent.Status) bool { return s.Token == agent.TokenAbsent })
	p := c.page()
	p.send(1, "session.open", map[string]any{})
	c.waitFor(func(s agent.Status) bool { return s.Busy }) // the window is open and says so
	c.tokens.Insert(c.token)
	if m := p.answer(1); m.Error != nil {
		t.Errorf("session.open did not go on by itself: %s", m.raw)
	}
}

func TestPageClosedWhileAsked(t *testing.T) {
	for _, method := range []string{"session.open", "authenticate", "sign"} {
		t.Run(method, func(t *testing.T) {
			c := start(t)
			p := c.page()
			p.open(1)
			if method == "session.open" {
				var none struct{}
				p.result(2, "session.close", map[string]any{}, &none)
			}
			answer, held := agenttest.Hold(agenttest.Agree())
			c.person.Do(answer)
			switch method {
			case "sign":
				p.send(3, method, documents("pay 100 KZT"))
			case "authenticate":
				p.send(3, method, map[string]any{"challenge": strings.Repeat("c", 44)})
			default:
				p.send(3, method, map[string]any{})
			}
			<-held.Reached
			p.close()
			c.waitFor(idle)
			shown := c.person.Shown()
			if last := shown[len(shown)-1]; !errors.Is(last.Err, agent.ErrCanceled) {
				t.Errorf("the window ended with %v, want ErrCanceled", last.Err)
			}
			c.page().open(1) // the turn is free
			if n := c.token.Signatures(); n != 0 {
				t.Errorf("%d signatures", n)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	c := start(t)
	p := c.page()
	p.open(1)
	answer, held := agenttest.Hold(agenttest.Agree())
	c.person.Do(answer)
	p.send(2, "sign", documents("pay 100 KZT"))
	<-held.Reached
	p.notify("cancel", map[string]any{"id": 7}) // another request: nothing happens
	p.notify("cancel", map[string]any{"id": 2})
	if m := p.answer(2); m.Error == nil || m.Error.Code != -32800 {
		t.Fatalf("answer = %s, want code -32800", m.raw)
	}
	var got signed
	p.result(3, "sign", documents("pay 100 KZT"), &got) // the connection and the turn are free
	if !got.Complete {
		t.Errorf("sign = %+v", got)
	}
}

func TestSessionOfAnotherPage(t *testing.T) {
	c := start(t)
	first := c.page()
	id := first.open(1).Session
	t.Run("not while a page has it", func(t *testing.T) {
		c.page().fails(1, "session.open", map[string]any{"resume": id}, "no-session")
	})
	t.Run("not from another site", func(t *testing.T) {
		first.close()
		c.waitFor(noSession)
		ws, _, err := c.dial(context.Background(), from(unknown)) // the person agrees
		if err != nil {
			t.Fatal(err)
		}
		p := newPage(t, ws)
		defer p.close()
		p.fails(1, "session.open", map[string]any{"resume": id}, "no-session")
	})
	asked := len(agenttest.Asked[agent.PINQuestion](c.person))
	var s session
	c.page().result(1, "session.open", map[string]any{"resume": id}, &s)
	if n := len(agenttest.Asked[agent.PINQuestion](c.person)); n != asked || s.Session != id {
		t.Errorf("resumed %q, want %q; asked %d times more", s.Session, id, n-asked)
	}
}

func TestHelloMakesWindowsReady(t *testing.T) {
	c := start(t)
	p := c.page()
	if n := c.person.Prepared(); n != 0 {
		t.Errorf("ready %d times before hello", n)
	}
	p.send(1, "hello", map[string]any{})
	p.answer(1)
	if n := c.person.Prepared(); n != 1 {
		t.Errorf("ready %d times after hello", n)
	}
}

// Before a session was agreed to, nothing that a page is sent tells about the
// person or the token, and no event comes.
func TestNothingIdentifying(t *testing.T) {
	c := start(t)
	p := c.page()
	p.send(1, "hello", map[string]any{"client": "test"})
	p.answer(1)
	other := agenttest.NewToken("4712", "Private", pin)
	c.tokens.Insert(other)
	c.waitFor(func(s agent.Status) bool { return len(s.Profiles) == 2 })
	c.tokens.Remove(other.ID())
	c.waitFor(func(s agent.Status) bool { return len(s.Profiles) == 1 })
	p.fails(2, "sign", documents("pay"), "no-session")
	c.person.Do(agenttest.Refuse(), agenttest.PIN("00000000"))
	p.fails(3, "session.open", map[string]any{}, "denied")
	p.fails(4, "session.open", map[string]any{}, "denied")
	p.send(5, "hello", map[string]any{})
	p.answer(5)
	if len(p.notes) != 0 {
		t.Errorf("notifications without a session: %s", p.notes[0].raw)
	}
	for _, secret := range []string{"4711", "4712", "Accounts", "Private", "Memory", "Айгүл", "signing"} {
		if strings.Contains(p.seen.String(), secret) {
			t.Errorf("%q was sent:\n%s", secret, p.seen.String())
		}
	}
}

func TestBatchWithProgress(t *testing.T) {
	const count = 500
	c := start(t)
	p := c.page()
	p.open(1)
	var all []any
	for i := range count {
		p.upload(uint32(i), fmt.Appendf(nil, "order %d", i))
		all = append(all, map[string]any{"name": "o", "mediaType": "text/plain", "frame": i})
	}
	var got signed
	p.result(2, "sign", map[string]any{"documents": all, "detached": false}, &got)
	if !got.Complete || len(got.Signatures) != count {
		t.Fatalf("complete %v, %d signatures", got.Complete, len(got.Signatures))
	}
	for i, s := range got.Signatures {
		if v, err := cms.Verify(s.CMS, trusted()); err != nil || string(v.Content) != fmt.Sprint("order ", i) {
			t.Fatalf("signature %d: %v", i, err)
		}
	}
	last := 0
	for _, n := range p.notes {
		var progress struct{ ID, Done, Total int }
		if err := json.Unmarshal(n.Params, &progress); err != nil {
			t.Fatal(err)
		}
		if n.Method != "progress" || progress.ID != 2 || progress.Total != count || progress.Done <= last {
			t.Errorf("after %d came %s", last, n.raw)
		}
		last = progress.Done
	}
	if last != count {
		t.Errorf("the last progress is %d of %d", last, count)
	}
	if n := len(agenttest.Asked[agent.PINQuestion](c.person)); n != 2 {
		t.Errorf("K114 the password was asked %d times, want once for the session and once for the batch", n)
	}
}

func TestManyConnections(t *testing.T) {
	const connections, requests = 20, 10
	c := start(t)
	var group sync.WaitGroup
	for range connections {
		p := c.page()
		group.Go(func() {
			if err := signMany(p.ws, requests); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := c.token.Signatures(); n != connections*requests {
		t.Errorf("%d signatures, want %d", n, connections*requests)
	}
	if n := c.person.MostAtOnce(); n != 1 {
		t.Errorf("%d windows at once", n)
	}
}

// signMany opens a session and signs; it does not stop the test, as it runs
// beside it.
func signMany(ws *websocket.Conn, requests int) error {
	for id := range requests + 1 {
		method, params := "session.open", map[string]any{}
		if id > 0 {
			method, params = "sign", documents(fmt.Sprint("order ", id))
		}
		if err := ws.WriteJSON(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params}); err != nil {
			return err
		}
		for {
			var m message
			if err := ws.ReadJSON(&m); err != nil {
				return err
			}
			if m.Error != nil {
				return fmt.Errorf("%s: %+v", method, *m.Error)
			}
			if m.Method == "" {
				break
			}
		}
	}
	return nil
}

// A body that is sent along with the request is not read as a message.
func TestDataBeforeHandshake(t *testing.T) {
	c := start(t)
	conn := c.write(append(with("Content-Length: 4"), "", "abcd"))
	defer conn.Close()
	b, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), http.StatusText(http.StatusSwitchingProtocols)) {
		t.Errorf("upgraded: %s", b)
	}
}

func trusted() cms.VerifyOptions {
	return cms.VerifyOptions{Roots: []*x509.Certificate{agenttest.TestCA().Certificate()}}
}
