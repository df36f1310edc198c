package main

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// userIDLook is how User IDs usually look, qq111111_qwertyui. Another one is not
// refused, only marked.
var userIDLook = regexp.MustCompile(`^[a-z]{2}[0-9]{6}_[a-z]+$`)

// profilePage shows bank and token and asks for the token's password.
func (t *terminalWizard) profilePage(ctx context.Context) error {
	if err := t.awaitToken(ctx); err != nil || t.state.Step != agent.WizardProfile {
		return err
	}
	i, err := t.chooseBank(ctx)
	if err != nil {
		return err
	}
	l, s, p := t.lang, t.state, t.state.Profiles[0]
	t.title(text.WizardChoose)
	t.show(text.WizardBank, s.Banks[i].Name)
	t.say("  %s\n", l.T(text.WizardHost, payment.Visible(s.Banks[i].Host)))
	t.show(text.Profile, p.Name)
	for _, remark := range []struct {
		key text.Key
		is  bool
	}{
		{text.WizardResumed, t.begun}, {text.WizardUnsure, s.PasswordUnsure},
		{text.WizardEmpty, p.Empty && !t.begun}, {text.WizardChosen, s.PasswordChosen && !p.PINPad},
		{text.WizardDefault, p.Empty && !s.PasswordChosen && !s.PasswordUnsure && !p.PINPad},
	} {
		if remark.is && !p.Locked {
			t.say("%s\n", l.T(remark.key))
		}
	}
	for {
		a := agent.WizardAction{Kind: agent.WizardUnlock, Bank: i, Token: p.ID.Token}
		if a.Old, err = t.pin(ctx, viewOf(p), text.Password); err != nil {
			return err
		}
		err := t.act(ctx, a)
		switch _, wrong := errors.AsType[*agent.PINError](err); {
		case err == nil:
			return nil
		case !agent.AsksAgain(err):
			return err
		default:
			t.fail(err)
			if !wrong { // the token went: the page begins anew
				return nil
			}
		}
	}
}

// viewOf has of a profile what a question for a password goes by.
func viewOf(p agent.Profile) agent.TokenView {
	return agent.TokenView{Name: p.Name, Info: agent.TokenInfo{ID: p.ID.Token, PINPad: p.PINPad, MinPIN: p.MinPIN, MaxPIN: p.MaxPIN}}
}

// awaitToken returns when the one token that the registration goes on with is there.
// A token that has a profile ends the wizard.
func (t *terminalWizard) awaitToken(ctx context.Context) error {
	l, told := t.lang, ""
	for {
		switch s := t.state; {
		case s.Step != agent.WizardProfile, s.Refusal == "" && len(s.Profiles) > 0:
			return nil
		case s.Refusal == agent.ErrorName(agent.ErrNotEmpty):
			return agent.ErrNotEmpty
		case s.Refusal != told:
			told = s.Refusal
			switch sentence, hint := l.TerminalError(agent.ErrorNamed(told)); {
			case told == agent.ErrorName(agent.ErrNoToken):
				t.say("\n%s. %s\n", l.T(text.TokenConnect), l.T(text.TokenLooks))
			case told == agent.ErrorName(agent.ErrOtherToken):
				if err := t.otherToken(ctx); err != nil {
					return err
				}
				if t.current(); t.state.Step != agent.WizardProfile || t.state.Refusal != told {
					continue
				}
			default:
				t.say("\n%s %s\n", sentence, hint)
			}
			t.say("%s\n", l.T(text.CLIEnrollWaits))
		}
		select {
		case s := <-t.updates:
			t.take(s)
		case <-ctx.Done():
			return agent.ErrCanceled
		}
	}
}

