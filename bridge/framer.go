package bridge

import (
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
	// A message over its limit is read to its end and thrown away, so that the
	// connection lives; one over this limit ends it.
	maxMessage = 4 * maxBinary

	pingEvery    = 20 * time.Second
	deadAfter    = 3 * pingEvery // without a sign of life
	closeTimeout = time.Second
)

// framer carries JSON-RPC over a WebSocket: text messages are requests and
// answers, binary messages are uploaded documents.
type framer struct{ ws *websocket.Conn }

var _ jsonrpc.Framer = framer{}

func newFramer(ws *websocket.Conn) framer {
	ws.SetReadLimit(maxMessage)
	f := framer{ws}
	f.alive()
	ws.SetPongHandler(func(string) error { f.alive(); return nil })
	return f
}

// alive gives the page its time anew.
func (f framer) alive() { f.ws.SetReadDeadline(time.Now().Add(deadAfter)) }

func (f framer) ReadFrame() (jsonrpc.Kind, []byte, error) {
	kind, limit := jsonrpc.Text, int64(maxText)
	messageType, r, err := f.ws.NextReader()
	if err == nil {
		if messageType == websocket.BinaryMessage {
			kind, limit = jsonrpc.Binary, maxBinary
		}
		var b []byte
		if b, err = io.ReadAll(io.LimitReader(r, limit+1)); err == nil {
			f.alive()
			if int64(len(b)) <= limit {
				return kind, b, nil
			}
			if _, err = io.Copy(io.Discard, r); err == nil {
				return kind, nil, jsonrpc.ErrTooLarge
			}
		}
	}
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseNoStatusReceived) {
		return kind, nil, io.EOF
	}
	return kind, nil, fmt.Errorf("reading from the page: %w", err)
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
