package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"qoltanba/agent/otp"
)

// generatorNote is what the history keeps of a code generator: that one came or went,
// and that one locked itself. Codes are no signatures and leave nothing here.
type generatorNote struct {
	Action string        `json:"action"` // "add", "save", "erase", "remove", "lock", "unlock", or generatorSweep
	Kind   GeneratorKind `json:"kind"`
	Bank   string        `json:"bank,omitempty"`
	Serial string        `json:"serial,omitempty"` // SpectraNet
	Token  string        `json:"token,omitempty"`  // generatorSweep: serial number of the token with the keys
	Result string        `json:"result,omitempty"` // generatorSweep: "begun", "done", or the name of the error
}

func (generatorNote) kind() string { return "generator" }

// generatorSweep: keys that a generator has left on a token are destroyed.
const generatorSweep = "sweep"

func noteOf(action string, m generatorMeta) generatorNote {
	return generatorNote{Action: action, Kind: m.Kind, Bank: m.Bank, Serial: m.Serial}
}

func (g *generatorDesk) note(action string, m generatorMeta) { g.a.note(noteOf(action, m)) }

// do does one thing with a device, or adds one. It takes over the secrets. What is
// wrong with a PIN, a part, or a code is no error: the device shows it, or knows nothing
// of it.
func (g *generatorDesk) do(ctx context.Context, act GeneratorAction) error {
	defer act.Wipe()
	defer nudge(g.changed)
	select {
	case <-g.opened:
	case <-ctx.Done():
		return canceled(ctx)
	}
	switch act.Kind {
	case GeneratorAddFile, GeneratorAddTyped, GeneratorAddMobi, GeneratorRename, GeneratorRemove:
		defer g.a.announce() // the windows of tokens name the devices
		defer g.a.stored.forget()
	}
	switch act.Kind {
	case GeneratorAddFile:
		return g.addFile(ctx, act)
	case GeneratorAddTyped:
		return g.addTyped(ctx, act)
	case GeneratorAddMobi:
		return g.addMobi(ctx, act)
	case GeneratorUnlock:
		return g.unlockToken(ctx, act)
	}
	d := g.find(act.Device)
	if d == nil {
		return ErrNoGenerator
	}
	if err := d.turnFor(ctx); err != nil {
		return err
	}
	defer d.release()
	if d.gone {
		return ErrNoGenerator
	}
	g.obey(d)
	defer func() {
		d.steps++
		d.touched = time.Now()
	}()
	switch act.Kind {
	case GeneratorRename:
		return d.rename(act.Name)
	case GeneratorRemove:
		return g.remove(ctx, d, act.Forget)
	}
	g.attend(ctx, d)
	if d.meta.Token != nil {
		g.a.active()
	}
	if d.problem != nil {
		err := d.open(ctx, g.a)
		g.noteVault(err)
		if err != nil {
			return err
		}
	}
	if d.meta.Kind == GeneratorSpectra {
		return g.work(d, act)
	}
	return g.workMobi(ctx, d, act)
}

// work presses a key of a SpectraNet token.
func (g *generatorDesk) work(d *generator, act GeneratorAction) error {
	locked := d.spectra.State().Locked()
	var err error
	switch digit := act.Old.Bytes(); {
	case act.Kind == GeneratorDigit && len(digit) == 1 && digit[0] >= '0' && digit[0] <= '9':
		err = d.spectra.Digit(digit[0])
	case act.Kind == GeneratorPress && (act.Press == otp.SpectraPower || act.Press == otp.SpectraClear || act.Press == otp.SpectraHold):
		err = d.spectra.Press(act.Press)
	default:
		return fmt.Errorf("action %q with a SpectraNet token: %w", act.Kind, ErrInvalid)
	}
	if d.spectra.State().Screen != otp.SpectraCode {
		d.held.forget()
	}
	switch now := d.spectra.State().Locked(); {
	case now && !locked:
		g.note("lock", d.meta)
	case locked && !now:
		g.note("unlock", d.meta)
	}
	if err != nil && d.held != nil { // what is wrong with its token is its problem
		return d.fail(generatorError(err))
	}
	return generatorError(err)
}