// chooseBank returns the bank to register with, as an index. One alone is taken, and
// so is the one that was chosen before, or where a registration was begun that goes on.
func (t *terminalWizard) chooseBank(ctx context.Context) (int, error) {
	all := t.state.Banks
	switch i := slices.IndexFunc(all, func(b agent.WizardBank) bool { return b.Host == t.bank }); {
	case len(all) == 0:
		return 0, agent.ErrNoEnrollment
	case i >= 0:
		return i, nil
	case t.bank != "":
		return 0, saying(t.lang.T(text.CLIEnrollNoBank, t.bank))
	case len(all) == 1:
		return 0, nil
	case t.state.Resumed && t.state.Bank >= 0:
		return t.state.Bank, nil
	}
	for i, b := range all {
		t.say("  %d. %s (%s)\n", i+1, payment.Visible(b.Name), payment.Visible(b.Host))
	}
	for {
		t.say("%s ", t.lang.T(text.CLIEnrollBank, len(all)))
		line, err := t.line(ctx)
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(all) {
			t.bank = all[n-1].Host
			return n - 1, nil
		}
	}
}

// resumePage offers to continue a registration.
func (t *terminalWizard) resumePage(ctx context.Context) error {
	t.title(text.WizardUnfinished)
	t.show(text.Profile, t.tokenName())
	sentence, hint := t.lang.Error(agent.ErrUnfinished)
	t.say("%s\n%s %s\n", t.lang.T(text.WizardNotLost), sentence, hint)
	return t.agree(ctx, text.CLIEnrollGoOn)
}

// welcomePage says what is needed.
func (t *terminalWizard) welcomePage(ctx context.Context) error {
	t.title(text.WizardWelcome)
	t.say("%s\n%s\n", t.lang.T(text.WizardHelps), t.lang.T(text.WizardHave))
	for _, k := range []text.Key{text.WizardHaveID, text.WizardHavePIN, text.WizardHaveFile} {
		t.say("  - %s\n", t.lang.T(k))
	}
	t.say("%s\n%s ", t.lang.T(text.WizardMinutes), t.lang.T(text.CLIEnrollReady))
	if _, err := t.line(ctx); err != nil {
		return err
	}
	return t.act(ctx, agent.WizardAction{Kind: agent.WizardAgree})
}

// applicantPage tells the bank who registers. What was entered fills the fields when
// the bank refuses it, the PIN excepted.
func (t *terminalWizard) applicantPage(ctx context.Context) error {
	l := t.lang
	t.title(text.WizardApplicant)
	t.say("%s\n", l.T(text.WizardUserIDFrom))
	userID, err := t.ask(ctx, text.WizardUserID, cmp.Or(t.state.UserID, t.userID))
	if err != nil {
		return err
	}
	if !userIDLook.MatchString(userID) {
		t.say("! %s\n", l.T(text.WizardUserIDCheck))
	}
	pin, lower, err := t.cardPIN(ctx)
	if err != nil {
		return err
	}
	a := agent.WizardAction{Kind: agent.WizardApply, UserID: userID, Old: pin}
	if err := t.askKeyFile(ctx, &a); err != nil {
		a.Wipe()
		return err
	}
	t.state.UserID, t.entered = userID, a.KeyFile // as the next state has it, which may come late
	t.hints = t.credentialHints(userID, pin.Bytes(), lower)
	t.say("%s\n", l.T(text.WizardAsking))
	return t.try(ctx, a)
}

// askKeyFile asks for the key file, and for its password where that is not the PIN.
// The agent may be in another folder: the path is a whole one.
func (t *terminalWizard) askKeyFile(ctx context.Context, a *agent.WizardAction) error {
	t.say("%s\n", t.lang.T(text.WizardKeyFileFrom))
	path, err := t.ask(ctx, text.WizardKeyFile, cmp.Or(t.entered, t.state.KeyFile, t.keyFile))
	if err != nil {
		return err
	}
	a.KeyFile = kong.ExpandPath(path)
	matches, err := t.yesOr(ctx, text.CLIEnrollMatches, text.CLIYes)
	if err != nil || matches {
		return err
	}
	t.say("%s\n", t.lang.T(text.WizardAdvice))
	a.Apart = true
	a.New, err = t.hidden(ctx, t.label(text.WizardFilePassword))
	return err
}

