package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// tokenJSON is how a token is printed for programs.
type tokenJSON struct {
	Manufacturer string              `json:"manufacturer"`
	Serial       string              `json:"serial"`
	Model        string              `json:"model"`
	Label        string              `json:"label"`
	Name         string              `json:"name"`
	Content      agent.TokenContent  `json:"content"`
	State        agent.TokenState    `json:"state"`
	PINPad       bool                `json:"pinPad"`
	PIN          pinJSON             `json:"pin"`
	AdminPIN     pinJSON             `json:"adminPIN"`
	Refusal      string              `json:"formatRefusal,omitempty"`
	Registration string              `json:"registrationRefusal,omitempty"`
	Certificates []agent.Certificate `json:"certificates"`
	Objects      []objectJSON        `json:"objects,omitempty"`
	Details      *agent.Details      `json:"details,omitempty"`
}

// pinJSON is what is known of a PIN.
type pinJSON struct {
	Unset   bool `json:"unset,omitempty"`
	Default bool `json:"default,omitempty"`
	Low     bool `json:"low,omitempty"`
	LastTry bool `json:"lastTry,omitempty"`
	Locked  bool `json:"locked,omitempty"`
}

type objectJSON struct {
	Kind      agent.ObjectKind `json:"kind"`
	ID        string           `json:"id,omitempty"` // hex
	Label     string           `json:"label"`
	Algorithm string           `json:"algorithm,omitempty"`
}

func newTokenJSON(v agent.TokenView, full bool) tokenJSON {
	i := v.Info
	t := tokenJSON{
		Manufacturer: i.ID.Manufacturer, Serial: i.ID.Serial, Model: i.Model, Label: i.Label, Name: v.Name,
		Content: v.Content, State: v.State, PINPad: i.PINPad, Refusal: v.Refusal, Registration: v.Registration,
		PIN:          pinJSON{Unset: i.PINUnset, Default: v.PINDefault, Low: i.PINLow, LastTry: i.PINFinal, Locked: i.PINLocked},
		AdminPIN:     pinJSON{Default: v.AdminDefault, Low: i.AdminPINLow, LastTry: i.AdminPINFinal, Locked: i.AdminPINLocked},
		Certificates: v.Losing,
	}
	if full {
		t.Details = v.Details
		for _, o := range v.Objects {
			t.Objects = append(t.Objects, objectJSON{o.Kind, hex.EncodeToString(o.ID), o.Label, o.Algorithm})
		}
	}
	return t
}

type tokenListCmd struct{ jsonFlag }

// Run lists the connected tokens, and why there are none.
func (c tokenListCmd) Run(ctx context.Context, e *env) error {
	return e.atDesk(ctx, func(_ context.Context, s agent.TokenPanel, _ <-chan agent.TokenPanel, _ func(context.Context, agent.TokenAction) error) error {
		if c.JSON {
			all := []tokenJSON{}
			for _, v := range s.Tokens {
				all = append(all, newTokenJSON(v, false))
			}
			return json.NewEncoder(e.out).Encode(all)
		}
		if len(s.Tokens) == 0 {
			fmt.Fprintln(e.out, e.lang.T(text.CLINoTokens))
			if s.Problem != "" {
				sentence, hint := e.lang.ErrorNamed(s.Problem)
				fmt.Fprintln(e.out, sentence, hint)
			}
		}
		for _, v := range s.Tokens {
			fmt.Fprintln(e.out, tokenLine(e.lang, v))
		}
		return nil
	})
}

// tokenLine names a token in one line. What tokens say of themselves is shown as
// text: a terminal obeys control characters.
func tokenLine(l text.Lang, v agent.TokenView) string {
	content := l.Content(v.Content)
	if v.Content == agent.ContentEmpty && len(v.Generators) > 0 { // which are keys
		content = l.T(text.TokenNoProfile)
	}
	return fmt.Sprintf("%s\t%s\t%s", payment.Visible(v.Info.ID.Serial), v.Name, content)
}

// tokenLines is tokenLine, and a line for each code generator that keeps its keys there.
func tokenLines(l text.Lang, v agent.TokenView) []string {
	lines := []string{tokenLine(l, v)}
	for _, g := range v.Generators {
		lines = append(lines, "  "+payment.Visible(l.Keeps(g)))
	}
	return lines
}

type tokenInfoCmd struct {
	tokenFlag
	jsonFlag
}

// Run tells about one token.
func (c tokenInfoCmd) Run(ctx context.Context, e *env) error {
	return e.atDesk(ctx, func(_ context.Context, s agent.TokenPanel, _ <-chan agent.TokenPanel, _ func(context.Context, agent.TokenAction) error) error {
		v, err := c.pick(e.lang, s)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(newTokenJSON(v, true))
		}
		for _, line := range tokenLines(e.lang, v) {
			fmt.Fprintln(e.out, line)
		}
		for _, o := range v.Objects {
			fmt.Fprintf(e.out, "  %s\t%s\t%s\t%s\n", e.lang.Object(o.Kind), hex.EncodeToString(o.ID), payment.Visible(o.Label), o.Algorithm)
		}
		if d := v.Details; d != nil {
			for _, line := range []string{v.Info.ID.Manufacturer, v.Info.Model, d.Hardware, d.Firmware, d.Driver, d.Module} {
				fmt.Fprintf(e.out, "  %s\n", payment.Visible(line))
			}
			for _, m := range d.Mechanisms {
				fmt.Fprintf(e.out, "  %s\n", m)
			}
		}
		if v.Refusal != "" {
			sentence, hint := e.lang.ErrorNamed(v.Refusal)
			fmt.Fprintln(e.out, sentence, hint)
		}
		return nil
	})
}

type tokenWatchCmd struct{ jsonFlag }

// Run tells of tokens that come, go and change, until an interrupt.
func (c tokenWatchCmd) Run(ctx context.Context, e *env) error {
	return e.atDesk(ctx, func(ctx context.Context, s agent.TokenPanel, updates <-chan agent.TokenPanel, _ func(context.Context, agent.TokenAction) error) error {
		var last []agent.TokenView
		for {
			if err := c.changes(e, last, s.Tokens); err != nil {
				return err
			}
			last = s.Tokens
			select {
			case s = <-updates:
			case <-ctx.Done():
				return nil
			}
		}
	})
}

// changes prints what differs between two states.
func (c tokenWatchCmd) changes(e *env, before, now []agent.TokenView) error {
	tell := func(event string, key text.Key, v agent.TokenView) error {
		if c.JSON {
			return json.NewEncoder(e.out).Encode(struct {
				Event string    `json:"event"` // "inserted", "removed", "changed"
				Token tokenJSON `json:"token"`
			}{event, newTokenJSON(v, false)})
		}
		_, err := fmt.Fprintln(e.out, e.lang.T(key, tokenLine(e.lang, v)))
		return err
	}
	find := func(all []agent.TokenView, v agent.TokenView) int {
		return slices.IndexFunc(all, func(o agent.TokenView) bool { return o.Info.ID == v.Info.ID })
	}
	for _, v := range before {
		if find(now, v) < 0 {
			if err := tell("removed", text.CLIRemoved, v); err != nil {
				return err
			}
		}
	}
	for _, v := range now {
		var err error
		switch i := find(before, v); {
		case i < 0:
			err = tell("inserted", text.CLIInserted, v)
		case !reflect.DeepEqual(newTokenJSON(before[i], false), newTokenJSON(v, false)):
			err = tell("changed", text.CLIChanged, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
