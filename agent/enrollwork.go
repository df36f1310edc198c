package agent

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"qoltanba/agent/gost"
)

// enrollRecord is what the history keeps of a step of a registration.
type enrollRecord struct {
	Step        string `json:"step"` // "check", "begun", a TaskKind, "renewal", "set-aside", "taken-back", "adopted", "moved", or "found"
	Serial      string `json:"serial"`
	Bank        string `json:"bank"`
	UserID      string `json:"userID,omitempty"`
	Certificate string `json:"certificate,omitempty"` // SHA-256 of the DER, hex
	Public      string `json:"public,omitempty"`      // of a registration set aside: SHA-256 of its SubjectPublicKeyInfo, hex
	Reason      string `json:"reason,omitempty"`      // why it was set aside: an asideReason
	Result      string `json:"result"`                // "begun", "done", or the name of the error
}

func (enrollRecord) kind() string { return "enrollment" }

// work is a registration or a renewal while it runs. Every task first looks whether it was
// done before, does it, and writes down that it is: a program that is killed at
// any moment goes on from there, with one key pair, one certificate and one
// registration.
type work struct {
	e    *enrollment
	a    *Agent
	d    *device
	bank Bank
	who  Applicant
	r    registration
	key  Key
}

// obtain does all that is left to do for a profile.
func (e *enrollment) obtain(ctx context.Context, act WizardAction) error {
	if !act.Flag {
		return ErrConfirmation
	}
	e.mu.Lock()
	months := e.s.Months
	if act.Months != 0 {
		months = act.Months
	}
	if issued, yes := e.issued(); yes {
		months, e.s.Periods = issued, nil
	}
	if len(e.s.Periods) > 0 && !slices.Contains(e.s.Periods, months) {
		e.mu.Unlock()
		return fmt.Errorf("%d months: %w", months, ErrPeriod)
	}
	e.s.Months, e.s.Failure, e.s.Tasks = months, nil, nil
	for _, kind := range []TaskKind{TaskPassword, TaskKey, TaskCertificate, TaskWrite, TaskRegister} {
		e.s.Tasks = append(e.s.Tasks, WizardTask{Kind: kind, State: TaskWaiting})
	}
	e.working = true
	e.move(WizardConfirmed)
	e.mu.Unlock()
	e.notify()

	err := e.a.turn.do(ctx, "", e.work)

	e.mu.Lock()
	defer e.mu.Unlock()
	e.working = false
	switch id := e.s.Token.ID.Token; {
	case err == nil:
		e.desk.forgetPINs(func(TokenID) bool { return true })
		e.setPrimary(PrimaryKey{})
		e.s.Token = e.a.newProfile(id)
		e.move(WizardFinished)
	case errors.Is(err, ErrCredentials):
		e.desk.withToken(id, func(k *knownToken) { release(&k.card) })
		e.s.Failure = NoteError(err)
		e.move(WizardRefused)
	case errors.Is(err, ErrForgotten): // they are entered again there
		if _, begun := e.a.journal.begun(id); begun {
			e.s.Failure = NoteError(err)
		}
		e.move(WizardRefused)
	case errors.Is(err, ErrKeyGone):
		e.move(WizardKeyGone)
	default:
		e.s.Failure = NoteError(err)
	}
	return err
}

// newProfile is the profile that was registered on a token.
func (a *Agent) newProfile(id TokenID) Profile {
	r, _ := a.journal.of(id)
	return a.describe(ProfileID{Token: id, Key: r.Key, Certificate: fingerprint(r.Certificate)})
}