// workMobi does something on a page of MobiPass. Nothing here depends on whether a PIN
// is the right one, as nothing knows (M31).
func (g *generatorDesk) workMobi(ctx context.Context, d *generator, act GeneratorAction) error {
	page := d.page.Screen
	switch {
	case act.Kind == GeneratorTurn && turns(page, act.Event):
		d.turnTo(act.Event)
		return nil
	case act.Kind == GeneratorSave && page == otp.MobiKey:
		return g.save(ctx, d, act)
	case act.Kind == GeneratorSign && page == otp.MobiSign:
		if otp.CheckCodeNumber(act.Number) != nil {
			return ErrCodeNumber // before anything is computed (M34)
		}
		answer, err := d.mobi.Sign(ctx, act.Old.Bytes(), act.Number)
		if err != nil {
			return d.refused(err)
		}
		d.turnTo(otp.MobiNext)
		d.answer = answer
		return nil
	case act.Kind == GeneratorChangePIN && page == otp.MobiChange:
		err := d.mobi.ChangePIN(ctx, act.Old.Bytes(), act.New.Bytes())
		if errors.Is(err, otp.ErrPINTrivial) {
			d.turnTo(otp.MobiEasy)
			return nil
		}
		if err != nil {
			return d.refused(err)
		}
		d.turnTo(otp.MobiNext)
		return nil
	case act.Kind == GeneratorErase && page == otp.MobiDelete:
		if err := d.mobi.Delete(ctx); err != nil {
			return d.refused(err)
		}
		d.turnTo(otp.MobiNext)
		g.note("erase", d.meta)
		return nil
	}
	return fmt.Errorf("action %q on page %d of MobiPass: %w", act.Kind, page, ErrInvalid)
}

// turns tells whether the person turns that page by the event alone. The others come
// with what was entered on the page, and two minutes pass by themselves.
func turns(page otp.MobiScreen, e otp.MobiEvent) bool {
	switch e {
	case otp.MobiIdle, otp.MobiBadPart:
		return false
	case otp.MobiNext:
		return page != otp.MobiKey && page != otp.MobiSign && page != otp.MobiChange && page != otp.MobiDelete
	}
	return true
}

// refused is an error of MobiPass: one of the fields leaves the page, any other closes
// the device, so that it is brought back when it is opened anew.
func (d *generator) refused(err error) error {
	err = generatorError(err)
	if errors.Is(err, ErrGeneratorPIN) || errors.Is(err, ErrGeneratorPINEasy) {
		return err
	}
	return d.fail(err)
}

// save stores the key that the parts of an activation code stand for.
func (g *generatorDesk) save(ctx context.Context, d *generator, act GeneratorAction) error {
	// The parts are strings from here on, which cannot be wiped (see package otp).
	parts := strings.Split(string(act.New.Bytes()), " ")
	if len(parts) != len(d.meta.Parts) {
		return fmt.Errorf("activation code of %d parts: %w", len(parts), ErrInvalid)
	}
	key, err := otp.PartRule{Lengths: d.meta.Parts, Check: d.meta.Check}.Key(parts)
	if bad, ok := errors.AsType[*otp.PartError](err); ok {
		d.turnTo(otp.MobiBadPart)
		d.badPart = bad.Part
		return nil
	}
	if err != nil {
		return generatorError(err)
	}
	defer clear(key)
	if err := d.mobi.Save(ctx, key, act.Old.Bytes(), testOnlyGeneratorCost); err != nil {
		return d.refused(err)
	}
	d.turnTo(otp.MobiNext)
	g.note("save", d.meta)
	return nil
}

// testOnlyGeneratorCost is what a try of a PIN costs in new records. Tests that try many
// make it less.
var testOnlyGeneratorCost = otp.DefaultCost

func (d *generator) rename(name string) error {
	m := d.meta
	if m.Name = generatorName(name); m.Name == "" || d.unread {
		return fmt.Errorf("name %q: %w", name, ErrInvalid)
	}
	if err := m.save(d.dir); err != nil {
		return generatorError(err)
	}
	d.meta = m
	return nil
}

// remove takes a device away for good: first what opens its record, then the record. No
// PIN is asked, and one that does not open is removed as well; one that another program
// has open is not, and one with keys in a token only with the token, or if forget says
// that the token is given up.
func (g *generatorDesk) remove(ctx context.Context, d *generator, forget bool) error {
	if d.store == nil {
		if err := d.take(ctx, g.a.ring); err != nil {
			return err
		}
	}
	var err error
	var left bool // keys, on the token
	if d.meta.Token != nil {
		left, err = g.removeHeld(ctx, d, forget)
	} else if err = d.keys.Delete(ctx, spectraKey); err == nil {
		err = otp.NewMobiPass(d.store, d.keys).Delete(ctx) // of either kind
	}
	if err != nil {
		return d.fail(generatorError(err))
	}
	if d.spectra != nil {
		d.spectra.Close()
	}
	d.held.forget()
	err = d.store.RemoveAll()
	if left { // device.json still says whose keys they are
		err = errors.Join(err, os.Rename(d.dir, d.dir+generatorUnready))
	} else {
		err = errors.Join(err, os.RemoveAll(d.dir))
	}
	d.spectra, d.mobi, d.store, d.keys, d.held, d.gone = nil, nil, nil, nil, nil, true
	g.drop(d)
	g.note("remove", d.meta)
	return generatorError(err)
}
