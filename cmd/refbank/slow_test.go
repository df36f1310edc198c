package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"qoltanba/cmd/refbank/server"
)

// installerSize is such that a slow line takes longer than the WriteTimeout.
const installerSize = 6 << 20

// A pipes is a listener whose connections are pipes in memory, of which nothing is read
// ahead: what one end does not read the other can not write.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// dial returns the other end of a connection.
func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// startSlow serves the site of a bank as "serve" does. gone gets a value for each
// connection that the server closed.
func startSlow(t *testing.T, log *slog.Logger, overTLS bool) (p *pipes, roots *x509.CertPool, gone chan struct{}) {
	t.Helper()
	dir := t.TempDir()
	b, err := folder(dir).open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.store.Close() })
	file := filepath.Join(t.TempDir(), "q.deb")
	if err := os.WriteFile(file, make([]byte, installerSize), 0o600); err != nil {
		t.Fatal(err)
	}
	site, err := server.New(t.Context(), server.Config{
		Origin: "http://localhost", Roots: []*x509.Certificate{b.ca.Root()}, Intermediates: []*x509.Certificate{b.ca.Issuing()},
		Store: b.store, SignedDir: filepath.Join(dir, "signed"), SDK: fstest.MapFS{}, Logger: log, Installer: file,
	})
	if err != nil {
		t.Fatal(err)
	}
	served := newServer(site, log)
	gone = make(chan struct{}, 10)
	served.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			gone <- struct{}{}
		}
	}
	if overTLS {
		certificate, err := serverCertificate(b.ca, "localhost")
		if err != nil {
			t.Fatal(err)
		}
		served.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	p = newPipes()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- serve(ctx, service{p, served}) }() // ends by stop, awaited in the cleanup
	t.Cleanup(func() {
		stop()
		<-done                  // Shutdown may have had to close a connection
		time.Sleep(time.Minute) // those who read slowly see that
	})
	roots = x509.NewCertPool()
	roots.AddCert(b.ca.Root())
	return p, roots, gone
}

// TestSlowClients: whoever sends or reads too slowly, or not at all, is given up.
func TestSlowClients(t *testing.T) {
	const get = "GET /installer/q.deb HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, test := range []struct {
		name            string
		sends           string
		then            func(net.Conn) // beside the server
		atLeast, atMost time.Duration
	}{
		{"nothing is sent", "", nil, 10 * time.Second, 10 * time.Second},
		{"half a header", "GET / HTTP/1.1\r\nHost: loc", nil, 10 * time.Second, 10 * time.Second},
		{"a header, letter by letter", "GET / HTTP/1.1\r\nX: ", trickle, 10 * time.Second, 10 * time.Second},
		{"a page is not read", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", nil, time.Minute, 3 * time.Minute},
		{"K125 the installer is not read", get, nil, 3 * time.Minute, 10 * time.Minute},
		{"an answer is read, and nothing is asked any more", "GET /static/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n", func(c net.Conn) {
			io.Copy(io.Discard, c) // to the end of the connection
		}, 2 * time.Minute, 2 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, _, gone := startSlow(t, slog.New(slog.DiscardHandler), false)
				c, err := p.dial(t.Context(), "", "")
				if err != nil {
					t.Fatal(err)
				}
				var beside sync.WaitGroup
				defer beside.Wait()
				defer c.Close()
				begun := time.Now()
				if _, err := io.WriteString(c, test.sends); err != nil {
					t.Fatal(err)
				}
				if test.then != nil {
					beside.Go(func() { test.then(c) }) // ends when the connection does
				}
				<-gone
				if d := time.Since(begun); d < test.atLeast || d > test.atMost {
					t.Errorf("the connection ended after %v, want %v to %v", d, test.atLeast, test.atMost)
				}
			})
		})
	}
}

// trickle sends a byte a second until the connection ends.
func trickle(c net.Conn) {
	for {
		if _, err := c.Write([]byte(" ")); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// TestSlowBody sends a body letter by letter.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _, _ := startSlow(t, slog.New(slog.DiscardHandler), false)
		c, err := p.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := io.WriteString(c, "POST /api/login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 9999\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		var beside sync.WaitGroup
		beside.Go(func() { trickle(c) }) // ends when the connection does
		defer beside.Wait()
		defer c.Close()
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.StatusCode != http.StatusBadRequest || time.Since(begun) != time.Minute {
			t.Errorf("answer %v, %v after %v, want 400 after a minute", answer, err, time.Since(begun))
		}
	})
}

