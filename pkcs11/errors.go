package pkcs11

import (
	"context"
	"errors"
	"fmt"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// translate gives an error of the library its sentinel of package agent and
// keeps the code for logs. Errors that have a meaning already pass unchanged.
// The codes are those of PKCS #11 2.40, section 5.1. What CKR_PIN_INCORRECT
// and a dead key handle mean depends on the token's state, so Token asks for
// that before it translates them.
func translate(err error) error {
	if agent.ErrorName(err) != "" || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var code p11.Error
	if !errors.As(err, &code) {
		return fmt.Errorf("%w: %w", agent.ErrToken, err)
	}
	return fmt.Errorf("%w: %w", meaning(code), err)
}

func meaning(code p11.Error) error {
	switch code {
	case p11.CKR_GENERAL_ERROR, // what many drivers say while the device is just being pulled out
		p11.CKR_DEVICE_ERROR,
		p11.CKR_DEVICE_REMOVED,
		p11.CKR_KEY_HANDLE_INVALID,
		p11.CKR_OBJECT_HANDLE_INVALID,
		p11.CKR_OPERATION_ACTIVE, // an operation that was cut short blocks the session, until it is closed
		p11.CKR_SESSION_CLOSED,
		p11.CKR_SESSION_HANDLE_INVALID,
		p11.CKR_TOKEN_NOT_PRESENT,
		p11.CKR_TOKEN_NOT_RECOGNIZED,
		p11.CKR_USER_NOT_LOGGED_IN, // a login that was not ended by us
		p11.CKR_CRYPTOKI_NOT_INITIALIZED:
		return agent.ErrTokenLost
	case p11.CKR_PIN_INCORRECT:
		return &agent.PINError{Retries: agent.RetriesUnknown}
	case p11.CKR_PIN_LOCKED:
		return agent.ErrPINLocked
	case p11.CKR_PIN_INVALID, p11.CKR_PIN_LEN_RANGE:
		return agent.ErrPINLength
	case p11.CKR_MECHANISM_INVALID,
		p11.CKR_MECHANISM_PARAM_INVALID,
		p11.CKR_KEY_SIZE_RANGE,
		p11.CKR_KEY_TYPE_INCONSISTENT,
		p11.CKR_KEY_FUNCTION_NOT_PERMITTED,
		p11.CKR_FUNCTION_NOT_SUPPORTED,
		p11.CKR_DOMAIN_PARAMS_INVALID,
		p11.CKR_CURVE_NOT_SUPPORTED:
		return agent.ErrMechanism
	case p11.CKR_FUNCTION_CANCELED: // the person cancelled at the device's own PIN pad
		return agent.ErrDenied
	case p11.CKR_CRYPTOKI_ALREADY_INITIALIZED, p11.CKR_CANT_LOCK, p11.CKR_NEED_TO_CREATE_THREADS:
		return agent.ErrModule
	}
	return agent.ErrToken
}

// full says of a device without memory, to which something was to be written, that
// it is full. To other calls the code means another memory.
func full(err error) error {
	if isCode(err, p11.CKR_DEVICE_MEMORY) {
		return fmt.Errorf("%w: %w", agent.ErrTokenFull, err)
	}
	return err
}

// isCode tells whether err is one of those answers of the library.
func isCode(err error, codes ...p11.Error) bool {
	var code p11.Error
	if !errors.As(err, &code) {
		return false
	}
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

// lost tells whether err means that the session with the token is gone.
func lost(err error) bool { return err != nil && errors.Is(translate(err), agent.ErrTokenLost) }
