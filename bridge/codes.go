package bridge

import (
	"context"
	"encoding/json"
	"errors"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

// codes gives the errors of package agent that a page may be told a code and a sentence
// for the page's developer; a test has the list of the others. Pages act on code or name
// (agent.ErrorName, in the error's data); both are kept for ever. Where JSON-RPC or the
// codec has a code for the same thing it is used here too. The sentence is no text for the
// person at the computer, who has seen the agent's own window.
var codes = []struct {
	err     error
	code    int
	message string
}{
	{agent.ErrInvalid, jsonrpc.CodeInvalidParams, "the request is malformed or breaks a limit"},
	{agent.ErrBusy, jsonrpc.CodeBusy, "too many requests of this site are waiting"},
	{agent.ErrTooLarge, jsonrpc.CodeTooLarge, "too large, see the limits in the answer to hello"},
	{agent.ErrCanceled, jsonrpc.CodeCancelled, "cancelled"},

	{agent.ErrOrigin, -32010, "this site may not use the agent"},
	{agent.ErrDenied, -32011, "the person refused"},
	{agent.ErrTooOften, -32012, "too many prompts in a short time, try again later"},
	{agent.ErrNoWindow, -32013, "no window can be shown to the person"},
	{agent.ErrNoSession, -32014, "no open session, call session.open"},
	{agent.ErrHistory, -32015, "the history cannot be written, nothing was signed"},
	{agent.ErrVault, -32016, "the keyring cannot be used"},
	{agent.ErrPort, -32017, "no port is free for pages"}, // never sent: pages could not ask

	{agent.ErrNoToken, -32020, "no token is connected"},
	{agent.ErrTokenLost, -32021, "the token was removed or its session ended"},
	{agent.ErrNoKey, -32022, "the token has no such key"},
	{agent.ErrLocked, -32023, "the token is locked"},
	{agent.ErrPINLocked, -32025, "the token's password is locked"},
	{agent.ErrPINLength, -32026, "the new password has the wrong length"},
	{agent.ErrPINSame, -32027, "the new password is the old one"},
	{agent.ErrModule, -32028, "the token's driver cannot be used"},
	{agent.ErrToken, -32029, "the token reported an error"},
	{agent.ErrMechanism, -32030, "the token cannot make this kind of signature"},
	{agent.ErrCertificate, -32031, "the certificate cannot be used"},
	{agent.ErrNoEnrollment, -32032, "no descriptor of this site's bank tells where certificates are had from"},
	{agent.ErrPrimary, -32033, "a primary initialization key signs nothing but the request for the first certificate"},
	{agent.ErrUnreadable, -32034, "the key file is damaged or of an unknown kind"},
}

// codePIN is for agent.PINError: the password was wrong and the person did not
// go on to the right one.
const codePIN = -32024

// errorData is the data member of an error.
type errorData struct {
	Name    string `json:"name"`
	Retries *int   `json:"retries,omitempty"` // for "pin", where the token tells the tries left
}

// describe returns code, message and data for err. An error that is none of
// package agent's is an internal one, whose text stays here.
func describe(err error) (code int, message string, data errorData) {
	if wrong, ok := errors.AsType[*agent.PINError](err); ok {
		data = errorData{Name: "pin"}
		if wrong.Retries >= 0 {
			data.Retries = &wrong.Retries
		}
		return codePIN, "the password is wrong", data
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code, c.message, errorData{Name: agent.ErrorName(c.err)}
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return describe(agent.ErrCanceled)
	}
	return jsonrpc.CodeInternal, "internal error", errorData{Name: "internal"}
}

// errorFor returns what a page is told about err.
func errorFor(err error) *jsonrpc.Error { return newError(describe(err)) }

// refused is an ErrInvalid that says more. The message is a fixed one: nothing
// that the page sent is repeated in it.
func refused(message string) error {
	return newError(jsonrpc.CodeInvalidParams, message, errorData{Name: agent.ErrorName(agent.ErrInvalid)})
}

func newError(code int, message string, data errorData) *jsonrpc.Error {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err) // a string and a number
	}
	return &jsonrpc.Error{Code: code, Message: message, Data: b}
}