// passwordPage asks for the token's name and its new password.
func (t *terminalWizard) passwordPage(ctx context.Context) error {
	l, s := t.lang, t.state
	t.title(text.WizardPasswordTitle)
	a := agent.WizardAction{Kind: agent.WizardChoose, Name: s.Name}
	if s.Fixed {
		t.show(text.WizardName, s.Name)
		t.say("%s\n", l.T(text.WizardNameFixed))
	} else {
		t.say("%s\n", l.T(text.WizardNameRule, agent.MaxLabel))
		for {
			name, err := t.ask(ctx, text.WizardName, cmp.Or(s.Name, t.name))
			if err != nil {
				return err
			}
			if err := agent.CheckTokenName(name); err != nil {
				t.fail(err)
				continue
			}
			a.Name, t.state.Name = name, name
			break
		}
	}
	t.say("%s\n", l.T(text.WizardPasswordFor))
	if s.Token.PINPad {
		t.say("%s\n", l.T(text.WizardNewOnDevice))
	}
	var err error
	if a.New, err = t.fresh(ctx, viewOf(s.Token), text.ChangeNew, true); err != nil {
		return err
	}
	return t.try(ctx, a)
}

// reviewPage shows what was entered, the PIN and the password excepted, and wants it
// confirmed.
func (t *terminalWizard) reviewPage(ctx context.Context) error {
	l, s := t.lang, t.state
	months, err := t.choosePeriod(ctx)
	if err != nil {
		return err
	}
	period := l.T(text.WizardPeriodBank)
	if months > 0 {
		period = l.N(text.WizardMonths, months)
	}
	t.title(text.WizardCheck)
	if s.Bank >= 0 && s.Bank < len(s.Banks) {
		t.show(text.WizardBank, s.Banks[s.Bank].Name)
	}
	t.show(text.Profile, s.Token.Name)
	t.show(text.WizardUserID, s.UserID)
	t.show(text.WizardKeyFile, s.KeyFile)
	t.show(text.WizardName, s.Name)
	t.show(text.WizardPeriod, period)
	right, err := t.yes(ctx, text.CLIEnrollConfirm)
	if err != nil {
		return err
	}
	if !right {
		if len(s.Periods) > 1 {
			t.months = 0 // it may be what is not right
		}
		return t.enterAnew(ctx)
	}
	return t.obtain(ctx, months)
}

// enterAnew goes back from WizardReview to WizardApplicant: in a terminal the page between
// has no question that leads back.
func (t *terminalWizard) enterAnew(ctx context.Context) error {
	back := agent.WizardAction{Kind: agent.WizardReturn}
	if err := t.act(ctx, back); err != nil || t.state.Step != agent.WizardPassword {
		return err
	}
	return t.act(ctx, back)
}

// choosePeriod returns the period of the certificate, in months, 0 for the bank's own.
func (t *terminalWizard) choosePeriod(ctx context.Context) (int, error) {
	all := t.state.Periods
	switch {
	case t.state.Months > 0:
		return t.state.Months, nil
	case len(all) == 0, slices.Contains(all, t.months):
		return t.months, nil
	case len(all) == 1:
		return all[0], nil
	}
	var names []string
	for _, n := range all {
		names = append(names, strconv.Itoa(n))
	}
	for {
		t.say("%s ", t.lang.T(text.CLIEnrollPeriod, strings.Join(names, ", ")))
		line, err := t.line(ctx)
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(line); err == nil && slices.Contains(all, n) {
			return n, nil
		}
	}
}

// stoppedPage says why the work stopped and what to do.
func (t *terminalWizard) stoppedPage(ctx context.Context) error {
	s := t.state
	t.title(text.WizardStopped)
	t.fail(s.Failure.Err())
	t.advise()
	if err := t.again(ctx); err != nil {
		return err
	}
	return t.obtain(ctx, s.Months)
}

// donePage says that the profile was created, and closes the wizard.
func (t *terminalWizard) donePage(ctx context.Context) {
	p := t.state.Created()
	t.title(text.WizardDone)
	t.show(text.Profile, cmp.Or(p.Name, t.state.Name))
	if p.NotAfter != "" { // the period as the bank has issued it
		t.say("%s\n", t.lang.T(text.ProfileDetails, payment.Visible(p.Subject), t.lang.Date(p.NotAfter)))
	}
	t.say("%s\n", t.lang.T(text.CLIEnrollDone))
	t.finished = true
	_ = t.do(ctx, agent.WizardAction{Kind: agent.WizardFinish}) // it ends ctx, and may say so
}
