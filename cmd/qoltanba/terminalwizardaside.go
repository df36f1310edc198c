package main

import (
	"context"
	"errors"
	"strings"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// otherToken says which token the registration belongs to. If that one is lost the page
// that sets its registration aside is next.
func (t *terminalWizard) otherToken(ctx context.Context) error {
	other := agent.ErrorName(agent.ErrOtherToken)
	t.say("\n%s\n", t.lang.T(text.WizardOther, t.state.Other.Serial))
	lost, err := t.yes(ctx, text.CLIEnrollMissing)
	if err != nil || !lost {
		return err
	}
	if !t.current() || t.state.Refusal != other { // it was connected meanwhile
		return nil
	}
	if err := t.do(ctx, agent.WizardAction{Kind: agent.WizardMiss}); err != nil {
		if ctx.Err() != nil {
			return agent.ErrCanceled
		}
		t.fail(err)
		return nil
	}
	return t.follow(ctx, func(s agent.WizardState) bool { return s.Step != agent.WizardProfile || s.Refusal != other })
}

// missingPage sets the registration of a lost token aside, once its number was typed.
func (t *terminalWizard) missingPage(ctx context.Context) error {
	l, other := t.lang, t.state.Other
	t.title(text.WizardMissing)
	t.say("%s\n", l.T(text.WizardMissingBegun, other.Serial))
	t.show(text.WizardUserID, other.UserID)
	t.show(text.WizardBank, other.Bank)
	t.say("! %s\n%s\n", l.T(text.WizardMissingGone), l.T(text.WizardMissingBank))
	t.support()
	for {
		t.say("%s %s ", l.T(text.WizardMissingSerial), l.T(text.CLIEnrollBack))
		typed, err := t.line(ctx)
		switch {
		case err != nil:
			return err
		case typed == "":
			return t.act(ctx, agent.WizardAction{Kind: agent.WizardReturn})
		case strings.EqualFold(typed, other.Serial):
			return t.try(ctx, agent.WizardAction{Kind: agent.WizardSetAside, Serial: typed})
		}
		t.say("%s\n", l.T(text.WizardMissingWrong, other.Serial))
	}
}

// otherUserPage asks for which of two User IDs the registration goes on.
func (t *terminalWizard) otherUserPage(ctx context.Context) error {
	l, s := t.lang, t.state
	t.title(text.WizardOtherUser)
	t.show(text.WizardBegunFor, s.Other.UserID)
	t.show(text.WizardEntered, s.UserID)
	anew := false
	if s.Other.Confirming {
		t.say("! %s\n", l.T(text.WizardUserTaken))
	} else {
		t.say("%s\n%s\n", l.T(text.WizardUserFirst), l.T(text.WizardUserAnew))
		var err error
		if anew, err = t.yes(ctx, text.CLIEnrollAnewUser); err != nil {
			return err
		}
	}
	if !anew {
		return t.act(ctx, agent.WizardAction{Kind: agent.WizardReturn})
	}
	t.say("%s\n", l.T(text.WizardAsking))
	err := t.act(ctx, agent.WizardAction{Kind: agent.WizardAgree})
	if errors.Is(err, agent.ErrPeriod) {
		err = t.otherPeriod(ctx, err)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	if errors.Is(err, agent.ErrCredentials) || errors.Is(err, agent.ErrForgotten) { // back to where they are entered
		if err := t.follow(ctx, func(s agent.WizardState) bool { return s.Step != agent.WizardOtherUser }); err != nil {
			return err
		}
	}
	t.fail(err)
	t.askTheBank(err)
	return t.again(ctx)
}

// advise says what to do when the work has stopped.
func (t *terminalWizard) advise() {
	l := t.lang
	t.say("%s\n! %s\n%s\n", l.T(text.CLIEnrollMend), l.T(text.WizardForbidden), l.T(text.WizardContact))
	t.support()
}

// askTheBank says how the bank is reached where an error's hint sends the person there.
func (t *terminalWizard) askTheBank(err error) {
	if errors.Is(err, agent.ErrRejected) || errors.Is(err, agent.ErrBankForeign) {
		t.support()
	}
}

// support says how the bank's support and the account manager are reached.
func (t *terminalWizard) support() {
	s := t.state.Support
	if len(s.Phones) > 0 {
		t.say("%s\n", t.lang.T(text.DriverPhones, payment.Visible(strings.Join(s.Phones, ", "))))
	}
	if said := payment.Visible(s.Text); said != "" {
		t.say("%s\n", said)
	}
	if manager := payment.Visible(s.Manager); manager != "" {
		t.say("%s\n", t.lang.T(text.WizardManager, manager))
	}
}
