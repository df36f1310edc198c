package agenttest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"qoltanba/agent"
)

var _ agent.Prompter = (*Person)(nil)

// Person is agent.Prompter played by a script. Without a script the person
// approves every site, agrees to every signature, takes the first profile,
// types the PIN given to NewPerson, refuses to change it, and closes the main
// window and every other that stays. Do queues answers that come first, one for each question.
type Person struct {
	pin string

	mu       sync.Mutex
	script   []Answer
	shown    []*Shown
	open     int
	mostOpen int
	notices  []agent.Notice
	prepared int
}

// NewPerson returns a person who knows that PIN.
func NewPerson(pin string) *Person { return &Person{pin: pin} }

// Do queues answers to the next questions.
func (p *Person) Do(answers ...Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.script = append(p.script, answers...)
}

// Shown is one question that the person was asked.
type Shown struct {
	// Question is an agent.SiteQuestion, DriverQuestion, ConsentQuestion,
	// PINQuestion, TokenPanel, WizardState,
	// GeneratorPanel or PanelState. Both Prompter.PIN and Prompter.ChangePIN have a PINQuestion.
	Question any
	// Tries holds what the agent said to each PIN that was entered, and to each
	// action in a window that stays.
	Tries []error
	// Err is how the question ended.
	Err error
}

// Shown returns the questions that have ended, in the order they were asked.
func (p *Person) Shown() []Shown {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Shown
	for _, s := range p.shown {
		if s != nil {
			all = append(all, *s)
		}
	}
	return all
}

// Asked returns the questions of one type that have ended:
// Asked[agent.ConsentQuestion](p).
func Asked[Q any](p *Person) []Q {
	var all []Q
	for _, s := range p.Shown() {
		if q, ok := s.Question.(Q); ok {
			all = append(all, q)
		}
	}
	return all
}

// MostAtOnce is the largest number of questions that were ever open together.
func (p *Person) MostAtOnce() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mostOpen
}

// Notices returns what the person was told.
func (p *Person) Notices() []agent.Notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.notices)
}

// Prepared is the number of calls to Prepare.
func (p *Person) Prepared() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.prepared
}

// ask shows a question and lets the next answer of the script, or the given
// one when the script is at its end, deal with it.
func (p *Person) ask(ctx context.Context, q *asked, otherwise Answer) error {
	p.mu.Lock()
	place := len(p.shown)
	p.shown = append(p.shown, nil) // filled in once it has ended
	p.open++
	p.mostOpen = max(p.mostOpen, p.open)
	answer := otherwise
	if len(p.script) > 0 {
		answer, p.script = p.script[0], p.script[1:]
	}
	p.mu.Unlock()

	err := ctx.Err()
	if err == nil {
		err = answer(ctx, q)
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", agent.ErrCanceled, ctx.Err())
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	p.shown[place] = &Shown{Question: q.question, Tries: q.tries, Err: err}
	return err
}

// Site implements agent.Prompter.
func (p *Person) Site(ctx context.Context, q agent.SiteQuestion) error {
	return p.ask(ctx, &asked{question: q}, Agree())
}

// Consent implements agent.Prompter.
func (p *Person) Consent(ctx context.Context, q agent.ConsentQuestion, openCopy func(int) error) error {
	return p.ask(ctx, &asked{question: q, openCopy: openCopy}, Agree())
}

// Driver implements agent.Prompter.
func (p *Person) Driver(ctx context.Context, q agent.DriverQuestion) error {
	return p.ask(ctx, &asked{question: q}, Agree())
}

// PIN implements agent.Prompter.
func (p *Person) PIN(ctx context.Context, q agent.PINQuestion, try func(context.Context, agent.ProfileID, *agent.Secret) error) error {
	return p.ask(ctx, &asked{question: q, pins: &q, try: try}, PIN(p.pin))
}

// ChangePIN implements agent.Prompter.
func (p *Person) ChangePIN(ctx context.Context, q agent.PINQuestion, try func(context.Context, agent.ProfileID, *agent.Secret, *agent.Secret) error) error {
	return p.ask(ctx, &asked{question: q, pins: &q, change: try}, Refuse())
}

// Panel implements agent.Prompter. Every call is a question of its own.
func (p *Person) Panel(ctx context.Context, s agent.PanelState) (agent.PanelAction, error) {
	q := &asked{question: s}
	err := p.ask(ctx, q, Choose(agent.PanelAction{Kind: agent.PanelClose}))
	return q.action, err
}

// Token implements agent.Prompter. The question in Shown is the state that the
// window opened with.
func (p *Person) Token(ctx context.Context, s agent.TokenPanel, updates <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error {
	return p.ask(ctx, &asked{question: s, panel: windowOf(s, updates, do)}, Refuse())
}

// Wizard implements agent.Prompter. The question in Shown is the state that the
// window opened with.
func (p *Person) Wizard(ctx context.Context, s agent.WizardState, updates <-chan agent.WizardState, do func(context.Context, agent.WizardAction) error) error {
	return p.ask(ctx, &asked{question: s, wizard: windowOf(s, updates, do)}, Refuse())
}

// Generators implements agent.Prompter, in the way of Wizard.
func (p *Person) Generators(ctx context.Context, s agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(context.Context, agent.GeneratorAction) error) error {
	return p.ask(ctx, &asked{question: s, codes: windowOf(s, updates, do)}, Refuse())
}

// Notify implements agent.Prompter.
func (p *Person) Notify(ctx context.Context, n agent.Notice) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notices = append(p.notices, n)
	return ctx.Err()
}

// Prepare implements agent.Prompter.
func (p *Person) Prepare() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prepared++
}
