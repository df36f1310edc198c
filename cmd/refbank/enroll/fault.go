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
	LostAnswer bool          // once: everything is done, then the connection breaks
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
	if r.Faults.Pending > 0 && r.first("pending", q.Operation, string(q.SPKI)) {
		return &PendingError{r.Faults.Pending}
	}
	return nil
}

// after strikes when everything is done and nothing is answered yet.
func (r *Rules) after(operation, what string) error {
	if r.Faults.LostAnswer && r.first("lost", operation, what) {
		return ErrLost
	}
	return nil
}

// first tells whether a fault has not struck this request yet.
func (r *Rules) first(fault, operation, what string) bool {
	key := fault + " " + operation + " " + what
	r.mu.Lock()
	defer r.mu.Unlock()
	again := r.seen[key]
	r.seen[key] = true
	return !again
}
