package agent

import (
	"errors"
	"fmt"
	"time"
)

// ErrorNote is an error on its way between our own processes: the names of the
// sentinels that it wraps, for a PINError the tries left and whose PIN it was, for a
// RejectedError what the bank says, for a ManyTriesError how long to wait, and for an
// AlgorithmError, an OtherBankError or a RenewalRefusedError which one it is about.
type ErrorNote struct {
	Names   []string `json:"names,omitempty"`
	PIN     bool     `json:"pin,omitempty"`
	Retries int      `json:"retries,omitempty"`
	Admin   bool     `json:"admin,omitempty"`
	Text    string   `json:"text,omitempty"`
	Seconds int      `json:"seconds,omitempty"` // rounded up
}

// NoteError returns the note of an error, nil for nil.
func NoteError(err error) *ErrorNote {
	if err == nil {
		return nil
	}
	n := &ErrorNote{}
	if wrong, ok := errors.AsType[*PINError](err); ok {
		n.PIN, n.Retries, n.Admin = true, wrong.Retries, wrong.Admin
	}
	if rejected, ok := errors.AsType[*RejectedError](err); ok {
		n.Text = rejected.Text
	}
	if unknown, ok := errors.AsType[*AlgorithmError](err); ok {
		n.Text = unknown.Algorithm
	}
	if other, ok := errors.AsType[*OtherBankError](err); ok {
		n.Text = other.Host
	}
	if refused, ok := errors.AsType[*RenewalRefusedError](err); ok {
		n.Text = refused.Serial
	}
	if wait, ok := errors.AsType[*ManyTriesError](err); ok {
		n.Seconds = wholeSeconds(wait.After)
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			n.Names = append(n.Names, s.name)
		}
	}
	return n
}

// Err is the way back. It returns nil for nil, and for an error that had no name
// one that wraps nothing.
func (n *ErrorNote) Err() error {
	if n == nil {
		return nil
	}
	var err error
	if n.PIN {
		err = &PINError{Retries: n.Retries, Admin: n.Admin}
	}
	for _, name := range n.Names {
		s := ErrorNamed(name)
		switch s {
		case ErrRejected:
			s = &RejectedError{Text: n.Text}
		case ErrAlgorithm:
			s = &AlgorithmError{Algorithm: n.Text}
		case ErrManyTries:
			s = &ManyTriesError{After: time.Duration(n.Seconds) * time.Second}
		case ErrOtherBank:
			s = &OtherBankError{Host: n.Text}
		case ErrRenewalRefused:
			s = &RenewalRefusedError{Serial: n.Text}
		}
		switch {
		case s == nil:
		case err == nil:
			err = s
		default:
			err = fmt.Errorf("%w: %w", err, s)
		}
	}
	if err == nil {
		return errNoName
	}
	return err
}

// wholeSeconds rounds up.
func wholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

var errNoName = errors.New("an error without a name")
