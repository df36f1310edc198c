package bridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

const (
	frameNumberBytes = 4
	maxText          = 16 << 20 // a JSON message of a page; larger documents are uploaded
	maxBinary        = frameNumberBytes + agent.MaxDocumentBytes
	// freeBytes of each message are read without asking for room.
	freeBytes = 64 << 10
	// A message over its limit is read to its end and thrown away, so that the
	// connection lives; one over this limit ends it.
	maxMessage = 4 * maxBinary

	pingEvery    = 20 * time.Second
	deadAfter    = 3 * pingEvery // without a sign of life
	closeTimeout = time.Second
)

// framer carries JSON-RPC over a WebSocket: text messages are requests and
// answers, binary messages are uploaded documents.
type framer struct {
	ws      *websocket.Conn
	uploads *uploads // told of those that find no room
}

var _ jsonrpc.Framer = framer{}

func newFramer(ws *websocket.Conn, u *uploads) framer {
	ws.SetReadLimit(maxMessage)
	f := framer{ws, u}
	f.alive()
	ws.SetPongHandler(func(string) error { f.alive(); return nil })
	return f
}

// alive gives the page its time anew.
func (f framer) alive() { f.ws.SetReadDeadline(time.Now().Add(deadAfter)) }

// ReadFrame implements jsonrpc.Framer. A document for which there is no room is
// passed over, and told to the request that names it.
func (f framer) ReadFrame() (jsonrpc.Kind, []byte, error) {
	for {
		kind, b, err := f.next()
		switch {
		case errors.Is(err, errNoRoom) && kind == jsonrpc.Binary:
			f.uploads.refuse(b)
		case errors.Is(err, errNoRoom):
			return kind, nil, jsonrpc.ErrTooLarge
		case errors.As(err, new(*websocket.CloseError)):
			return kind, nil, io.EOF // the page's own words for it are not looked at
		case err != nil && !errors.Is(err, jsonrpc.ErrTooLarge):
			return kind, nil, fmt.Errorf("reading from the page: %w", err)
		default:
			return kind, b, err
		}
	}
}

// next reads a message. One that is too large, or finds no room, is read to its
// end and thrown away.
func (f framer) next() (jsonrpc.Kind, []byte, error) {
	kind, limit := jsonrpc.Text, maxText
	messageType, r, err := f.ws.NextReader()
	if err != nil {
		return kind, nil, err
	}
	if messageType == websocket.BinaryMessage {
		kind, limit = jsonrpc.Binary, maxBinary
	}
	b, err := f.read(r, limit)
	if errors.Is(err, errNoRoom) || errors.Is(err, jsonrpc.ErrTooLarge) {
		if _, bad := io.Copy(io.Discard, r); bad != nil {
			err = bad
		}
	}
	f.alive()
	return kind, b, err
}

// errNoRoom: the site holds all it may.
var errNoRoom = errors.New("no room for the message")

// read reads a message of at most limit bytes, with room of the site's taken
// as it grows, as its length is not known before. The room is given back when
// it has been read: whoever keeps the message takes room for it. With
// errNoRoom comes the message's beginning.
func (f framer) read(r io.Reader, limit int) ([]byte, error) {
	b, held := make([]byte, 0, 512), 0
	defer func() { f.uploads.visit.release(held) }()
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case len(b) > limit:
			return nil, jsonrpc.ErrTooLarge
		case err == io.EOF:
			if cap(b) > max(freeBytes, len(b)+len(b)/4) {
				b = bytes.Clone(b) // it may be kept, and counts by its length
			}
			return b, nil
		case err != nil:
			return nil, err
		case len(b) == cap(b):
			room := min(2*cap(b), limit+1)
			if room > freeBytes {
				if !f.uploads.visit.reserve(room-held, maxHeldOf) {
					return b, errNoRoom
				}
				held = room
			}
			b = append(make([]byte, 0, room), b...)
		}
	}
}

func (f framer) WriteFrame(kind jsonrpc.Kind, b []byte) error {
	if kind != jsonrpc.Text {
		return jsonrpc.ErrKind // no document and no secret goes to a page by itself
	}
	if err := f.ws.WriteMessage(websocket.TextMessage, b); err != nil {
		return fmt.Errorf("writing to the page: %w", err)
	}
	return nil
}

// Close tells the page that the agent goes, if that can be said at once, and
// ends the connection.
func (f framer) Close() error {
	bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
	told := f.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(closeTimeout))
	if err := f.ws.Close(); err != nil {
		return err
	}
	if errors.Is(told, websocket.ErrCloseSent) { // the page closed first and was answered
		return nil
	}
	return told
}

// ping asks for a sign of life until ctx ends. The browser itself answers,
// also while the page is busy or in the background.
func (f framer) ping(ctx context.Context) {
	t := time.NewTicker(pingEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			// An error is seen by the read loop as well.
			f.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(pingEvery))
		}
	}
}
