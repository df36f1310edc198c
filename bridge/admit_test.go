package bridge_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// upgrade is a request as a browser sends it; PORT is replaced.
var upgrade = []string{
	"GET /v1 HTTP/1.1",
	"Host: 127.0.0.1:PORT",
	"Connection: Upgrade",
	"Upgrade: websocket",
	"Origin: " + bankOrigin,
	"Sec-WebSocket-Version: 13",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
}

// with returns upgrade with the line that begins like one of these replaced,
// or added when there is none; "-Name:" removes a line.
func with(lines ...string) []string {
	all := append([]string(nil), upgrade...)
	for _, line := range lines {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "-"), ":")
		found := false
		for i, old := range all {
			if i == 0 && strings.Contains(line, " HTTP/") || i > 0 && strings.HasPrefix(old, name+":") {
				all[i], found = line, true
			}
		}
		if !found {
			all = append(all, line)
		}
	}
	out := all[:0]
	for _, line := range all {
		if !strings.HasPrefix(line, "-") {
			out = append(out, line)
		}
	}
	return out
}

// write sends a request as it stands.
func (c *computer) write(lines []string) net.Conn {
	c.t.Helper()
	port := strconv.Itoa(c.bridge.Port())
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		c.t.Fatal(err)
	}
	request := strings.ReplaceAll(strings.Join(lines, "\r\n")+"\r\n\r\n", "PORT", port)
	if _, err := io.WriteString(conn, request); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// ask sends a request and returns the answer with its body.
func (c *computer) ask(lines []string) (*http.Response, string) {
	c.t.Helper()
	conn := c.write(lines)
	defer conn.Close()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return response, ""
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, string(body)
}

