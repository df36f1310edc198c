package main

import (
	"context"
	"errors"
	"strings"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

type otpAddCmd struct {
	jsonFlag

	File     string `arg:"" optional:"" help:"${otp_file}" type:"path"`
	Typed    bool   `help:"${otp_typed}" xor:"what"`
	MobiPass bool   `help:"${otp_mobipass}" name:"mobipass" xor:"what"`
	Bank     string `help:"${otp_bank}" placeholder:"NAME"`
	Serial   string `help:"${otp_serial}" placeholder:"SERIAL"`
	Token    string `help:"${otp_token}" placeholder:"SERIAL"`
	Name     string `help:"${otp_name}"`
}

// Run adds a code generator. What is secret about it is asked for in the terminal, as far
// as it turns out to be needed.
func (a otpAddCmd) Run(ctx context.Context, e *env) error {
	if (a.File != "") == (a.Typed || a.MobiPass) || a.MobiPass && a.Token != "" {
		return saying(e.lang.T(text.OTPAddWhat))
	}
	err := e.withCodes(ctx, func(ctx context.Context, c *codesDesk, t *terminal) error {
		before := c.panel.Devices
		var on agent.TokenID
		if a.Token != "" {
			k, err := c.tokenNamed(ctx, e.lang, a.Token)
			if err == nil {
				err = c.unlock(ctx, t, k)
			}
			if err != nil {
				return err
			}
			on = k.ID
		}
		var err error
		switch {
		case a.MobiPass:
			err = a.addMobi(ctx, c, t)
		case a.Typed:
			err = a.addTyped(ctx, c, t, on)
		default:
			err = a.addFile(ctx, c, t, on)
		}
		if err != nil || a.JSON {
			return err
		}
		return c.until(ctx, func(s agent.GeneratorPanel) bool { return len(s.Devices) > len(before) })
	})
	return e.tell(a.JSON, e.lang.T(text.OTPAdded), err)
}

// addFile adds what a file has, with its keys on a token if that is one.
func (a otpAddCmd) addFile(ctx context.Context, c *codesDesk, t *terminal, on agent.TokenID) error {
	var password, pin *agent.Secret
	defer func() { password.Wipe(); pin.Wipe() }()
	for {
		err := c.act(ctx, agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: a.File, Token: on, Serial: a.Serial, Name: a.Name, Old: password.Clone(), New: pin.Clone()})
		switch {
		case errors.Is(err, agent.ErrFileEncrypted) && password == nil:
			password, err = t.password(ctx, text.OTPFilePassword)
		case errors.Is(err, agent.ErrStartPIN) && pin == nil:
			pin, err = t.digits(ctx, text.OTPStartPIN, pinDigits)
		default:
			return err
		}
		if err != nil {
			return err
		}
	}
}

func (a otpAddCmd) addTyped(ctx context.Context, c *codesDesk, t *terminal, on agent.TokenID) error {
	key, err := t.password(ctx, text.OTPKey)
	if err != nil {
		return err
	}
	pin, err := t.digits(ctx, text.OTPStartPIN, pinDigits)
	if err != nil {
		key.Wipe()
		return err
	}
	return c.act(ctx, agent.GeneratorAction{Kind: agent.GeneratorAddTyped, Token: on, Serial: a.Serial, Name: a.Name, Old: pin, New: key})
}

// addMobi adds a MobiPass and saves its key, in the order of the guide: the PIN, then the
// parts of the activation code. Where that comes to nothing no empty one stays behind.
func (a otpAddCmd) addMobi(ctx context.Context, c *codesDesk, t *terminal) error {
	before := len(c.panel.Devices)
	if err := c.act(ctx, agent.GeneratorAction{Kind: agent.GeneratorAddMobi, Name: a.Name, Bank: a.Bank}); err != nil {
		return err
	}
	if err := c.until(ctx, func(s agent.GeneratorPanel) bool { return len(s.Devices) > before }); err != nil {
		return err
	}
	v := c.panel.Devices[len(c.panel.Devices)-1]
	err := activate(ctx, c, t, v)
	if err != nil && ctx.Err() == nil {
		_ = c.act(ctx, agent.GeneratorAction{Kind: agent.GeneratorRemove, Device: v.ID})
	}
	return err
}

// activate saves a key.
func activate(ctx context.Context, c *codesDesk, t *terminal, v agent.GeneratorView) error {
	v, err := turn(ctx, c, v, otp.MobiOpen, otp.MobiChooseSave)
	if err != nil {
		return err
	}
	pin, err := t.newPIN(ctx)
	if err != nil {
		return err
	}
	defer pin.Wipe()
	if v, err = turn(ctx, c, v, otp.MobiNext); err != nil {
		return err
	}
	parts := make([]*agent.Secret, len(v.Parts))
	defer func() {
		for _, p := range parts {
			p.Wipe()
		}
	}()
	t.say("%s\n", t.lang.T(text.OTPEnvelope))
	for {
		for i, n := range v.Parts {
			if parts[i] != nil {
				continue
			}
			if parts[i], err = t.digitsNamed(ctx, t.lang.T(text.OTPPart, i+1, len(parts)), n); err != nil {
				return err
			}
		}
		code := make([]byte, 0, 128) // never grows: nothing of it stays behind
		for i, p := range parts {
			if i > 0 {
				code = append(code, ' ')
			}
			code = append(code, p.Bytes()...)
		}
		v, err = c.do(ctx, v, agent.GeneratorAction{Kind: agent.GeneratorSave, Old: pin.Clone(), New: agent.NewSecret(code)})
		if err != nil || v.BadPart == 0 {
			return err
		}
		t.say("%s\n", t.lang.T(text.OTPBadPart, v.BadPart))
		parts[v.BadPart-1].Wipe()
		parts[v.BadPart-1] = nil
		if v, err = turn(ctx, c, v, otp.MobiBack); err != nil {
			return err
		}
	}
}

// bankPhones says whom to call, where a descriptor tells.
func bankPhones(l text.Lang, help []agent.Support) string {
	var all []string
	for _, s := range help {
		phones := strings.Join(s.Phones, ", ")
		if phones != "" && s.Bank != "" {
			phones += " (" + s.Bank + ")"
		}
		if phones != "" {
			all = append(all, phones)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return l.T(text.OTPCall, strings.Join(all, "; "))
}
