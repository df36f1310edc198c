package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// pinDigits is the length of a PIN of both devices.
const pinDigits = otp.PINLen

type otpCodeCmd struct {
	deviceFlag
	jsonFlag
}

// Run prints the code of a SpectraNet token. It goes with the person through whatever
// comes before: a start PIN that must be changed, wrong PINs, a lock.
func (o otpCodeCmd) Run(ctx context.Context, e *env) error {
	var code agent.GeneratorView
	err := o.with(ctx, e, agent.GeneratorSpectra, func(ctx context.Context, c *codesDesk, t *terminal, v agent.GeneratorView) (err error) {
		code, err = (&spectraDialog{c, t}).to(ctx, v, otp.SpectraCode)
		if err == nil && code.StartPIN { // where it need not be changed
			t.say("%s\n", t.lang.T(text.SpectraStart))
		}
		return err
	})
	if err != nil {
		return e.tell(o.JSON, "", err)
	}
	if o.JSON {
		return json.NewEncoder(e.out).Encode(struct {
			Code    string `json:"code"`
			Seconds int    `json:"seconds"`
		}{code.Field, code.Left})
	}
	fmt.Fprintln(e.out, code.Field)
	return nil
}

// spectraDialog works a SpectraNet token by what it shows.
type spectraDialog struct {
	c *codesDesk
	t *terminal
}

// to switches the token on and goes on until it shows that screen: SpectraCode, or
// SpectraChanged for a new PIN.
func (d *spectraDialog) to(ctx context.Context, v agent.GeneratorView, goal otp.SpectraScreen) (agent.GeneratorView, error) {
	l := d.t.lang
	v, err := d.c.ready(ctx, d.t, v)
	if err == nil {
		v, err = d.press(ctx, v, otp.SpectraPower)
	}
	for err == nil && v.Spectra != goal {
		switch v.Spectra {
		case otp.SpectraPIN:
			v, err = d.enter(ctx, v, l.T(text.OTPPIN), otp.PINLen)
		case otp.SpectraCode: // the code stands for the PIN that was right (L19)
			v, err = d.press(ctx, v, otp.SpectraHold)
		case otp.SpectraNewPIN, otp.SpectraConfirm:
			v, err = d.newPIN(ctx, v)
		case otp.SpectraChanged:
			d.t.say("%s\n", l.T(text.OTPPINChanged))
			v, err = d.press(ctx, v, otp.SpectraClear)
		case otp.SpectraFail:
			d.t.say("%s\n", l.T(text.OTPWrongPIN, v.Label))
			key := otp.SpectraClear
			if v.Label == fmt.Sprint("FAIL", otp.SpectraTries) { // no key but power does anything (L16)
				d.t.say("%s %s\n", l.T(text.OTPTokenLocked), bankPhones(l, v.Help))
				key = otp.SpectraPower
			}
			v, err = d.press(ctx, v, key)
		case otp.SpectraOff: // after FAIL3, or after an error
			v, err = d.press(ctx, v, otp.SpectraPower)
		case otp.SpectraLockNumber:
			d.t.say("%s %s\n", l.T(text.OTPLockNumber, v.Field), bankPhones(l, v.Help))
			v, err = d.press(ctx, v, otp.SpectraClear)
		case otp.SpectraUnlock:
			v, err = d.enter(ctx, v, l.T(text.OTPUnlockCode), otp.UnlockLen)
		case otp.SpectraUnlockFail:
			d.t.say("%s\n", l.T(text.OTPWrongUnlock, v.Label))
			v, err = d.press(ctx, v, otp.SpectraClear)
		default:
			return v, agent.ErrInvalid
		}
	}
	if err == nil && goal == otp.SpectraCode {
		d.t.say("%s\n", l.Refused(time.Now()))
	}
	return v, err
}

func (d *spectraDialog) press(ctx context.Context, v agent.GeneratorView, e otp.SpectraEvent) (agent.GeneratorView, error) {
	return d.c.do(ctx, v, agent.GeneratorAction{Kind: agent.GeneratorPress, Press: e})
}

// enter asks for digits and types them.
func (d *spectraDialog) enter(ctx context.Context, v agent.GeneratorView, label string, n int) (agent.GeneratorView, error) {
	entry, err := d.t.digitsNamed(ctx, label, n)
	if err != nil {
		return v, err
	}
	defer entry.Wipe()
	return d.typeIn(ctx, v, entry)
}

// newPIN asks for the new PIN twice and types both. One that the token does not take, the
// start PIN, leads back to NEW PIN.
func (d *spectraDialog) newPIN(ctx context.Context, v agent.GeneratorView) (agent.GeneratorView, error) {
	if v.StartPIN {
		d.t.say("%s\n", d.t.lang.T(text.OTPMustChange))
	}
	pin, err := d.t.newPIN(ctx)
	if err != nil {
		return v, err
	}
	defer pin.Wipe()
	if v, err = d.typeIn(ctx, v, pin); err != nil {
		return v, err
	}
	if v.Spectra != otp.SpectraConfirm {
		d.t.say("%s\n", d.t.lang.T(text.OTPNotStartPIN))
		return v, nil
	}
	return d.typeIn(ctx, v, pin)
}

func (d *spectraDialog) typeIn(ctx context.Context, v agent.GeneratorView, entry *agent.Secret) (agent.GeneratorView, error) {
	var err error
	for _, digit := range entry.Bytes() {
		v, err = d.c.do(ctx, v, agent.GeneratorAction{Kind: agent.GeneratorDigit, Old: agent.NewSecret([]byte{digit})})
		if err != nil {
			return v, err
		}
	}
	return v, nil
}
