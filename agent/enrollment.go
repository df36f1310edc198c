package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"qoltanba/agent/gost"
)

// An enrollment is the Profile Creation Wizard while it is open: the page that it
// shows, what was entered, and the secrets that a later step needs again. Those
// are held by its desk, and wiped when the window closes, when the token goes,
// and after ten minutes without a step: a person who does this for the first time
// reads every page. What must outlive the program is in the journal.
type enrollment struct {
	a      *Agent
	desk   *tokenDesk
	bank   int  // index into Config.Banks, -1 until it is known
	chosen bool // the page has chosen the bank

	mu      sync.Mutex
	s       WizardState
	banks   []int // indexes into Config.Banks, in the order of s.Banks
	began   map[TaskKind]time.Time
	primary PrimaryKey
	kept    bool               // the new password was set before: the page for it was passed over
	anew    string             // User ID for which the person wants it begun anew, "" for none
	kinds   []KeyAlgorithm     // that the bank takes; empty for any
	working bool               // a step uses the primary key: it is not wiped, though the token goes
	panel   atomic.Bool        // the token panel is to be shown when the window has closed
	close   context.CancelFunc // ends the window
	notify  func()             // has it drawn anew
}

// wizardHeld is how long the wizard holds secrets without a step.
const wizardHeld = 10 * time.Minute

func (a *Agent) newEnrollment(c wizardCall) *enrollment {
	e := &enrollment{a: a, desk: a.newTokenDesk(wizardHeld), bank: c.bank, chosen: c.bank >= 0, began: map[TaskKind]time.Time{}}
	e.s.Step, e.s.Months, e.s.Bank, e.s.Origin = WizardProfile, c.months, -1, c.origin
	if c.resume != nil {
		e.s.Step, e.s.Token = WizardResume, a.describe(ProfileID{Token: *c.resume})
	}
	for i, b := range a.config.Banks {
		if b.Enroller == nil || e.chosen && i != c.bank {
			continue
		}
		shown := WizardBank{Name: b.Host, Host: b.Host}
		if b.Trusted { // any program of the person could call a host a bank
			shown.Name = localName(b.Names, a.language())
		}
		e.s.Banks = append(e.s.Banks, shown)
		e.banks = append(e.banks, i)
	}
	if len(e.banks) > 0 {
		e.s.Bank = 0
	}
	if len(e.banks) == 1 {
		e.bank = e.banks[0]
	}
	return e
}

// move turns to the page that the event leads to. e.mu is held.
func (e *enrollment) move(event WizardEvent) { e.s.Step = e.s.Step.Next(event) }

// isOf tells whether a page of that bank has asked for the wizard.
func (e *enrollment) isOf(bank int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.chosen && e.bank == bank
}

// setPrimary keeps a primary key until the bank was asked with it. e.mu is held.
func (e *enrollment) setPrimary(key PrimaryKey) {
	e.primary.wipe()
	e.primary = key
}

func (e *enrollment) forgetPrimary() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.setPrimary(PrimaryKey{})
}

func (e *enrollment) step() WizardStep {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.s.Step
}

// do does one thing of the wizard. It takes over the secrets. What does not
// belong to the page that is shown is ErrInvalid.
func (e *enrollment) do(ctx context.Context, act WizardAction) error {
	defer act.Wipe()
	defer e.desk.step()()
	step := e.step()
	switch {
	case act.Kind == WizardUnlock && step == WizardProfile:
		return e.unlock(ctx, act)
	case act.Kind == WizardAgree && step == WizardOtherUser:
		return e.beginAnew(ctx)
	case act.Kind == WizardAgree && step == WizardApplicant:
		return e.askUnlessOther(ctx)
	case act.Kind == WizardAgree:
		return e.agree(ctx)
	case act.Kind == WizardReturn && step == WizardOtherUser:
		return e.keepUser()
	case act.Kind == WizardReturn:
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.kept && step == WizardReview {
			e.move(WizardBackKept)
		} else {
			e.move(WizardBack)
		}
		return nil
	case act.Kind == WizardMiss && step == WizardProfile:
		return e.miss()
	case act.Kind == WizardSetAside && step == WizardMissing:
		return e.setAside(ctx, act.Serial)
	case act.Kind == WizardApply && step == WizardApplicant:
		return e.apply(ctx, act)
	case act.Kind == WizardChoose && step == WizardPassword:
		return e.choose(act)
	case act.Kind == WizardObtain && (step == WizardReview || step == WizardWork):
		return e.obtain(ctx, act)
	case act.Kind == WizardTokenPanel && step == WizardProfile:
		e.panel.Store(true)
		e.close()
		return nil
	case act.Kind == WizardFinish && step == WizardDone:
		e.close()
		return nil
	}
	return fmt.Errorf("%q on the page %q: %w", act.Kind, step, ErrInvalid)
}