// The rules before the upgrade, as far as they depend on one request alone.
func TestAdmission(t *testing.T) {
	c := start(t)
	tests := []struct {
		about  string
		lines  []string
		status int
	}{
		{"K1 the bank's page", upgrade, 101},
		{"K1 localhost as Host", with("Host: localhost:PORT"), 101},

		{"Host of another name (DNS rebinding)", with("Host: evil.example:PORT"), 421},
		{"Host of another name, our port missing", with("Host: evil.example"), 421},
		{"Host without port", with("Host: 127.0.0.1"), 421},
		{"Host with another port", with("Host: 127.0.0.1:1"), 421},
		{"Host [::1]", with("Host: [::1]:PORT"), 421},
		{"Host 127.1", with("Host: 127.1:PORT"), 421},
		{"Host with a dot at its end", with("Host: localhost.:PORT"), 421},
		{"target with another authority", with("GET http://evil.example/v1 HTTP/1.1"), 421},

		{"another path", with("GET / HTTP/1.1"), 404},
		{"a longer path", with("GET /v1/ HTTP/1.1"), 404},
		{"a query", with("GET /v1?x HTTP/1.1"), 404},
		{"another spelling of the path", with("GET /%76%31 HTTP/1.1"), 404},
		{"POST", with("POST /v1 HTTP/1.1"), 405},
		{"preflight", with("OPTIONS /v1 HTTP/1.1", "Access-Control-Request-Private-Network: true", "Access-Control-Request-Method: GET"), 405},
		{"OPTIONS *", with("OPTIONS * HTTP/1.1"), 404},

		{"not a WebSocket", with("-Upgrade:", "-Connection:"), 403},
		{"another upgrade", with("Upgrade: h2c"), 403},
		{"an older WebSocket", with("Sec-WebSocket-Version: 8"), 403},
		{"no WebSocket key", with("-Sec-WebSocket-Key:"), 403},

		{"not a WebSocket, from a site that would be asked about", with("-Upgrade:", "Origin: "+unknown), 403},

		{"no Origin", with("-Origin:"), 403},
		{"empty Origin", with("Origin:"), 403},
		{"null Origin", with("Origin: null"), 403},
		{"two Origins", append(with(), "Origin: "+bankOrigin), 403},
		{"two Origins in one", with("Origin: " + bankOrigin + ", " + bankOrigin), 403},
		{"two Origins with a space", with("Origin: " + bankOrigin + " " + bankOrigin), 403},
		{"http", with("Origin: http://ib.bank.kz"), 403},
		{"ws", with("Origin: ws://ib.bank.kz"), 403},
		{"file", with("Origin: file://"), 403},
		{"extension", with("Origin: chrome-extension://abcdefgh"), 403},
		{"userinfo", with("Origin: https://ib.bank.kz@evil.example"), 403},
		{"userinfo before the bank", with("Origin: https://evil@ib.bank.kz"), 403},
		{"slash", with("Origin: https://ib.bank.kz/"), 403},
		{"path", with("Origin: https://ib.bank.kz/x"), 403},
		{"query", with("Origin: https://ib.bank.kz?x"), 403},
		{"fragment", with("Origin: https://ib.bank.kz#x"), 403},
		{"capitals in the scheme", with("Origin: HTTPS://ib.bank.kz"), 403},
		{"capitals in the host", with("Origin: https://IB.bank.kz"), 403},
		{"default port", with("Origin: https://ib.bank.kz:443"), 403},
		{"dot at the end", with("Origin: https://ib.bank.kz."), 403},
		{"backslash", with(`Origin: https://ib.bank.kz\evil.example`), 403},
		{"encoded dot", with("Origin: https://ib%2ebank.kz"), 403},
		{"Cyrillic letter", with("Origin: https://ib.bаnk.kz"), 403},
		{"address", with("Origin: https://93.184.216.34"), 403},
		{"name without a dot", with("Origin: https://bank"), 403},
		{"look-alike", with("Origin: https://ib.bank.kz.evil.example"), 403},
		{"look-alike by a hyphen", with("Origin: https://ib-bank.kz"), 403},
	}
	for _, test := range tests {
		t.Run(test.about, func(t *testing.T) {
			c.t = t
			response, body := c.ask(test.lines)
			if response.StatusCode != test.status {
				t.Fatalf("status = %d, want %d", response.StatusCode, test.status)
			}
			if test.status == 101 {
				return
			}
			if body != "" {
				t.Errorf("body = %q", body)
			}
			for name := range response.Header {
				if name != "Content-Length" && name != "Connection" {
					t.Errorf("header %s: %s", name, response.Header.Get(name))
				}
			}
		})
	}
	if asked := agenttest.Asked[agent.SiteQuestion](c.person); len(asked) != 0 {
		t.Errorf("the person was asked: %v", asked)
	}
}

func TestNoHeadersForOtherOrigins(t *testing.T) {
	c := start(t)
	response, _ := c.ask(upgrade)
	for name := range response.Header {
		if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "Sec-Websocket-Extensions" {
			t.Errorf("header %s: %s", name, response.Header.Get(name))
		}
	}
}

// A page of this computer is served by demo builds only; a person is not even
// asked about one otherwise. Run with -tags demo for the other half.
func TestLocalhostOrigins(t *testing.T) {
	for _, origin := range []string{"http://localhost:8080", "https://localhost", "http://127.0.0.1:8080", "http://[::1]:8080"} {
		t.Run(origin, func(t *testing.T) {
			c := start(t)
			ws, status, _ := c.dial(context.Background(), from(origin))
			if ws != nil {
				ws.Close()
			}
			asked := len(agenttest.Asked[agent.SiteQuestion](c.person))
			if demo && (status != 101 || asked != 1) {
				t.Errorf("demo build: status %d, person asked %d times, want 101 and 1", status, asked)
			}
			if !demo && (status != 403 || asked != 0) {
				t.Errorf("release build: status %d, person asked %d times, want 403 and 0", status, asked)
			}
		})
	}
}

const unknown = "https://erp.example"

