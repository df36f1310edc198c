package jsonrpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// errCancelled is the cause of a request's context that the peer cancelled.
var errCancelled = fmt.Errorf("cancelled by the peer: %w", context.Canceled)

// pending is the secret that was read last and waits for its message.
type pending struct {
	secret []byte
	lost   *Error // there was one, and it could not be taken
}

func (p *pending) drop() {
	clear(p.secret)
	*p = pending{}
}

// read is the read loop. It ends with the Framer's error.
func (c *Conn) read(ctx context.Context) error {
	var p pending
	defer p.drop()
	for {
		kind, frame, err := c.f.ReadFrame()
		switch {
		case err == nil:
		case errors.Is(err, ErrTooLarge):
			p.drop()
			bad := &Error{Code: CodeTooLarge, Message: ErrTooLarge.Error()}
			if kind == Secret {
				p.lost = bad // told to the message that it belongs to
			} else {
				c.refuse(nil, bad)
			}
			continue
		case errors.Is(err, ErrKind):
			p.drop()
			c.refuse(nil, invalid("%v", ErrKind))
			continue
		default:
			return err
		}
		if kind != Text && p.secret != nil {
			p.drop()
			c.refuse(nil, invalid("secret without its message"))
		}
		switch kind {
		case Text:
			c.take(ctx, frame, p)
			p = pending{} // take has seen to it
		case Secret:
			p = pending{secret: frame}
		case Binary:
			c.takeBinary(frame)
		}
	}
}

// take sorts a message out and starts what it asks for. The secret goes where
// the message goes, and is wiped if that is nowhere.
func (c *Conn) take(ctx context.Context, frame []byte, p pending) {
	m, bad := parse(frame)
	if bad == nil {
		bad = p.lost
	}
	switch {
	case m.isAnswer():
		c.deliver(&m, bad, p.secret)
	case bad == nil && m.name == cancelMethod && m.id != nil:
		bad = invalid("%s is a notification", cancelMethod)
		fallthrough
	case bad != nil:
		p.drop()
		c.refuse(m.id, bad)
	case m.name == cancelMethod:
		p.drop()
		c.cancelActive(m.params)
	case m.id == nil:
		r := &Request{Method: m.name, Params: m.params, Secret: p.secret, Notification: true}
		select {
		case c.notes <- r:
		case <-c.done:
			p.drop()
		}
	default:
		c.start(ctx, &m, p)
	}
}

// takeNotes runs the handlers of notifications until notes is closed.
func (c *Conn) takeNotes(ctx context.Context) {
	for r := range c.notes {
		if ctx.Err() == nil {
			result, _ := c.h(ctx, c, r) // a notification has no answer
			if s, ok := result.(WithSecret); ok {
				clear(s.Secret)
			}
		}
		clear(r.Secret)
	}
}

// start runs the handler of a request in a goroutine that ends with the handler,
// which is told to by its context; Serve waits for it.
func (c *Conn) start(ctx context.Context, m *message, p pending) {
	ctx, cancel := context.WithCancelCause(ctx)
	var bad *Error
	c.mu.Lock()
	switch {
	case c.active[m.key] != nil:
		bad = &Error{Code: CodeDuplicateID, Message: "a request with this id is under way"}
	case len(c.active) >= c.maxInFlight:
		bad = &Error{Code: CodeBusy, Message: "too many requests under way"}
	default:
		c.active[m.key] = cancel
	}
	c.mu.Unlock()
	if bad != nil {
		cancel(nil)
		p.drop()
		c.refuse(m.id, bad)
		return
	}
	// The id outlives the params, which may be large, and is not to hold the frame.
	id, key := json.RawMessage(bytes.Clone(m.id)), m.key
	r := &Request{ID: id, Method: m.name, Params: m.params, Secret: p.secret}
	c.group.Go(func() {
		defer cancel(nil)
		result, err := c.h(ctx, c, r)
		clear(r.Secret)
		if err != nil && errors.Is(context.Cause(ctx), errCancelled) {
			err = &Error{Code: CodeCancelled, Message: "cancelled"}
		}
		c.answer(id, key, result, err)
	})
}

// cancelActive ends the context of the request that the peer names.
func (c *Conn) cancelActive(params json.RawMessage) {
	if params == nil || params[0] != '{' {
		return
	}
	for name, value := range members(params) {
		if name != "id" {
			continue
		}
		key, _ := idKey(value)
		c.mu.Lock()
		cancel := c.active[key]
		c.mu.Unlock()
		if cancel != nil {
			cancel(errCancelled)
		}
	}
}

// answer writes a handler's result or error and wipes the secret of either, before another
// answer is written.
func (c *Conn) answer(id json.RawMessage, key string, result any, err error) {
	var secret, handlers []byte
	if s, ok := result.(WithSecret); ok {
		result, secret, handlers = s.Result, s.Secret, s.Secret
	}
	var frame []byte
	if err == nil {
		if frame, err = answerFrame(id, "result", result); err != nil {
			err = &Error{Code: CodeInternal, Message: "answer cannot be encoded"}
		}
	}
	if err != nil {
		frame, secret = c.errorFrame(id, err), nil
	}
	// The peer may use the id again as soon as it has the answer, and a peer
	// that does not read is not to pile up more answers than it may have
	// requests: the id is free from here on, with the right to write.
	turnErr := c.acquire(context.Background())
	c.mu.Lock()
	delete(c.active, key)
	c.mu.Unlock()
	if turnErr != nil {
		clear(handlers)
		return // nobody is there to be told
	}
	defer c.release()
	defer clear(handlers)
	switch err := c.write(Text, secret, frame); {
	case errors.Is(err, ErrTooLarge):
		c.write(Text, nil, c.errorFrame(id, &Error{Code: CodeTooLarge, Message: "answer too large"}))
	case errors.Is(err, ErrKind):
		c.write(Text, nil, c.errorFrame(id, &Error{Code: CodeInternal, Message: "no secrets on this connection"}))
	}
}

// errorFrame returns the answer that tells of err.
func (c *Conn) errorFrame(id json.RawMessage, err error) []byte {
	var e *Error
	if !errors.As(err, &e) && c.mapper != nil {
		e = c.mapper(err)
	}
	if e == nil {
		e = &Error{Code: CodeInternal, Message: "internal error"}
	}
	frame, err := answerFrame(id, "error", e)
	if err != nil { // Data was no JSON
		frame, _ = answerFrame(id, "error", &Error{Code: e.Code, Message: e.Message})
	}
	return frame
}

// refuse answers a frame that starts no handler. The read loop does not wait for
// the peer to take such an answer, or two peers that refuse each other's frames
// could wait for each other; from waitingRefusals on it does, which keeps a peer
// that only sends from filling our memory.
func (c *Conn) refuse(id json.RawMessage, err error) {
	frame := c.errorFrame(id, err)
	select {
	case c.refusals <- struct{}{}:
		// Ends when it is written or the connection ends; Serve waits for it.
		c.group.Go(func() {
			c.send(context.Background(), Text, nil, frame)
			<-c.refusals
		})
	default:
		c.send(context.Background(), Text, nil, frame)
	}
}

func (c *Conn) takeBinary(b []byte) {
	err := error(invalid("no binary frames on this connection"))
	if c.binary != nil {
		err = c.binary(b)
	}
	if err != nil {
		c.refuse(nil, err)
	}
}