// TestSlowLine gets the whole installer by a line of 20 kilobytes a second, which takes
// longer than any other answer may.
func TestSlowLine(t *testing.T) {
	for _, test := range []struct {
		name    string
		overTLS bool // and HTTP/2
	}{{"K125 HTTP/1", false}, {"K125 HTTP/2", true}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, roots, _ := startSlow(t, slog.New(slog.DiscardHandler), test.overTLS)
				client := http.Client{Transport: transport(func(ctx context.Context, network, address string) (net.Conn, error) {
					c, err := p.dial(ctx, network, address)
					return slowLine{c}, err
				}, roots)}
				defer client.CloseIdleConnections()
				address := "http://localhost/installer/q.deb"
				if test.overTLS {
					address = "https://localhost/installer/q.deb"
				}
				r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Host = "localhost"
				begun := time.Now()
				response, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer response.Body.Close()
				got, err := io.Copy(io.Discard, response.Body)
				if d := time.Since(begun); err != nil || got != installerSize || d < 4*time.Minute {
					t.Errorf("%d bytes, %v after %v by %s, want %d after more than four minutes", got, err, d, response.Proto, installerSize)
				}
				if want := map[bool]int{false: 1, true: 2}[test.overTLS]; response.ProtoMajor != want {
					t.Errorf("by %s, want HTTP/%d", response.Proto, want)
				}
			})
		})
	}
}

// slowLine is a connection that brings 20 kilobytes a second.
type slowLine struct{ net.Conn }

func (l slowLine) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p[:min(len(p), 2<<10)])
	time.Sleep(time.Duration(n) * time.Second / (20 << 10))
	return n, err
}

func transport(dial func(context.Context, string, string) (net.Conn, error), roots *x509.CertPool) *http.Transport {
	return &http.Transport{DialContext: dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}}
}

// TestSlowReadersOfHTTP2 asks by HTTP/2: one takes the installer's first bytes and no more,
// the other stops reading the connection itself.
func TestSlowReadersOfHTTP2(t *testing.T) {
	t.Run("K125 the stream", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, roots, _ := startSlow(t, slog.New(slog.DiscardHandler), true)
			client := http.Client{Transport: transport(p.dial, roots)}
			defer client.CloseIdleConnections()
			begun := time.Now()
			response, err := client.Get("https://localhost/installer/q.deb")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			time.Sleep(10 * time.Minute)
			got, err := io.Copy(io.Discard, response.Body)
			if err == nil || got == installerSize || time.Since(begun) > 11*time.Minute {
				t.Errorf("%d bytes, %v after ten minutes without reading, want that the rest is given up", got, err)
			}
		})
	})
	t.Run("K125 the connection", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, roots, gone := startSlow(t, slog.New(slog.DiscardHandler), true)
			stop := make(chan struct{})
			client := http.Client{Transport: transport(func(ctx context.Context, network, address string) (net.Conn, error) {
				c, err := p.dial(ctx, network, address)
				return stalling{c, stop}, err
			}, roots)}
			defer client.CloseIdleConnections()
			response, err := client.Get("https://localhost/installer/q.deb")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			close(stop)
			begun := time.Now()
			if got, err := io.Copy(io.Discard, response.Body); err == nil || got == installerSize {
				t.Errorf("%d bytes, %v, want that the connection ends before", got, err)
			}
			<-gone
			if d := time.Since(begun); d > 3*time.Minute {
				t.Errorf("the connection ended after %v, want three minutes at most", d)
			}
		})
	})
}

// stalling is a connection of which nothing is read from stop on, until it is closed.
type stalling struct {
	net.Conn
	stop chan struct{}
}

func (s stalling) Read(p []byte) (int, error) {
	select {
	case <-s.stop:
		for range 3600 {
			if err := s.SetReadDeadline(time.Time{}); err != nil { // it was closed
				return 0, err
			}
			time.Sleep(time.Second)
		}
		return 0, errors.New("nobody closed the connection")
	default:
		return s.Conn.Read(p)
	}
}

// A slowLog takes its time for each line, as a bank that has much to do.
type slowLog struct{ slog.Handler }

func (slowLog) Handle(context.Context, slog.Record) error { time.Sleep(5 * time.Minute); return nil }
func (slowLog) Enabled(context.Context, slog.Level) bool  { return true }

// TestSlowBank has a request that takes the bank longer than anybody may read: who waited
// gets the answer.
func TestSlowBank(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _, _ := startSlow(t, slog.New(slowLog{slog.DiscardHandler}), false)
		c, err := p.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		body := `{"user": "nobody", "code": "none"}`
		if _, err := io.WriteString(c, "POST /api/login/code HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 34\r\n\r\n"+body); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusUnauthorized || !strings.Contains(string(text), `"code"`) {
			t.Errorf("answer = %s %q, %v, want 401 code", answer.Status, text, err)
		}
	})
}

// TestLargeHeader: a stranger's header is read no further than any browser's goes.
func TestLargeHeader(t *testing.T) {
	for size, want := range map[int]int{16 << 10: http.StatusOK, 64 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		synctest.Test(t, func(t *testing.T) {
			p, _, _ := startSlow(t, slog.New(slog.DiscardHandler), false)
			c, err := p.dial(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			var beside sync.WaitGroup
			beside.Go(func() { // ends when all was read, or the connection ended
				io.WriteString(c, "GET /static/icon.svg HTTP/1.1\r\nHost: localhost\r\nCookie: x="+strings.Repeat("x", size)+"\r\n\r\n")
			})
			defer beside.Wait()
			defer c.Close()
			answer, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || answer.StatusCode != want {
				t.Errorf("a header of %d bytes: %v, %v, want %d", size, answer, err, want)
			}
		})
	}
}
