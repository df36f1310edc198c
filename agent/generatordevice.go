package agent

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"qoltanba/agent/otp"
)

// generatorIdle is how long a device stays on without a key (SpectraNet L6), and how
// long MobiPass shows an answer.
const generatorIdle = 2 * time.Minute

// generator is one device: a SpectraNet token or a MobiPass. What stands below the turn
// belongs to whoever has it.
type generator struct {
	id     string
	dir    string
	serial string // SpectraNet

	turn chan struct{} // holds one while somebody has it

	meta    generatorMeta
	unread  bool           // device.json cannot be read
	gone    bool           // it was taken away
	keys    *generatorKeys // of the store
	store   *otp.FileStore // nil while the device is not open
	problem error          // why it is not
	held    *heldKeys      // in a token; nil while the device is not open, or its keys are in the record
	spectra *otp.Spectra
	mobi    *otp.MobiPass
	page    otp.MobiState
	badPart int
	answer  string
	steps   int
	touched time.Time // the last key
	locks   int64     // of the desk, when it was last obeyed

	// The panel's own.
	drawn GeneratorView
	due   time.Time // when drawn will be out of date, or zero
}

func newGenerator(dir string) *generator {
	return &generator{id: filepath.Base(dir), dir: dir, turn: make(chan struct{}, 1)}
}

func (d *generator) recordDir() string { return filepath.Join(d.dir, generatorRecord) }

// turnFor takes the turn, giving up when ctx ends.
func (d *generator) turnFor(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return canceled(ctx)
	}
}

// try takes the turn when nobody has it.
func (d *generator) try() bool {
	select {
	case d.turn <- struct{}{}:
		return true
	default:
		return false
	}
}

func (d *generator) release() { <-d.turn }

// open opens what is stored, and brings it back where the program was killed. The
// error stays as the device's problem.
func (d *generator) open(ctx context.Context, a *Agent) error {
	d.problem = d.unlock(ctx, a)
	return d.problem
}

func (d *generator) unlock(ctx context.Context, a *Agent) error {
	if d.unread {
		return ErrGeneratorDamaged
	}
	err := d.take(ctx, a.ring)
	if err != nil {
		return err
	}
	if d.meta.Token != nil {
		if d.held, err = a.held(*d.meta.Token, d.id); err == nil {
			d.spectra, err = d.held.open(d.store)
		}
	} else if d.meta.Kind == GeneratorMobi {
		d.mobi = otp.NewMobiPass(d.store, d.keys)
		err = d.mobi.Recover(ctx)
		d.page = otp.MobiState{Stored: err == nil}
		if errors.Is(err, otp.ErrNoDevice) { // a key is still to be saved
			err = nil
		}
	} else {
		err = d.unlockSpectra(ctx, !a.config.KeepStartPIN)
	}
	if err != nil {
		d.shut()
		return generatorError(err) // also that there is no record
	}
	return nil
}

// take locks the record against everybody else.
func (d *generator) take(ctx context.Context, ring *generatorRing) error {
	if err := ring.wait(ctx, d.id); err != nil {
		return err
	}
	store, err := otp.OpenFileStore(d.recordDir())
	if err != nil {
		return generatorError(err)
	}
	d.store, d.keys = store, ring.keys(d.id)
	return nil
}

func (d *generator) unlockSpectra(ctx context.Context, force bool) error {
	key, err := d.keys.Get(ctx, spectraKey)
	if err != nil {
		return err
	}
	defer clear(key)
	d.spectra, err = otp.OpenSpectra(d.store, key, otp.SpectraKeys{}, force)
	return err
}

// shut wipes what the device holds and gives its record back.
func (d *generator) shut() {
	if d.spectra != nil {
		d.spectra.Close()
	}
	d.held.forget()
	if store := d.store; store != nil {
		d.keys.giveBack(func() { _ = store.Close() }) // a lock
	}
	d.spectra, d.mobi, d.store, d.keys, d.held = nil, nil, nil, nil, nil
	d.page, d.badPart, d.answer = otp.MobiState{Stored: d.page.Stored}, 0, ""
}

// fail closes a device that cannot go on; what is done with it next opens it anew.
func (d *generator) fail(err error) error {
	d.shut()
	d.problem = err
	return err
}

