package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

var (
	errPair   = fmt.Errorf("%w: two passwords expected", agent.ErrInvalid)
	errNoName = errors.New("an error without a name")
)

// codeNamed is the code of an answer that carries a failed. It stands outside
// the range that JSON-RPC keeps for itself.
const codeNamed = 1

// namePIN is the Name of every agent.PINError on its way.
const namePIN = "pin"

// failed is an error on its way: the name of its sentinel ("" for one without a
// name), and for an agent.PINError the tries left and whose PIN it was.
type failed struct {
	Name    string `json:"name"`
	Retries int    `json:"retries,omitempty"`
	Admin   bool   `json:"admin,omitempty"`
}

// failedBy returns nil for nil.
func failedBy(err error) *failed {
	if err == nil {
		return nil
	}
	f := &failed{Name: agent.ErrorName(err)}
	if wrong, ok := errors.AsType[*agent.PINError](err); ok {
		f.Name, f.Retries, f.Admin = namePIN, wrong.Retries, wrong.Admin
	}
	return f
}

// err is the way back from failedBy.
func (f *failed) err() error {
	switch {
	case f == nil:
		return nil
	case f.Name == namePIN:
		return &agent.PINError{Retries: f.Retries, Admin: f.Admin}
	}
	if err := agent.ErrorNamed(f.Name); err != nil {
		return err
	}
	return errNoName
}

// answer makes of a Prompter's error what the agent is answered. The text is for
// the agent's log.
func (f *failed) answer(text string) (any, error) {
	data, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return nil, &jsonrpc.Error{Code: codeNamed, Message: text, Data: data}
}

// translate makes of a call's error what the Prompter port promises: the error
// that the shown side named, ErrCanceled when ctx or the process ended, and
// ErrNoWindow when the other side does not know how to show this.
func translate(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w: %w", doing, agent.ErrCanceled, context.Cause(ctx))
	}
	answered, ok := errors.AsType[*jsonrpc.Error](err)
	switch {
	case ok && answered.Code == codeNamed:
		var f failed
		if json.Unmarshal(answered.Data, &f) == nil {
			if named := f.err(); named != errNoName {
				return fmt.Errorf("%s: %w", doing, named)
			}
		}
		return fmt.Errorf("%s: %w: %s", doing, agent.ErrCanceled, answered.Message)
	case ok && answered.Code == jsonrpc.CodeTooLarge, errors.Is(err, jsonrpc.ErrTooLarge):
		return fmt.Errorf("%s: %w", doing, agent.ErrTooLarge)
	case ok:
		return fmt.Errorf("%s: %w: %w", doing, agent.ErrNoWindow, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, agent.ErrCanceled, err)
}
