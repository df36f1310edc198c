package agent

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// tokenRecord is what the history keeps of the administration of a token.
type tokenRecord struct {
	Action string `json:"action"` // a TokenActionKind
	Serial string `json:"serial"`
	Label  string `json:"label,omitempty"` // TokenFormat: the new name
	// Lost holds the SHA-256 of the certificates that formatting destroys, hex.
	Lost       []string         `json:"lost,omitempty"`
	Generators []TokenGenerator `json:"generators,omitempty"` // those that it destroys, as far as they are known
	Result     string           `json:"result"`               // "begun", "done", or the name of the error
}

func (tokenRecord) kind() string { return "token" }

// do does one thing of the panel. It takes over the secrets.
func (t *tokenDesk) do(ctx context.Context, act TokenAction) error {
	defer act.Wipe()
	defer t.step()()
	switch act.Kind {
	case DriverRescan, DriverAdd, DriverForget:
		return t.a.workDriver(ctx, act)
	case TokenLock:
		t.a.LockToken(act.Token)
		return nil
	}
	var unknown error
	err := t.a.turn.do(ctx, "", func(ctx context.Context) error {
		d, err := t.a.device(ctx, act.Token)
		if err != nil {
			return err
		}
		admin, ok := d.token.(Admin)
		if !ok {
			return fmt.Errorf("this token is not administered: %w", ErrMechanism)
		}
		err = t.work(ctx, d, admin, act)
		if ctx.Err() != nil { // it was locked meanwhile
			t.forgetPINs(func(id TokenID) bool { return id == d.id })
		}
		if errors.Is(err, ErrFormatUnknown) {
			unknown = err
		}
		t.settle(ctx, d, act, err)
		return err
	})
	return cmp.Or(unknown, err) // what became of the token says more than who gave up
}

// settle brings everybody up to date after a step. The caller has the turn.
func (t *tokenDesk) settle(ctx context.Context, d *device, act TokenAction, err error) {
	_, wrong := errors.AsType[*PINError](err)
	switch {
	case act.Kind == TokenFormat:
	case errors.Is(err, ErrPINLocked):
		t.a.step(d, TokenPINBlocked)
	case err == nil || wrong || errors.Is(err, ErrAdminPINLocked) || AsksAgain(err) && !errors.Is(err, ErrTokenLost):
	default:
		t.a.failed(d, err)
	}
	t.a.relock(ctx, d.id)
	t.a.refresh(ctx)
}

// work does one thing with a token. The caller has the turn.
func (t *tokenDesk) work(ctx context.Context, d *device, admin Admin, act TokenAction) error {
	switch act.Kind {
	case TokenEnterPIN:
		return t.enterPIN(ctx, d, act.Old)
	case TokenEnterAdminPIN:
		return t.enterAdminPIN(ctx, d, admin, act.Old)
	case TokenFormat:
		return t.format(ctx, d, admin, act)
	case TokenDelete:
		return t.delete(ctx, d, admin, act.Object)
	}
	err := t.changePIN(ctx, d, admin, act)
	t.dropRefused(d.id, err)
	if _, wrong := errors.AsType[*PINError](err); wrong || err == nil || errors.Is(err, ErrPINLocked) || errors.Is(err, ErrAdminPINLocked) {
		t.a.note(tokenRecord{Action: string(act.Kind), Serial: d.id.Serial, Result: result(err)})
	}
	return err
}

// dropRefused wipes the PIN that is held when the token refused it: offered again
// it would use up the tries.
func (t *tokenDesk) dropRefused(id TokenID, err error) {
	wrong, ok := errors.AsType[*PINError](err)
	switch {
	case ok && wrong.Admin, errors.Is(err, ErrAdminPINLocked):
		t.withToken(id, func(k *knownToken) { release(&k.admin) })
	case ok, errors.Is(err, ErrPINLocked):
		t.withToken(id, func(k *knownToken) { release(&k.user) })
	}
}

func (t *tokenDesk) enterPIN(ctx context.Context, d *device, pin *Secret) error {
	if err := t.a.login(ctx, d, pin); err != nil {
		t.withToken(d.id, func(k *knownToken) { release(&k.user) })
		return err
	}
	if err := t.readOne(ctx, d.id, true); err != nil {
		return err
	}
	t.withToken(d.id, func(k *knownToken) { hold(&k.user, pin) })
	return nil
}

