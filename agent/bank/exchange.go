package bank

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"qoltanba/agent"
)

const (
	maxAnswer  = 1 << 20 // bytes, with the header
	maxInterim = 5       // answers 1xx before the one that counts
	maxText    = 200     // letters of what the bank says
)

// A message is one request with its body.
type message struct {
	method, path string
	contentType  string
	base64       bool // the body is
	body         []byte
	userID       string // for HTTP Basic, when there is a PIN
	pin          *agent.Secret
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	pin    bool // the message had a PIN, so that 429 is about wrong ones
}

// send writes a message over a connection of its own and reads the answer. It
// does so once: nothing is sent again that the bank may count, and no redirect
// is followed. When ctx ends the connection is closed.
//
// The request is written by hand, as net/http keeps the header with the PIN in
// strings, which cannot be wiped. What crypto/tls has of it is encrypted in
// place.
func send(ctx context.Context, conn *tls.Conn, host string, m message) (*answer, error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.NetConn().Close() })
	defer stop()
	request := m.encode(host)
	_, err := conn.Write(request)
	clear(request)
	if err != nil {
		return nil, failed(ctx, err)
	}
	a, err := read(conn, m.method)
	if err != nil {
		return nil, failed(ctx, err)
	}
	a.pin = m.pin != nil
	return a, nil
}

// encode returns the request, which its caller wipes.
func (m message) encode(host string) []byte {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: qoltanba\r\nAccept: */*\r\nConnection: close\r\n", m.method, m.path, host)
	if m.contentType != "" {
		fmt.Fprintf(&head, "Content-Type: %s\r\nContent-Length: %d\r\n", m.contentType, len(m.body))
	}
	if m.base64 {
		head.WriteString("Content-Transfer-Encoding: base64\r\n")
	}
	const basic = "Authorization: Basic "
	var pair []byte
	if m.pin != nil {
		pair = make([]byte, len(m.userID)+1+m.pin.Len())
		pair[copy(pair, m.userID)] = ':'
		copy(pair[len(m.userID)+1:], m.pin.Bytes())
		defer clear(pair)
	}
	// Its full size from the start: to grow would leave a copy.
	out := make([]byte, 0, head.Len()+len(basic)+base64.StdEncoding.EncodedLen(len(pair))+len("\r\n\r\n")+len(m.body))
	out = append(out, head.String()...)
	if m.pin != nil {
		out = append(out, basic...)
		out = base64.StdEncoding.AppendEncode(out, pair)
		out = append(out, "\r\n"...)
	}
	out = append(out, "\r\n"...)
	return append(out, m.body...)
}

func read(conn io.Reader, method string) (*answer, error) {
	limited := &io.LimitedReader{R: conn, N: maxAnswer}
	buffered := bufio.NewReader(limited)
	for range maxInterim {
		r, err := http.ReadResponse(buffered, &http.Request{Method: method})
		if err != nil {
			return nil, err
		}
		if r.StatusCode < 200 {
			continue
		}
		body, err := io.ReadAll(r.Body)
		if err == nil && limited.N == 0 {
			err = fmt.Errorf("more than %d bytes", maxAnswer)
		}
		return &answer{status: r.StatusCode, header: r.Header, body: body}, err
	}
	return nil, fmt.Errorf("more than %d interim answers", maxInterim)
}

// is checks the media type of an answer.
func (a *answer) is(mediaType string) error {
	got, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || got != mediaType {
		return malformed(fmt.Sprintf("%q, want %s", a.header.Get("Content-Type"), mediaType))
	}
	return nil
}

// How long to wait for a bank that says nothing of it, and bounds for one that
// does.
const (
	usualWait   = 5 * time.Second
	leastWait   = time.Second
	longestWait = 7 * 24 * time.Hour
)

// err is what an answer without success means.
func (a *answer) err(now time.Time) error {
	switch a.status {
	case http.StatusAccepted:
		return &agent.PendingError{After: retryAfter(a.header.Get("Retry-After"), now)}
	case http.StatusTooManyRequests: // which is not waited for: the bank counts
		after := retryAfter(a.header.Get("Retry-After"), now)
		if a.pin {
			return &agent.ManyTriesError{After: after}
		}
		return fmt.Errorf("the bank answers %d: %w", a.status, &agent.PendingError{After: after})
	case http.StatusUnauthorized: // 403 is a refusal of somebody who is known
		return fmt.Errorf("the bank answers %d: %w", a.status, agent.ErrCredentials)
	}
	if a.status >= 400 && a.status < 500 {
		return fmt.Errorf("the bank answers %d: %w", a.status, &agent.RejectedError{Text: a.text()})
	}
	return fmt.Errorf("the bank answers %d: %w", a.status, agent.ErrBank)
}

// retryAfter reads Retry-After, seconds or a date (RFC 9110, 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	after := usualWait
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		after = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		after = date.Sub(now)
	}
	return min(max(after, leastWait), longestWait)
}

// text is what the bank says for people: plain text alone.
func (a *answer) text() string {
	if a.is("text/plain") != nil {
		return ""
	}
	return printable(string(a.body))
}

// printable is what may be shown of a text from outside: one line of it, and nothing
// that could change how the rest of a window is read.
func printable(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	var out []rune
	for _, r := range line {
		if len(out) == maxText {
			break
		}
		if r != unicode.ReplacementChar && unicode.IsPrint(r) {
			out = append(out, r)
		}
	}
	return string(out)
}
