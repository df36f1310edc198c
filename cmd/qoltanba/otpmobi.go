package main

import (
	"context"
	"encoding/json"
	"fmt"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// turn turns pages of MobiPass.
func turn(ctx context.Context, c *codesDesk, v agent.GeneratorView, events ...otp.MobiEvent) (agent.GeneratorView, error) {
	var err error
	for _, e := range events {
		if v, err = c.do(ctx, v, agent.GeneratorAction{Kind: agent.GeneratorTurn, Event: e}); err != nil {
			return v, err
		}
	}
	return v, nil
}

type otpRespondCmd struct {
	deviceFlag
	jsonFlag

	Number string `arg:"" help:"${otp_number}"`
}

// Run prints MobiPass's answer to a document's code number. With a wrong PIN the answer
// is wrong, and nothing here knows: what is printed, the exit code, and the way to it are
// the same (M31).
func (o otpRespondCmd) Run(ctx context.Context, e *env) error {
	if otp.CheckCodeNumber(o.Number) != nil { // before a PIN is asked for (M34)
		return e.tell(o.JSON, "", agent.ErrCodeNumber)
	}
	var answer string
	err := o.with(ctx, e, agent.GeneratorMobi, func(ctx context.Context, c *codesDesk, t *terminal, v agent.GeneratorView) error {
		v, err := turn(ctx, c, v, otp.MobiOpen, otp.MobiChooseSign)
		if err != nil {
			return err
		}
		if v.Mobi.Screen != otp.MobiSign {
			return saying(e.lang.T(text.OTPNoKey))
		}
		pin, err := t.digits(ctx, text.OTPPIN, pinDigits)
		if err != nil {
			return err
		}
		v, err = c.do(ctx, v, agent.GeneratorAction{Kind: agent.GeneratorSign, Number: o.Number, Old: pin})
		answer = v.Answer
		return err
	})
	if err != nil {
		return e.tell(o.JSON, "", err)
	}
	if o.JSON {
		return json.NewEncoder(e.out).Encode(struct {
			Answer string `json:"answer"`
		}{answer})
	}
	fmt.Fprintln(e.out, answer)
	return nil
}

type otpChangePINCmd struct {
	deviceFlag
	jsonFlag
}

// Run sets a new PIN of either device.
func (o otpChangePINCmd) Run(ctx context.Context, e *env) error {
	done := text.OTPPINChanged
	err := o.with(ctx, e, "", func(ctx context.Context, c *codesDesk, t *terminal, v agent.GeneratorView) error {
		if v.Kind == agent.GeneratorSpectra {
			_, err := (&spectraDialog{c, t}).to(ctx, v, otp.SpectraChanged)
			return err
		}
		done = text.OTPMobiPINChanged
		return changeMobiPIN(ctx, c, t, v)
	})
	return e.tell(o.JSON, e.lang.T(done), err)
}

func changeMobiPIN(ctx context.Context, c *codesDesk, t *terminal, v agent.GeneratorView) error {
	v, err := turn(ctx, c, v, otp.MobiOpen, otp.MobiChoosePIN)
	if err != nil {
		return err
	}
	if v.Mobi.Screen != otp.MobiChange {
		return saying(t.lang.T(text.OTPNoKey))
	}
	current, err := t.digits(ctx, text.OTPPIN, pinDigits)
	if err != nil {
		return err
	}
	defer current.Wipe()
	pin, err := t.newPIN(ctx)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, v, agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Old: current.Clone(), New: pin})
	return err
}
