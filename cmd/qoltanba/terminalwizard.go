package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

var _ agent.Prompter = (*terminalWizard)(nil)

// terminalWizard shows the Profile Creation Wizard page by page in a terminal. Where
// the window has a button the person answers a question; ending the input or Ctrl-C
// closes it, and the registration can be continued.
type terminalWizard struct {
	*terminal
	// What flags have filled in.
	userID, keyFile, name, bank string
	months                      int

	state   agent.WizardState
	entered string    // path of the key file as typed last, which a late state does not know
	since   time.Time // when state came: the seconds of its tasks run on from then
	updates <-chan agent.WizardState
	do      func(context.Context, agent.WizardAction) error

	hints    []string                // of what was sent to the bank last, shown with agent.ErrCredentials
	told     map[agent.TaskKind]bool // tasks whose end was said
	running  string                  // what the line of the one that runs says
	begun    bool                    // there is a registration to be continued
	finished bool                    // the profile was created
	err      error                   // what else the wizard ended with
}

// Wizard implements agent.Prompter.
func (t *terminalWizard) Wizard(ctx context.Context, s agent.WizardState, updates <-chan agent.WizardState, do func(context.Context, agent.WizardAction) error) error {
	t.updates, t.do, t.told = updates, do, map[agent.TaskKind]bool{}
	t.take(s)
	t.say("%s\n", t.lang.T(text.WizardTitle))
	for !t.finished {
		if t.err = t.page(ctx); t.err != nil {
			return t.err
		}
	}
	return agent.ErrDenied // closed, as every panel ends
}

// page asks what the page of the step asks, and does it. It returns an error when the
// wizard is to end.
func (t *terminalWizard) page(ctx context.Context) error {
	switch t.state.Step {
	case agent.WizardProfile:
		return t.profilePage(ctx)
	case agent.WizardResume:
		return t.resumePage(ctx)
	case agent.WizardRestart:
		t.title(text.WizardKeyGone)
		t.say("%s\n", t.lang.T(text.WizardAnew))
		return t.agree(ctx, text.CLIEnrollAnew)
	case agent.WizardMissing:
		return t.missingPage(ctx)
	case agent.WizardOtherUser:
		return t.otherUserPage(ctx)
	case agent.WizardConfirm:
		t.title(text.WizardCreate)
		t.say("%s\n", t.lang.T(text.WizardUntouched, t.tokenName()))
		return t.agree(ctx, text.CLIEnrollCreate)
	case agent.WizardWelcome:
		return t.welcomePage(ctx)
	case agent.WizardApplicant:
		return t.applicantPage(ctx)
	case agent.WizardPassword:
		return t.passwordPage(ctx)
	case agent.WizardReview:
		return t.reviewPage(ctx)
	case agent.WizardWork:
		return t.stoppedPage(ctx)
	case agent.WizardDone:
		t.donePage(ctx)
		return nil
	}
	return agent.ErrNoWindow // a step that a newer agent has
}

// take takes in a newer state.
func (t *terminalWizard) take(s agent.WizardState) {
	before := t.state.Step
	t.state, t.since = s, time.Now()
	t.begun = t.begun || s.Resumed || s.Step == agent.WizardResume
	t.draw()
	if s.Step == agent.WizardProfile && !slices.Contains([]agent.WizardStep{"", agent.WizardProfile, agent.WizardResume, agent.WizardMissing}, before) {
		t.say("\n%s\n", t.lang.T(text.WizardAgain))
	}
}

// follow takes in states until one fits.
func (t *terminalWizard) follow(ctx context.Context, until func(agent.WizardState) bool) error {
	for !until(t.state) {
		select {
		case s := <-t.updates:
			t.take(s)
		case <-ctx.Done():
			return agent.ErrCanceled
		}
	}
	return nil
}

// current takes in what came while the person typed, and tells whether the page is
// still the one that was answered: the token may have been removed.
func (t *terminalWizard) current() bool {
	before := t.state.Step
	select {
	case s := <-t.updates:
		t.take(s)
	default:
	}
	return t.state.Step == before
}

// act does something on the page that is shown and follows the wizard to the page
// after it. What was meant for a page that is gone is not done.
func (t *terminalWizard) act(ctx context.Context, a agent.WizardAction) error {
	before := t.state.Step
	if !t.current() {
		a.Wipe()
		t.say("%s\n", t.lang.T(text.CLIEnrollLost))
		return nil
	}
	err := t.do(ctx, a)
	switch {
	case ctx.Err() != nil:
		return agent.ErrCanceled
	case err != nil:
		return err
	}
	return t.follow(ctx, func(s agent.WizardState) bool {
		return s.Step != before || before == agent.WizardProfile && s.Refusal != "" // it went again at once
	})
}

