// Package jsonrpc is the codec that page, command line and helper processes
// speak: JSON-RPC 2.0 with ids, cancellation, notifications, secret frames and
// size caps.
//
// One [Conn] serves a WebSocket (the bridge brings the [Framer]) and a pipe or
// unix socket ([Stream]) alike; both ends may call. What the specification at
// https://www.jsonrpc.org/specification leaves open is decided like this:
//
//   - A secret (a PIN, a password) never stands in JSON. It travels in a frame
//     of its own directly before the message that it belongs to, is read
//     straight into a buffer of its own size, and is wiped by the Conn when
//     nobody takes it.
//   - The read loop runs no handler, so that a cancellation and the end of the
//     connection are seen while handlers work. Requests run beside each other,
//     their answers come in any order. Notifications run one after another, in
//     the order in which they came.
//   - The notification cancel {"id": …} ends the context of that request.
//   - An absent id and a null id both make a notification. An id is a string or
//     an integer; one that is still being answered is refused with
//     [CodeDuplicateID]. Batches are refused.
//   - Unknown members of a message are passed over; a known member that comes
//     twice is refused, since two readers could read two different messages.
//   - A frame is scanned once for validity (package encoding/json, which also
//     bounds the nesting) and walked once for its outermost members; params and
//     result are parts of the frame, not copies, and are decoded by their user.
//   - What is wrong with one frame is answered and costs that frame only. The
//     connection ends when the Framer ends, a write fails or takes too long, or
//     the context of [Conn.Serve] ends.
package jsonrpc

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Kind says what a frame holds.
type Kind byte

const (
	Text   Kind = 'J' // one JSON-RPC message
	Secret Kind = 'S' // a secret; belongs to the Text frame that follows it directly
	Binary Kind = 'B' // bytes for the handler of [WithBinary]
)

// A Framer moves whole frames. A Conn has at most one ReadFrame and one
// WriteFrame under way at a time.
//
// ReadFrame hands its buffer over to the caller. Its error ends the connection,
// except for [ErrTooLarge] and [ErrKind]: they say that one frame of the
// returned Kind was passed over. io.EOF means that the peer ended in good order.
//
// WriteFrame does not keep or change the bytes. Its error ends the connection,
// except for ErrTooLarge and ErrKind: they say that nothing was written.
//
// Close makes a ReadFrame and a WriteFrame that are under way return.
type Framer interface {
	ReadFrame() (Kind, []byte, error)
	WriteFrame(Kind, []byte) error
	Close() error
}

var (
	// ErrTooLarge: a frame is over the limit of the Framer.
	ErrTooLarge = errors.New("frame too large")
	// ErrKind: a frame is of a kind that this Framer does not carry. A page's
	// Framer answers it to a Secret frame.
	ErrKind = errors.New("frame of a kind that is not carried here")
	// ErrClosed: the connection has ended, or ended before the answer came.
	ErrClosed = errors.New("connection closed")
	// ErrWriteTimeout: the peer did not read for longer than [WithWriteTimeout].
	ErrWriteTimeout = errors.New("peer does not read")
	// ErrAnswer: the peer's answer is not a JSON-RPC answer.
	ErrAnswer = errors.New("malformed answer")
)

// Codes of the JSON-RPC 2.0 specification, section 5.1, and below them our own:
// from the range that it leaves to implementations, and -32800 as in the
// Language Server Protocol.
const (
	CodeParse          = -32700 // the frame is not JSON
	CodeInvalidRequest = -32600 // JSON, but not a request
	CodeMethodNotFound = -32601
	CodeInvalidParams  = -32602
	CodeInternal       = -32603

	CodeBusy        = -32000 // more requests under way than [WithMaxInFlight] allows
	CodeTooLarge    = -32001 // a frame, or the answer, is over the size cap
	CodeDuplicateID = -32002 // a request with this id is still under way
	CodeCancelled   = -32800 // ended by the peer's cancel notification
)

// Error is the error member of an answer. A handler returns one to choose what
// the peer is told; a call returns one when the peer answered with it.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Error returns message and code.
func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// WithSecret is a handler's result that carries a secret beside its JSON. The
// Conn wipes Secret when it was written or could not be.
type WithSecret struct {
	Result any
	Secret []byte
}

// MarshalJSON always fails: a secret that is inside another value by mistake
// must not become JSON.
func (WithSecret) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a secret does not travel in JSON")
}