// rest does what two minutes without a key do: a SpectraNet token goes off (S17, from
// every state), and MobiPass takes its answer away (M36).
func (d *generator) rest(now time.Time) {
	if !now.Before(d.touched.Add(generatorIdle)) {
		d.off()
	}
}

// off switches a SpectraNet token off, and takes MobiPass's answer away.
func (d *generator) off() {
	if !d.awake() {
		return
	}
	if d.spectra != nil {
		if err := d.spectra.Press(otp.SpectraIdle); err != nil { // it stores nothing
			_ = d.fail(generatorError(err))
		}
		d.held.forget()
		return
	}
	d.turnTo(otp.MobiIdle)
}

// awake tells that two minutes without a key change something.
func (d *generator) awake() bool {
	return d.spectra != nil && d.spectra.State().Screen != otp.SpectraOff || d.mobi != nil && d.page.Screen == otp.MobiResult
}

// turnTo turns MobiPass to the page after e.
func (d *generator) turnTo(e otp.MobiEvent) {
	d.page = d.page.Next(e)
	if d.page.Screen != otp.MobiResult {
		d.answer = ""
	}
	if d.page.Screen != otp.MobiKeyBad {
		d.badPart = 0
	}
}

// view is what a person sees of the device, and when that will be out of date by itself.
func (d *generator) view(now time.Time) (v GeneratorView, due time.Time) {
	v = GeneratorView{
		ID: d.id, Kind: d.meta.Kind, Name: d.meta.Name, Bank: d.meta.Bank, Problem: ErrorName(d.problem), Steps: d.steps,
		Serial: d.meta.Serial, Token: d.meta.Token, TokenName: d.meta.TokenName, Mobi: d.page, Parts: d.meta.Parts, BadPart: d.badPart, Answer: d.answer,
	}
	if d.awake() {
		due = d.touched.Add(generatorIdle)
	}
	if d.spectra == nil {
		return v, due
	}
	var err error
	v.Spectra, v.StartPIN = d.spectra.State().Screen, d.spectra.StartPIN()
	if v.Label, v.Field, err = d.spectra.Display(now); err != nil {
		v.Problem = ErrorName(generatorError(err))
		return v, due
	}
	if v.Spectra == otp.SpectraCode {
		left := otp.Left(now, otp.SpectraInterval)
		v.Left = int((left + time.Second - 1) / time.Second)
		if second := now.Add(left - time.Duration(v.Left-1)*time.Second); second.Before(due) {
			due = second
		}
	}
	return v, due
}

// generatorErrors are the errors of package otp that people know by a name.
var generatorErrors = []struct{ from, to error }{
	{otp.ErrInUse, ErrGeneratorInUse},
	{otp.ErrNoKey, ErrGeneratorKey},
	{otp.ErrPINForm, ErrGeneratorPIN},
	{otp.ErrPINTrivial, ErrGeneratorPINEasy},
	{otp.ErrNoStartPIN, ErrStartPIN},
	{otp.ErrSerial, ErrSerial},
	{otp.ErrTyped, ErrTyped},
	{otp.ErrCodeKind, ErrCodeKind},
	{otp.ErrKeyShort, ErrKeyShort},
	{otp.ErrExpired, ErrKeyExpired},
	{otp.ErrEncrypted, ErrFileEncrypted},
	{otp.ErrMAC, ErrFileMAC},
	{context.Canceled, ErrCanceled},
	{context.DeadlineExceeded, ErrCanceled},
}

// generatorError gives an error of package otp its name; one that has none is a record
// that cannot be read or written.
func generatorError(err error) error { return nameError(err, ErrGeneratorDamaged) }

// nameError gives an error of package otp its name, or otherwise.
func nameError(err, otherwise error) error {
	if err == nil || ErrorName(err) != "" {
		return err
	}
	if unknown, ok := errors.AsType[*otp.AlgorithmError](err); ok {
		return &AlgorithmError{Algorithm: generatorName(unknown.Algorithm)}
	}
	for _, e := range generatorErrors {
		if errors.Is(err, e.from) {
			return fmt.Errorf("%w: %w", e.to, err)
		}
	}
	return fmt.Errorf("%w: %w", otherwise, err)
}