// try is act for what may be refused, which is said, and may be entered once more.
func (t *terminalWizard) try(ctx context.Context, a agent.WizardAction) error {
	err := t.act(ctx, a)
	if errors.Is(err, agent.ErrPeriod) {
		err = t.otherPeriod(ctx, err)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	t.fail(err)
	t.askTheBank(err)
	return t.again(ctx)
}

// otherPeriod asks for a period of the contract in the place of one that it does not
// have, and goes on. What else was entered is not asked for again: the agent holds it, and
// wipes what is secret of it after a while.
func (t *terminalWizard) otherPeriod(ctx context.Context, refused error) error {
	step := t.state.Step
	t.fail(refused)
	err := t.follow(ctx, func(s agent.WizardState) bool { return s.Step != step || s.Months == 0 && len(s.Periods) > 0 })
	if err != nil || t.state.Step != step {
		return err
	}
	if t.months, err = t.choosePeriod(ctx); err != nil {
		return err
	}
	return t.act(ctx, agent.WizardAction{Kind: agent.WizardAgree})
}

// obtain starts the work, or tries again what stopped, and shows how it goes.
func (t *terminalWizard) obtain(ctx context.Context, months int) error {
	if !t.current() {
		return nil
	}
	t.state.Tasks, t.state.Failure, t.begun = nil, nil, true
	clear(t.told)
	t.say("\n%s\n%s\n%s\n", t.lang.T(text.WizardWorks), t.lang.T(text.WizardFive), t.lang.T(text.CLIEnrollKeepIn))
	worked := make(chan error, 1)
	go func() { // ends with the work, which ends with ctx
		worked <- t.do(ctx, agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: months})
	}()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case s := <-t.updates:
			t.take(s)
		case <-second.C:
			t.draw()
		case err := <-worked:
			if ctx.Err() != nil {
				return agent.ErrCanceled
			}
			return t.settle(ctx, err)
		}
	}
}

// settle follows the wizard to the page that the work led to. It says what is wrong
// where that page does not.
func (t *terminalWizard) settle(ctx context.Context, err error) error {
	to := agent.WizardWork
	switch {
	case err == nil:
		to = agent.WizardDone
	case errors.Is(err, agent.ErrPeriod), errors.Is(err, agent.ErrInvalid): // nothing was begun
		t.fail(err)
		return t.again(ctx)
	case errors.Is(err, agent.ErrCredentials), errors.Is(err, agent.ErrForgotten):
		to = agent.WizardApplicant
	case errors.Is(err, agent.ErrKeyGone):
		to = agent.WizardRestart
	}
	if err := t.follow(ctx, func(s agent.WizardState) bool {
		return s.Step == agent.WizardProfile || s.Step == to && (to != agent.WizardWork || s.Failure != nil)
	}); err != nil {
		return err
	}
	if t.state.Step == agent.WizardApplicant {
		t.fail(err)
		if t.state.Failure != nil { // a registration was begun
			t.advise()
		}
	}
	return nil
}

// draw says of each task that it runs, and for how long, and that it has ended.
func (t *terminalWizard) draw() {
	for _, task := range t.state.Tasks {
		name := t.lang.Task(task.Kind)
		switch task.State {
		case agent.TaskRunning:
			line := name + "  " + passed(task.Seconds+int(time.Since(t.since)/time.Second))
			if line != t.running {
				t.running = line
				t.say("\r  … %s", line)
			}
		case agent.TaskDone, agent.TaskFailed:
			if t.told[task.Kind] {
				continue
			}
			t.told[task.Kind] = true
			if task.State == agent.TaskDone {
				t.say("\r  ✓ %s  %s\n", name, t.lang.T(text.WizardTook, passed(task.Seconds)))
			} else {
				t.say("\r  ✗ %s  %s\n", name, passed(task.Seconds))
			}
		}
	}
}

// fail says what went wrong: the sentence and its hint, or the four things to check
// where the bank does not know the applicant. What a bank says itself is shown as data.
func (t *terminalWizard) fail(err error) {
	sentence, hint := t.lang.TerminalError(err)
	if errors.Is(err, agent.ErrCredentials) && len(t.hints) > 0 {
		t.say("\n%s\n", sentence)
		for _, h := range t.hints {
			t.say("  %s\n", h)
		}
	} else {
		t.say("\n%s %s\n", sentence, hint)
	}
	if said, ok := errors.AsType[*agent.RejectedError](err); ok && said.Text != "" {
		t.say("%s\n", t.lang.T(text.WizardSays, payment.Visible(said.Text)))
	}
}
