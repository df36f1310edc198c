package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

// codeNamed is the code of an answer that carries an agent.ErrorNote. It stands outside
// the range that JSON-RPC keeps for itself.
const codeNamed = 1

// answer makes of a Prompter's error what the agent is answered. The text is for
// the agent's log.
func answer(err error) (any, error) {
	data, jsonErr := json.Marshal(agent.NoteError(err))
	if jsonErr != nil {
		return nil, jsonErr
	}
	return nil, &jsonrpc.Error{Code: codeNamed, Message: err.Error(), Data: data}
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
		var n agent.ErrorNote
		if json.Unmarshal(answered.Data, &n) == nil {
			if named := n.Err(); agent.ErrorName(named) != "" {
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
