package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"
)

const (
	defaultInFlight     = 64
	defaultWriteTimeout = 30 * time.Second
	waitingNotes        = 64 // notifications that wait for their turn
	waitingRefusals     = 16 // refusals that wait to be written

	cancelMethod = "cancel"
)

// Request is what a Handler is asked.
type Request struct {
	// ID is the request's id as the peer wrote it, for notifications about the
	// request; nil when this is a notification itself.
	ID     json.RawMessage
	Method string

	// Params is a part of the received frame: valid JSON, an object or an
	// array; nil when the peer sent none. Keeping it keeps the frame.
	Params json.RawMessage

	// Secret came beside the request, nil if none did. It is the handler's to
	// use and to wipe; a handler that keeps it for longer sets the field to
	// nil, and what is still here when the handler returns is wiped.
	Secret []byte

	// Notification: the peer waits for no answer and will get none.
	Notification bool
}

// A Handler answers requests. The result is marshalled as JSON; a [WithSecret]
// carries a secret beside it. An [*Error] in the chain of err goes to the peer
// as it is, another error goes through [WithErrorMapper]; without that the peer
// is told of an internal error only, since error texts are not for pages.
//
// ctx ends with the connection, or when the peer cancels the request, which is
// then answered with CodeCancelled if the handler returns an error. The handler
// may call the peer over c, and notify it: a notification that returned was
// written, so it goes out before the handler's answer.
//
// Handlers of requests run beside each other. Handlers of notifications run one
// at a time and should return soon: while 64 of them wait nothing more is read.
// Those that still wait when the connection ends are not run.
type Handler func(ctx context.Context, c *Conn, r *Request) (result any, err error)

// Conn is one connection. Its methods may be called at any time from any
// goroutine; answers arrive while Serve runs.
type Conn struct {
	f            Framer
	h            Handler
	binary       func([]byte) error
	mapper       func(error) *Error
	maxInFlight  int
	writeTimeout time.Duration

	turn     chan struct{} // holds one value: the right to write
	refusals chan struct{} // room for refusals that wait to be written
	notes    chan *Request
	done     chan struct{} // closed by end
	group    sync.WaitGroup

	mu     sync.Mutex
	closed bool
	cause  error                              // why, once closed
	lastID int64                              // of our calls
	calls  map[string]chan<- answer           // ours, by the key of their id
	active map[string]context.CancelCauseFunc // the peer's, by the key of their id
}

// An Option changes a Conn from its defaults.
type Option func(*Conn)

// WithBinary sets what takes Binary frames. It is run by the read loop itself,
// so that the bytes are in their place before a request that follows them is
// started: it stores them and returns. Its error is answered with a null id.
// Without it Binary frames are refused.
func WithBinary(take func([]byte) error) Option { return func(c *Conn) { c.binary = take } }

// WithMaxInFlight sets how many requests of the peer may be under way at once
// (64); more are refused with CodeBusy.
func WithMaxInFlight(n int) Option { return func(c *Conn) { c.maxInFlight = n } }

// WithErrorMapper sets how a handler's error that is no [*Error] becomes one. A
// nil answer means CodeInternal.
func WithErrorMapper(m func(error) *Error) Option { return func(c *Conn) { c.mapper = m } }

// WithWriteTimeout sets how long one write may take (30 s) before the connection
// ends with ErrWriteTimeout: half a frame cannot be taken back. 0 is without end.
func WithWriteTimeout(d time.Duration) Option { return func(c *Conn) { c.writeTimeout = d } }

// NewConn returns a connection over f, which it owns. h may be nil for an end
// that answers nothing. Nothing is read before Serve.
func NewConn(f Framer, h Handler, o ...Option) *Conn {
	c := &Conn{
		f: f, h: h,
		maxInFlight:  defaultInFlight,
		writeTimeout: defaultWriteTimeout,
		turn:         make(chan struct{}, 1),
		refusals:     make(chan struct{}, waitingRefusals),
		notes:        make(chan *Request, waitingNotes),
		done:         make(chan struct{}),
		calls:        make(map[string]chan<- answer),
		active:       make(map[string]context.CancelCauseFunc),
	}
	if h == nil {
		c.h = func(context.Context, *Conn, *Request) (any, error) {
			return nil, &Error{Code: CodeMethodNotFound, Message: "method not found"}
		}
	}
	for _, set := range o {
		set(c)
	}
	return c
}

// Serve reads until the Framer ends, Close is called or ctx ends, and returns
// when all handlers have returned. It is called once. It returns nil when either
// end closed in good order, ctx's error when ctx ended, else what went wrong
// first: a peer that left while something was being written is an error.
func (c *Conn) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(ctx, func() { c.end(context.Cause(ctx)) })
	// Ends when notes is closed below.
	c.group.Go(func() { c.takeNotes(ctx) })
	err := c.read(ctx)
	stop()
	c.end(err)
	cancel(ErrClosed)
	close(c.notes)
	c.group.Wait()
	if errors.Is(c.cause, io.EOF) || errors.Is(c.cause, ErrClosed) {
		return nil
	}
	return c.cause
}

// Close ends the connection now: calls under way return ErrClosed, the contexts
// of handlers end. It does not wait for them; Serve does.
func (c *Conn) Close() { c.end(ErrClosed) }

// Done returns a channel that is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// end closes the connection for the reason that comes first.
func (c *Conn) end(cause error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.closed, c.cause = true, cause
	calls := c.calls
	c.calls = nil
	c.mu.Unlock()
	close(c.done)
	c.f.Close() // what it says changes nothing: the connection is given up
	for _, call := range calls {
		call <- answer{err: c.closedError()}
	}
}

// acquire takes the right to write, or gives up when ctx or the connection ends.
func (c *Conn) acquire(ctx context.Context) error {
	select {
	case <-c.done:
		return c.closedError()
	default:
	}
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.done:
		return c.closedError()
	}
}

func (c *Conn) release() { <-c.turn }

// write writes a message, behind its secret if that is not nil. The caller has
// the right to write.
func (c *Conn) write(kind Kind, secret, payload []byte) error {
	if c.writeTimeout > 0 {
		t := time.AfterFunc(c.writeTimeout, func() { c.end(ErrWriteTimeout) })
		defer t.Stop()
	}
	if secret != nil {
		if err := c.writeFrame(Secret, secret); err != nil {
			return err
		}
	}
	err := c.writeFrame(kind, payload)
	if err != nil && secret != nil {
		// The secret is out and its message is not: it must not become that of
		// the next message. This one means nothing and makes the peer wipe it.
		c.writeFrame(Text, []byte(`{"jsonrpc":"2.0","method":"`+cancelMethod+`"}`))
	}
	return err
}

func (c *Conn) writeFrame(kind Kind, payload []byte) error {
	err := c.f.WriteFrame(kind, payload)
	if err == nil || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrKind) {
		return err
	}
	c.end(err)
	return c.closedError()
}