func TestUnknownOriginIsHeld(t *testing.T) {
	for _, test := range []struct {
		about  string
		answer agenttest.Answer
		status int
	}{
		{"agreed", agenttest.Agree(), 101},
		{"refused", agenttest.Refuse(), 403},
		{"no window", agenttest.Fail(agent.ErrNoWindow), 403},
	} {
		t.Run(test.about, func(t *testing.T) {
			c := start(t)
			answer, held := agenttest.Hold(test.answer)
			c.person.Do(answer)
			status := make(chan int, 1)
			go func() { // ends with the dial
				ws, s, _ := c.dial(context.Background(), from(unknown))
				if ws != nil {
					ws.Close()
				}
				status <- s
			}()
			<-held.Reached
			// The bank's page is served meanwhile.
			var hello map[string]any
			c.page().result(1, "hello", map[string]any{}, &hello)
			select {
			case s := <-status:
				t.Fatalf("the site was answered %d before the person", s)
			default:
			}
			held.Release()
			if s := <-status; s != test.status {
				t.Errorf("status = %d, want %d", s, test.status)
			}
		})
	}

	t.Run("page closed while the person is asked", func(t *testing.T) {
		c := start(t)
		answer, held := agenttest.Hold(agenttest.Agree())
		c.person.Do(answer)
		conn := c.write(with("Origin: " + unknown))
		<-held.Reached
		conn.Close()
		c.waitFor(idle)
		shown := c.person.Shown()
		if len(shown) != 1 || !errors.Is(shown[0].Err, agent.ErrCanceled) {
			t.Errorf("the question ended with %+v", shown)
		}
	})

	t.Run("K1 managed PC asks nobody", func(t *testing.T) {
		c := start(t, func(a *agent.Config) { a.Managed = true })
		if _, status, _ := c.dial(context.Background(), from(unknown)); status != 403 {
			t.Errorf("status = %d", status)
		}
		if _, status, _ := c.dial(context.Background(), from(bankOrigin)); status != 101 {
			t.Errorf("the bank's status = %d", status)
		}
		if n := len(c.person.Shown()); n != 0 {
			t.Errorf("the person was asked %d times", n)
		}
	})
}

func TestCrowd(t *testing.T) {
	const maxOfOne = 24
	c := start(t)
	var all []*websocket.Conn
	defer func() {
		for _, ws := range all {
			ws.Close()
		}
	}()
	for i := range maxOfOne {
		ws, status, err := c.dial(context.Background(), from(bankOrigin))
		if err != nil {
			t.Fatalf("connection %d: %d %v", i+1, status, err)
		}
		all = append(all, ws)
	}
	if _, status, _ := c.dial(context.Background(), from(bankOrigin)); status != 403 {
		t.Errorf("status of one too many = %d, want 403", status)
	}
	t.Run("another site is not kept out", func(t *testing.T) {
		ws, status, err := c.dial(context.Background(), from(unknown)) // the person agrees
		if err != nil {
			t.Fatalf("%d %v", status, err)
		}
		ws.Close()
	})
	t.Run("a place is free when one has gone", func(t *testing.T) {
		p := newPage(t, all[0])
		all[0].WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), noDeadline)
		p.closed()
		for { // the agent counts it out right after it has said goodbye
			ws, status, err := c.dial(context.Background(), from(bankOrigin))
			if err == nil {
				ws.Close()
				return
			}
			if status != 403 {
				t.Fatal(err)
			}
		}
	})
}

func TestRefusalsOfOneShape(t *testing.T) {
	c := start(t, func(a *agent.Config) { a.Managed = true })
	shape := func(lines []string) string {
		r, body := c.ask(lines)
		return fmt.Sprint(r.StatusCode, r.Header, body)
	}
	want := shape(with("Origin: " + unknown))
	for about, lines := range map[string][]string{
		"malformed":  with("Origin: https://x/"),
		"look-alike": with("Origin: https://ib.bank.kz.evil.example"),
		"no key":     with("-Sec-WebSocket-Key:"),
		"bad key":    with("Sec-WebSocket-Key: x"),
	} {
		if got := shape(lines); got != want {
			t.Errorf("%s: %s, want %s", about, got, want)
		}
	}
}
