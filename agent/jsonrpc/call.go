package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// answer is what a call waits for.
type answer struct {
	result json.RawMessage // a part of the frame
	secret []byte
	err    error
}

// Call asks the peer and waits for the answer, which is unmarshalled into
// result unless that is nil. params becomes a JSON object or array; nil sends
// none. The peer's error comes as [*Error]. When ctx ends first the request is
// cancelled at the peer and ctx's error is returned (wrapped); a write that has begun is
// not broken off by ctx, see [WithWriteTimeout]. [ErrTooLarge]: nothing was
// sent. [ErrClosed]: whether the peer did what was asked is not known.
func (c *Conn) Call(ctx context.Context, method string, params, result any) error {
	secret, err := c.CallSecret(ctx, method, params, nil, result)
	clear(secret) // nobody asked for it
	return err
}

// CallSecret is Call with a secret beside the request (nil for none) and perhaps
// one beside the answer, which is returned (nil if none came). The caller wipes
// both; secret must stay as it is until CallSecret returns.
func (c *Conn) CallSecret(ctx context.Context, method string, params any, secret []byte, result any) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("calling %s: %w", method, err)
	}
	got := make(chan answer, 1)
	id, key, err := c.register(got)
	if err != nil {
		return nil, fmt.Errorf("calling %s: %w", method, err)
	}
	frame, err := requestFrame(id, method, params)
	if err != nil {
		c.forget(key)
		return nil, fmt.Errorf("calling %s: %w", method, err)
	}
	if err := c.send(ctx, Text, secret, frame); err != nil {
		c.forget(key)
		return nil, fmt.Errorf("calling %s: %w", method, err)
	}
	var a answer
	select {
	case a = <-got:
	case <-ctx.Done():
		if c.forget(key) {
			c.cancelCall(id)
			return nil, fmt.Errorf("calling %s: %w", method, ctx.Err())
		}
		a = <-got // it came at the same moment
	}
	if a.err == nil && result != nil {
		a.err = json.Unmarshal(a.result, result)
	}
	if a.err != nil {
		clear(a.secret)
		return nil, fmt.Errorf("calling %s: %w", method, a.err)
	}
	return a.secret, nil
}

// Notify tells the peer something and returns when it is written.
func (c *Conn) Notify(ctx context.Context, method string, params any) error {
	frame, err := requestFrame(0, method, params)
	if err == nil {
		err = c.send(ctx, Text, nil, frame)
	}
	if err != nil {
		return fmt.Errorf("notifying %s: %w", method, err)
	}
	return nil
}

// SendBinary sends one Binary frame and returns when it is written: before
// whatever the caller sends next.
func (c *Conn) SendBinary(ctx context.Context, b []byte) error {
	return c.send(ctx, Binary, nil, b)
}

// send takes its turn and writes.
func (c *Conn) send(ctx context.Context, kind Kind, secret, payload []byte) error {
	if err := c.acquire(ctx); err != nil {
		return err
	}
	defer c.release()
	return c.write(kind, secret, payload)
}

// register gives a new call its id and the place where its answer goes.
func (c *Conn) register(got chan<- answer) (id int64, key string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, "", c.closedErrorLocked()
	}
	c.lastID++
	key = "n" + strconv.FormatInt(c.lastID, 10)
	c.calls[key] = got
	return c.lastID, key, nil
}

// forget takes a call back. It is false when its answer is there already.
func (c *Conn) forget(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.calls[key]
	delete(c.calls, key)
	return ok
}

// cancelCall tells the peer that nobody waits any more. It does not wait for the
// peer to read that: the goroutine ends when it is written or the connection
// ends, and Serve waits for it.
func (c *Conn) cancelCall(id int64) {
	frame, err := requestFrame(0, cancelMethod, map[string]int64{"id": id})
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || c.closed { // once closed Serve may be past its waiting
		return
	}
	c.group.Go(func() { c.send(context.Background(), Text, nil, frame) })
}

// deliver hands an answer to the call that waits for it. Without one (cancelled
// meanwhile, or never made, or an error about a frame whose id the peer could not
// read) it is passed over.
func (c *Conn) deliver(m *message, bad *Error, secret []byte) {
	c.mu.Lock()
	got := c.calls[m.key]
	delete(c.calls, m.key)
	c.mu.Unlock()
	if got == nil {
		clear(secret)
		return
	}
	a := answer{result: m.result, secret: secret}
	switch {
	case bad != nil && bad.Code == CodeTooLarge:
		a.err = fmt.Errorf("the answer's secret: %w", ErrTooLarge)
	case bad != nil:
		a.err = fmt.Errorf("%w: %s", ErrAnswer, bad.Message)
	case m.fault != nil:
		e := new(Error)
		if err := json.Unmarshal(m.fault, e); err != nil || m.fault[0] != '{' {
			a.err = fmt.Errorf("%w: error is not an error object", ErrAnswer)
		} else {
			a.err = e
		}
	}
	got <- a
}

func (c *Conn) closedError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closedErrorLocked()
}

func (c *Conn) closedErrorLocked() error {
	if errors.Is(c.cause, ErrClosed) {
		return ErrClosed
	}
	return fmt.Errorf("%w: %w", ErrClosed, c.cause)
}
