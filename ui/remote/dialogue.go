package remote

import (
	"context"
	"errors"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

// errOver ends a question that ended without an answer and without an error: the
// port does not allow that, and an agreement must not come of it.
var errOver = errors.New("the question is over")

// dialogue is the shown side of one question with tries.
type dialogue struct {
	closed  <-chan struct{} // of the question's context
	cancel  context.CancelFunc
	consent bool
	updates chan []agent.Profile  // the latest only; nil without updates
	panels  chan agent.TokenPanel // likewise
	wizards chan agent.WizardState
	codes   chan agent.GeneratorPanel

	attempts chan *attempt
	settled  chan struct{} // closed when the agent asks for no more answers
	ended    chan struct{} // closed when the Prompter's method has returned
	err      error         // what it returned, once ended

	mu      sync.Mutex
	pending *attempt // whose verdict the agent owes
}

// attempt is one answer of the person on its way to the agent and back.
type attempt struct {
	reply   reply
	secret  []byte
	verdict chan error // room for one
}

func (d *dialogue) openCopy(i int) error {
	return d.try(context.Background(), reply{Copy: i}, nil)
}

func (d *dialogue) tryPIN(ctx context.Context, p agent.ProfileID, pin *agent.Secret) error {
	defer pin.Wipe()
	return d.try(ctx, reply{Profile: p}, pin.Clone().Bytes())
}

func (d *dialogue) tryChange(ctx context.Context, p agent.ProfileID, old, new *agent.Secret) error {
	defer old.Wipe()
	defer new.Wipe()
	return d.tryPair(ctx, reply{Profile: p}, old, new)
}

func (d *dialogue) doAction(ctx context.Context, a agent.TokenAction) error {
	defer a.Wipe()
	return d.tryPair(ctx, reply{Action: &a}, a.Old, a.New)
}

func (d *dialogue) doWizard(ctx context.Context, a agent.WizardAction) error {
	defer a.Wipe()
	return d.tryPair(ctx, reply{Wizard: &a}, a.Old, a.New)
}

func (d *dialogue) doCodes(ctx context.Context, a agent.GeneratorAction) error {
	defer a.Wipe()
	return d.tryPair(ctx, reply{Codes: &a}, a.Old, a.New)
}

func (d *dialogue) tryPair(ctx context.Context, r reply, old, new *agent.Secret) error {
	pair, err := jsonrpc.PackPair(old.Bytes(), new.Bytes())
	if err != nil {
		return err
	}
	return d.try(ctx, r, pair)
}

// try hands an answer to the agent and returns its verdict. The secret is the
// connection's once it was handed over, and wiped by it.
func (d *dialogue) try(ctx context.Context, r reply, secret []byte) error {
	a := &attempt{reply: r, secret: secret, verdict: make(chan error, 1)}
	select {
	case d.attempts <- a:
	case <-ctx.Done():
		clear(secret)
		return ctx.Err()
	case <-d.closed:
		clear(secret)
		return agent.ErrCanceled
	case <-d.settled:
		clear(secret)
		return agent.ErrCanceled
	}
	select {
	case err := <-a.verdict:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-d.closed:
		return agent.ErrCanceled
	}
}

// hand makes of an attempt the answer to prompt.next.
func (d *dialogue) hand(a *attempt) jsonrpc.WithSecret {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending = a
	return jsonrpc.WithSecret{Result: a.reply, Secret: a.secret}
}

// judge tells the attempt that was handed over what became of it.
func (d *dialogue) judge(verdict error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pending != nil {
		d.pending.verdict <- verdict
		d.pending = nil
	}
}

// settle is judge for the last attempt.
func (d *dialogue) settle(verdict error) {
	d.judge(verdict)
	close(d.settled)
}

// failure is for a question that has ended.
func (d *dialogue) failure() error {
	if d.err != nil {
		return d.err
	}
	return errOver
}

// renew puts the newest state in the place of one that nobody has read. It is
// called by one goroutine at a time.
func renew[T any](ch chan T, newest T) {
	select {
	case <-ch:
	default:
	}
	ch <- newest
}