// agree goes on from a page without fields.
func (e *enrollment) agree(ctx context.Context) error {
	if e.step() == WizardRestart {
		if err := e.restart(ctx); err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.move(WizardAgreed)
	return nil
}

// maxKeyFile is the largest key file that is read, in bytes.
const maxKeyFile = 1 << 20

// apply asks the bank whether it knows the applicant.
func (e *enrollment) apply(ctx context.Context, act WizardAction) error {
	userID := strings.TrimSpace(act.UserID)
	e.mu.Lock()
	e.s.UserID, e.s.KeyFile, e.s.Apart = userID, act.KeyFile, act.Apart
	token := e.s.Token.ID.Token
	e.setPrimary(PrimaryKey{}) // what was entered before is of no use any more
	e.desk.withToken(token, func(k *knownToken) { release(&k.card) })
	e.mu.Unlock()
	if userID == "" || act.Old.Len() == 0 {
		return ErrCredentials
	}
	password := act.Old
	if act.Apart {
		password = act.New
	}
	primary, err := e.readPrimary(ctx, act.KeyFile, password)
	if err != nil {
		return err
	}
	e.desk.withToken(token, func(k *knownToken) { hold(&k.card, act.Old) })
	e.mu.Lock()
	here := e.unlocked() // it may have gone while the file was read
	if here {
		e.setPrimary(primary)
	}
	e.mu.Unlock()
	if !here {
		e.desk.withToken(token, func(k *knownToken) { release(&k.card) })
		primary.wipe()
		return ErrForgotten
	}
	return e.askUnlessOther(ctx)
}

// askUnlessOther is ask, unless the registration was begun for another User ID: then the
// person is asked first which one it shall go on for.
func (e *enrollment) askUnlessOther(ctx context.Context) error {
	e.mu.Lock()
	differs := e.differs(e.s.UserID)
	if differs {
		e.move(WizardDiffers)
	}
	e.mu.Unlock()
	if differs {
		return nil
	}
	return e.ask(ctx)
}

// ask asks the bank whether it knows the applicant, by the PIN and the key that are held.
// What the bank refuses is wiped.
func (e *enrollment) ask(ctx context.Context) error {
	e.mu.Lock()
	token, months, primary := e.s.Token.ID.Token, e.s.Months, e.primary
	who := Applicant{UserID: e.s.UserID, Primary: primary, Months: months}
	e.desk.withToken(token, func(k *knownToken) { who.PIN = k.card.Clone() })
	defer who.PIN.Wipe()
	if who.PIN.Len() == 0 || len(primary.Certificates) == 0 {
		e.move(WizardRefused)
		e.mu.Unlock()
		return ErrForgotten
	}
	e.working = true // the primary key is not wiped meanwhile
	e.mu.Unlock()
	bank := e.a.config.Banks[e.bank]
	asked := registration{Token: token, Bank: bank.Host, UserID: who.UserID}
	var terms Terms
	err := e.a.remember(recordOf(asked, "check", "begun"))
	if err == nil {
		terms, err = bank.Enroller.Check(ctx, who)
		e.a.note(recordOf(asked, "check", result(err)))
	}
	kept := e.passwordKept(token)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.working = false
	if errors.Is(err, ErrCredentials) {
		e.desk.withToken(token, func(k *knownToken) { release(&k.card) })
		e.setPrimary(PrimaryKey{})
		e.move(WizardRefused)
	}
	if err != nil {
		return err
	}
	e.kinds, e.s.Periods, e.s.Failure = terms.Algorithms, terms.Months, nil
	if issued, yes := e.issued(); yes {
		months, e.s.Months, e.s.Periods = issued, issued, nil
	}
	if months != 0 && len(e.s.Periods) > 0 && !slices.Contains(e.s.Periods, months) {
		e.s.Months = 0 // to be chosen on the page that shows what was entered
		return fmt.Errorf("%d months: %w", months, ErrPeriod)
	}
	if e.kept = kept; kept {
		e.move(WizardKept)
	} else {
		e.move(WizardKnown)
	}
	return nil
}

// issued is the period of the certificate that was issued already, in months, which
// nothing changes any more. e.mu is held.
func (e *enrollment) issued() (months int, yes bool) {
	r, begun := e.a.journal.begun(e.s.Token.ID.Token)
	c, err := gost.ParseCertificate(r.Certificate)
	return r.Months, begun && r.UserID == e.s.UserID && err == nil && time.Now().Before(c.NotAfter)
}

// readPrimary reads a key file, which may lie on a drive that hangs.
func (e *enrollment) readPrimary(ctx context.Context, path string, password *Secret) (PrimaryKey, error) {
	password = password.Clone()
	return aside(ctx, func() (PrimaryKey, error) {
		defer password.Wipe()
		return e.readKeyFile(path, password)
	}, func(key PrimaryKey) { key.wipe() })
}

func (e *enrollment) readKeyFile(path string, password *Secret) (PrimaryKey, error) {
	data, err := readRegular(path, maxKeyFile)
	if err != nil {
		return PrimaryKey{}, fmt.Errorf("%w: %w", ErrKeyFileGone, err)
	}
	defer clear(data)
	if len(data) > maxKeyFile {
		return PrimaryKey{}, fmt.Errorf("key file: %w", ErrKeyFile)
	}
	return e.a.config.ReadPrimary(data, password)
}

// passwordKept tells that the token has its new password already: the journal says so, or
// that it may have it, and the one that was entered would do as a new one. That of the
// factory would not: a token that was erased elsewhere has it again.
func (e *enrollment) passwordKept(id TokenID) bool {
	r, _ := e.a.journal.of(id)
	if !r.unfinished() || r.Password == "" { // what is finished is of a token that was erased elsewhere
		return false
	}
	e.desk.mu.Lock()
	defer e.desk.mu.Unlock()
	if pin := e.desk.of(id).user; pin != nil {
		return e.a.checkPassword(id, pin) == nil
	}
	return r.Password == passwordSet
}

// choose takes the Token Name and the new password.
func (e *enrollment) choose(act WizardAction) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.s.Fixed {
		name := strings.TrimSpace(act.Name)
		if err := CheckTokenName(name); err != nil {
			return err
		}
		e.s.Name = name
	}
	id := e.s.Token.ID.Token
	if err := e.a.checkPassword(id, act.New); err != nil {
		return err
	}
	e.desk.withToken(id, func(k *knownToken) { hold(&k.next, act.New) })
	e.move(WizardChosen)
	return nil
}