// work does the tasks. The caller has the turn.
func (e *enrollment) work(ctx context.Context) error {
	e.mu.Lock()
	s, primary, anew := e.s, e.primary, e.anew
	e.mu.Unlock()
	id := s.Token.ID.Token
	if err := e.soleToken(id); err != nil {
		return err
	}
	var k knownToken
	e.desk.withToken(id, func(known *knownToken) {
		k.user, k.card, k.next = known.user.Clone(), known.card.Clone(), known.next.Clone()
	})
	defer k.user.Wipe()
	defer k.card.Wipe()
	defer k.next.Wipe()
	if k.card.Len() == 0 || k.user.Len() == 0 && !s.Token.PINPad {
		return ErrForgotten
	}
	d, err := e.a.device(ctx, id)
	if err != nil {
		return err
	}
	w := &work{e: e, a: e.a, d: d, bank: e.a.config.Banks[e.bank],
		who: Applicant{UserID: s.UserID, PIN: k.card, Primary: primary, Months: s.Months}}
	err = w.stillOurs(ctx)
	if err == nil {
		err = w.begin(s, anew)
	}
	for _, task := range []struct {
		kind TaskKind
		do   func(context.Context) error
	}{
		{TaskPassword, func(ctx context.Context) error { return w.setPassword(ctx, k.user, k.next) }},
		{TaskKey, w.generateKey},
		{TaskCertificate, w.obtainCertificate},
		{TaskWrite, w.write},
		{TaskRegister, w.register},
	} {
		if err == nil {
			err = w.task(ctx, task.kind, task.do)
		}
	}
	e.desk.dropRefused(id, err)
	e.desk.settle(ctx, d, TokenAction{Kind: TokenEnterPIN}, err)
	return err
}

// stillOurs refuses a token with which another wizard, in a terminal, in a window, or of
// a program with a journal of its own, went on since this one has looked at it: what it
// finished would be begun anew, with a second key pair, and what it began at another bank
// be continued at this one.
func (w *work) stillOurs(ctx context.Context) error {
	if r, begun := w.a.journal.begun(w.d.id); begun {
		if r.Bank != w.bank.Host {
			return otherBank(r)
		}
		return nil
	}
	if err := w.e.desk.readOne(ctx, w.d.id, false); err != nil {
		return err
	}
	var k knownToken
	w.e.desk.withToken(w.d.id, func(known *knownToken) { k = *known })
	v := w.a.view(w.a.tokenInfo(w.d.id), 1, &k)
	if v.Content == ContentUnfinished { // the journal would have it, were it this program's
		return ErrOtherProgram
	}
	return w.a.registrationRefusal(v, 1)
}

// begin writes down that a registration begins, with everything that must be the
// same when it is continued. anew is the User ID that the person has agreed to change to.
func (w *work) begin(s WizardState, anew string) error {
	r, begun := w.a.journal.of(w.d.id)
	if !begun || !r.unfinished() { // a finished one was of a token that was erased elsewhere
		id := make([]byte, 16)
		if _, err := rand.Read(id); err != nil {
			return err
		}
		r = registration{Token: w.d.id, Bank: w.bank.Host, Key: hex.EncodeToString(id), Gone: r.Gone}
	}
	if r.UserID != "" && r.UserID != s.UserID && (r.Confirming || s.UserID != anew) { // begun so by another wizard meanwhile
		return fmt.Errorf("it was begun for User ID %q: %w", r.UserID, ErrUnfinished)
	}
	r.changeUser(s.UserID)
	r.Months = s.Months
	if !s.Fixed {
		r.Name = s.Name
	}
	w.r = r
	if err := w.a.remember(w.recordOf("begun", nil)); err != nil {
		return err
	}
	return w.put()
}

func (w *work) put() error { return w.a.journal.put(w.r) }

// task does one task and shows how far it is.
func (w *work) task(ctx context.Context, kind TaskKind, do func(context.Context) error) error {
	w.show(kind, TaskRunning)
	err := do(ctx)
	if err == nil && ctx.Err() != nil {
		err = canceled(ctx)
	}
	if err != nil {
		w.show(kind, TaskFailed)
		w.a.note(w.recordOf(string(kind), err))
		return fmt.Errorf("%s: %w", kind, err)
	}
	w.show(kind, TaskDone)
	w.a.note(w.recordOf(string(kind), nil))
	return nil
}

func (w *work) show(kind TaskKind, state TaskState) {
	e := w.e
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range e.s.Tasks {
		t := &e.s.Tasks[i]
		switch {
		case t.Kind != kind:
		case state == TaskRunning:
			e.began[kind] = time.Now()
			t.State = state
		default:
			t.State, t.Seconds = state, int(time.Since(e.began[kind]).Seconds())
		}
	}
	e.notify()
}