func (t *tokenDesk) enterAdminPIN(ctx context.Context, d *device, admin Admin, pin *Secret) error {
	t.a.step(d, TokenLoggedOut) // a token takes one kind of login at a time
	if err := admin.CheckAdminPIN(ctx, pin); err != nil {
		t.withToken(d.id, func(k *knownToken) { release(&k.admin) })
		return err
	}
	t.withToken(d.id, func(k *knownToken) { hold(&k.admin, pin) })
	t.a.noteDefault(d.id, func(n *defaults) { n.admin = isPIN(pin, DefaultAdminPIN) })
	return nil
}

// changePIN is the part of work that sets a new PIN.
func (t *tokenDesk) changePIN(ctx context.Context, d *device, admin Admin, act TokenAction) error {
	which := func(k *knownToken) *Secret { return k.admin }
	if act.Kind == TokenChangePIN {
		which = func(k *knownToken) *Secret { return k.user }
	}
	old, err := t.held(d, act.Old, which)
	if err != nil {
		return err
	}
	defer old.Wipe()
	if act.Kind == TokenChangeAdminPIN {
		t.a.step(d, TokenLoggedOut)
		if err := admin.SetAdminPIN(ctx, old, act.New); err != nil {
			return err
		}
		t.withToken(d.id, func(k *knownToken) { hold(&k.admin, act.New) })
		t.a.noteDefault(d.id, func(n *defaults) { n.admin = isPIN(act.New, DefaultAdminPIN) })
		return nil
	}
	if err := t.a.checkPassword(d.id, act.New); err != nil {
		return err
	}
	t.a.step(d, TokenLoggedOut)
	switch act.Kind {
	case TokenChangePIN:
		if err = d.token.SetPIN(ctx, old, act.New); err != nil {
			return err
		}
	case TokenUnblock:
		if err = admin.Unblock(ctx, old, act.New); err != nil {
			return err
		}
		t.a.step(d, TokenUnblocked)
		t.withToken(d.id, func(k *knownToken) { hold(&k.admin, old) })
	default:
		return fmt.Errorf("action %q: %w", act.Kind, ErrInvalid)
	}
	t.withToken(d.id, func(k *knownToken) { hold(&k.user, act.New) })
	t.a.noteDefault(d.id, func(n *defaults) { n.user = false })
	return nil
}

// checkPassword holds a new user PIN against the rules. One that is typed at a PIN pad
// cannot be checked.
func (a *Agent) checkPassword(id TokenID, pin *Secret) error {
	i := a.tokenInfo(id)
	if i.PINPad && pin.Len() == 0 {
		return nil
	}
	for _, c := range CheckPassword(pin.Bytes(), i.MinPIN, i.MaxPIN) {
		switch {
		case c.Met:
		case c.Rule == RuleLength:
			return ErrPINLength
		default:
			return fmt.Errorf("rule %q: %w", c.Rule, ErrPINRule)
		}
	}
	return nil
}

// delete destroys an object that belongs to nothing.
func (t *tokenDesk) delete(ctx context.Context, d *device, admin Admin, o *Object) error {
	if o == nil {
		return ErrInvalid
	}
	pin, err := t.held(d, nil, func(k *knownToken) *Secret { return k.user })
	if err != nil {
		return err
	}
	defer pin.Wipe()
	if err := t.enterPIN(ctx, d, pin); err != nil {
		return err
	}
	var v TokenView
	t.withToken(d.id, func(k *knownToken) { v = TokenView{Checked: k.checked, Objects: k.objects} })
	i := slices.IndexFunc(v.Objects, func(p Object) bool { return same(p, *o) })
	switch {
	case i < 0:
		return ErrNoKey
	case !v.Orphan(v.Objects[i]):
		return fmt.Errorf("the object is part of a profile: %w", ErrRegistered)
	case (ours(v.Objects[i]) || t.a.journal.unfinished(d.id)) && !t.a.config.FormatUnfinished:
		return ErrUnfinished // it would be formatting by another name
	}
	if err := t.a.remember(tokenRecord{Action: string(TokenDelete), Serial: d.id.Serial, Label: o.Label, Result: "begun"}); err != nil {
		return err
	}
	err = admin.Delete(ctx, v.Objects[i])
	t.a.note(tokenRecord{Action: string(TokenDelete), Serial: d.id.Serial, Label: o.Label, Result: result(err)})
	if err != nil {
		return err
	}
	return t.readOne(ctx, d.id, true)
}

