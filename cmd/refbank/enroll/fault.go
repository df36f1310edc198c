package enroll

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Faults are what goes wrong on purpose, for tests of agents. What happens once
// happens once for each request, so that asking again helps.
type Faults struct {
	LostAnswer bool          // once for each answer: everything is done, then the connection breaks
	Pending    time.Duration // once: to be asked again after that time, and nothing is done
	Slow       time.Duration // before a certificate is issued
	RefuseCSR  bool          // every request for a certificate
	Due        bool          // every certificate ends so soon that it is renewed at once
}

// ErrLost means that everything is done and that the answer must get lost.
var ErrLost = errors.New("the answer is lost, as the fault wants it")

// A PendingError wants the same request again later. Nothing was done.
type PendingError struct{ After time.Duration }

func (e *PendingError) Error() string { return fmt.Sprintf("to be asked again after %v", e.After) }

// before strikes before a certificate is issued.
func (r *Rules) before(ctx context.Context, q Request) error {
	if r.Faults.RefuseCSR {
		return refuse("refused", "the CA refuses the request")
	}
	if r.Faults.Slow > 0 {
		select {
		case <-time.After(r.Faults.Slow):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if r.Faults.Pending == 0 || r.struck("pending", q.Operation, string(q.SPKI)) {
		return nil
	}
	// Who was not told to wait must be told when the same is asked for again.
	if err := r.Lose(q.Operation+" waits", string(q.SPKI)); err != nil {
		return err
	}
	r.strike("pending", q.Operation, string(q.SPKI))
	return &PendingError{r.Faults.Pending}
}

// Lose strikes when everything is done and nothing is answered yet: once for what an
// operation was about it returns ErrLost, and says so in the log.
func (r *Rules) Lose(operation, about string) error {
	if !r.Faults.LostAnswer || !r.strike("lost", operation, about) {
		return nil
	}
	r.Logger.Info("answer lost", "operation", operation)
	return ErrLost
}

// strike has a fault strike, and tells whether it had not before.
func (r *Rules) strike(fault, operation, about string) bool {
	key := fault + " " + operation + " " + about
	r.mu.Lock()
	defer r.mu.Unlock()
	again := r.seen[key]
	r.seen[key] = true
	return !again
}

// struck tells whether a fault has struck already.
func (r *Rules) struck(fault, operation, about string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[fault+" "+operation+" "+about]
}