// setPassword gives the token its new password, unless it has it already, and
// unlocks it.
func (w *work) setPassword(ctx context.Context, old, new *Secret) error {
	if err := w.a.login(ctx, w.d, old); err != nil {
		return err
	}
	pad := w.a.tokenInfo(w.d.id).PINPad
	switch {
	case w.e.passwordKept(w.d.id), !pad && new.Equal(old):
	case !pad && new.Len() == 0:
		return ErrForgotten
	default:
		w.r.Password = passwordSetting
		if err := w.put(); err != nil {
			return err
		}
		w.a.step(w.d, TokenLoggedOut)
		err := w.d.token.SetPIN(ctx, old, new)
		if err != nil && !errors.Is(err, ErrPINSame) {
			return err
		}
		w.a.noteDefault(w.d.id, func(n *defaults) { n.user = false })
		w.e.desk.withToken(w.d.id, func(k *knownToken) { hold(&k.user, new) })
		if err := w.a.login(ctx, w.d, new); err != nil {
			return err
		}
	}
	w.r.Password = passwordSet
	return w.put()
}

// obtainCertificate asks the CA, unless the journal has the certificate.
func (w *work) obtainCertificate(ctx context.Context) error {
	if c, err := gost.ParseCertificate(w.r.Certificate); err == nil && time.Now().Before(c.NotAfter) {
		return nil
	}
	certificate, err := w.bank.Enroller.Submit(ctx, w.who, w.key)
	if err != nil {
		return err
	}
	switch {
	case bytes.Equal(certificate.Raw, w.r.Certificate):
		return fmt.Errorf("the one that has ended was returned: %w", ErrCertificate)
	case w.a.primary(certificate): // it would sign nothing, and be in the way of the right one
		return fmt.Errorf("that of a primary key was returned: %w", ErrCertificate)
	}
	if ended := w.r.Certificate; len(ended) > 0 {
		w.r.Replaced = ended
	}
	w.r.Certificate = certificate.Raw
	return w.put()
}

// write puts the certificate on the token, unless it is there.
func (w *work) write(ctx context.Context) error {
	certificate, err := gost.ParseCertificate(w.r.Certificate)
	if err != nil {
		return err
	}
	if err := w.store(ctx, w.key.ID(), certificate); err != nil {
		return err
	}
	for _, other := range w.r.Issued { // the key is for one User ID
		if err := w.removeCertificate(ctx, w.key.ID(), other); err != nil {
			return err
		}
	}
	if len(w.r.Replaced) > 0 {
		return w.removeReplaced(ctx, w.key.ID())
	}
	return nil
}

func (w *work) store(ctx context.Context, id []byte, certificate *x509.Certificate) error {
	if _, err := certifiedKey(ctx, w.d, id, certificate.Raw); !errors.Is(err, ErrNoKey) {
		return err
	}
	return w.d.token.StoreCertificate(ctx, id, w.r.label(), certificate)
}

// register tells the bank, which uses up the card's PIN.
func (w *work) register(ctx context.Context) error {
	certificate, err := gost.ParseCertificate(w.r.Certificate)
	if err != nil {
		return err
	}
	before := w.r.Confirming
	w.r.Confirming = true
	if err := w.put(); err != nil {
		return err
	}
	err = w.bank.Enroller.Confirm(ctx, w.who, certificate)
	switch {
	case err == nil:
		w.r.Done, w.r.Issued, w.r.Confirming = true, nil, false
	case errors.Is(err, ErrRejected), errors.Is(err, ErrCredentials), errors.Is(err, ErrManyTries): // it did not, this time
		w.r.Confirming = before
	default:
		return err // nobody knows: the answer may have been lost
	}
	return errors.Join(err, w.put())
}

// recordOf is the history's record of a step.
func recordOf(r registration, step, result string) enrollRecord {
	record := enrollRecord{Step: step, Serial: r.Token.Serial, Bank: r.Bank, UserID: r.UserID, Result: result}
	if len(r.Certificate) > 0 {
		record.Certificate = fingerprint(r.Certificate)
	}
	return record
}

// recordOf is recordOf of the work's registration, which may not have begun yet.
func (w *work) recordOf(step string, err error) enrollRecord {
	r := w.r
	r.Token, r.Bank = w.d.id, w.bank.Host
	return recordOf(r, step, result(err))
}