func same(a, b Object) bool {
	return a.Kind == b.Kind && bytes.Equal(a.ID, b.ID) && a.Label == b.Label && bytes.Equal(a.Certificate, b.Certificate)
}

// format erases a token after every rule was asked once more, with what is
// connected now.
func (t *tokenDesk) format(ctx context.Context, d *device, admin Admin, act TokenAction) error {
	a := t.a
	if err := CheckLabel(act.Label); err != nil {
		return err
	}
	pin, err := t.held(d, act.Old, func(k *knownToken) *Secret { return k.admin })
	if err != nil {
		return err
	}
	defer pin.Wipe()
	now, err := a.config.Tokens.List(ctx)
	if err != nil {
		return err
	}
	now = devicesOnly(now)
	i := slices.IndexFunc(now, func(i TokenInfo) bool { return i.ID == d.id })
	if i < 0 {
		return ErrNoToken
	}
	if err := t.readPublic(ctx, d, admin); err != nil {
		return err
	}
	t.mu.Lock()
	k := *t.of(d.id)
	t.mu.Unlock()
	v := a.view(now[i], len(now), &k)
	switch err := a.formatRefusal(v, len(now)); {
	case err == nil:
	case errors.Is(err, ErrRegistered) && act.Reregister:
		if act.Confirm != v.Confirm {
			return ErrConfirmation
		}
	default:
		return err
	}
	r := tokenRecord{Action: string(TokenFormat), Serial: d.id.Serial, Label: act.Label, Lost: lost(now[i], k.objects), Generators: v.Generators, Result: "begun"}
	if err := a.remember(r); err != nil {
		return err
	}
	err = admin.Format(ctx, pin, Format{Label: act.Label, PIN: NewSecret([]byte(DefaultPIN))})
	gaveUp := ctx.Err() != nil && (ErrorName(err) == "" || errors.Is(err, ErrCanceled))
	if err != nil && gaveUp || errors.Is(err, ErrModuleHangs) || errors.Is(err, ErrModuleCrashed) {
		err = fmt.Errorf("%w: %w", ErrFormatUnknown, err) // the token has not answered, and may be at work
	}
	r.Result = result(err)
	a.note(r)
	t.dropRefused(d.id, err)
	a.drop(d) // its session is over, whatever came out
	if errors.Is(err, ErrFormatUnknown) || errors.Is(err, ErrFormatErased) {
		// What it held may be gone, and must not forbid to format it again.
		t.withToken(d.id, func(k *knownToken) { *k = knownToken{user: k.user, admin: k.admin} })
	}
	if err == nil {
		if err := a.journal.forget(d.id); err != nil {
			a.log.Error("forgetting the registration of an erased token: it still counts as begun", "err", err)
		}
		t.forgetToken(d.id, pin)
		a.noteDefault(d.id, func(n *defaults) { n.user, n.admin = true, isPIN(pin, DefaultAdminPIN) })
	}
	return err
}

// readPublic reads anew what the token shows, before it is judged for the last
// time. What was seen with the PIN stays known: it may be what forbids.
func (t *tokenDesk) readPublic(ctx context.Context, d *device, admin Admin) error {
	objects, err := admin.Objects(ctx)
	if err != nil {
		return err
	}
	t.withToken(d.id, func(k *knownToken) {
		for _, o := range objects {
			if !slices.ContainsFunc(k.objects, func(p Object) bool { return same(p, o) }) {
				k.objects = append(slices.Clone(k.objects), o)
			}
		}
	})
	return nil
}

// forgetToken forgets what a token held before it was formatted.
func (t *tokenDesk) forgetToken(id TokenID, admin *Secret) {
	t.withToken(id, func(k *knownToken) {
		release(&k.user)
		hold(&k.admin, admin)
		*k = knownToken{admin: k.admin}
	})
}

// lost lists the certificates that formatting destroys.
func lost(i TokenInfo, objects []Object) []string {
	var all []string
	for _, k := range i.Keys {
		all = append(all, fingerprint(k.Certificate))
	}
	for _, o := range objects {
		if o.Kind == ObjectCertificate && len(o.Certificate) > 0 {
			all = append(all, fingerprint(o.Certificate))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func result(err error) string {
	if err == nil {
		return "done"
	}
	if name := ErrorName(err); name != "" {
		return name
	}
	return "error"
}
