package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// passed writes a time as minutes and seconds.
func passed(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// title begins a page.
func (t *terminalWizard) title(k text.Key) { t.say("\n%s\n", t.lang.T(k)) }

// tokenName names the token that the wizard is about, as far as it is known.
func (t *terminalWizard) tokenName() string {
	if t.state.Token.Name == "" && len(t.state.Profiles) == 1 {
		return payment.Visible(t.state.Profiles[0].Name)
	}
	return payment.Visible(t.state.Token.Name)
}

// label is the name of a field, without the colon that the window's has.
func (t *terminalWizard) label(k text.Key) string { return strings.TrimSuffix(t.lang.T(k), ":") }

// show says what a field holds.
func (t *terminalWizard) show(k text.Key, value string) {
	if value != "" {
		t.say("  %s: %s\n", t.label(k), payment.Visible(value))
	}
}

// ask asks for a field until it is filled. An empty line leaves what it is filled with.
func (t *terminalWizard) ask(ctx context.Context, k text.Key, filled string) (string, error) {
	for {
		if filled == "" {
			t.say("%s: ", t.label(k))
		} else {
			t.say("%s [%s]: ", t.label(k), payment.Visible(filled))
		}
		line, err := t.line(ctx)
		if line = cmp.Or(line, filled); err != nil || line != "" {
			return line, err
		}
		t.say("%s\n", t.lang.T(text.WizardFill))
	}
}

// yes asks a question that is answered by one of two words.
func (t *terminalWizard) yes(ctx context.Context, question text.Key) (bool, error) {
	return t.yesOr(ctx, question, "")
}

// yesOr is yes with the word that an empty line stands for.
func (t *terminalWizard) yesOr(ctx context.Context, question text.Key, empty text.Key) (bool, error) {
	for {
		t.say("%s %s ", t.lang.T(question), t.lang.T(text.CLIYesNo))
		line, err := t.line(ctx)
		if err != nil {
			return false, err
		}
		if line == "" && empty != "" {
			line = t.lang.T(empty)
		}
		switch {
		case strings.EqualFold(line, t.lang.T(text.CLIYes)):
			return true, nil
		case strings.EqualFold(line, t.lang.T(text.CLINo)):
			return false, nil
		}
	}
}

// agree goes on from a page without fields, or ends the wizard.
func (t *terminalWizard) agree(ctx context.Context, question text.Key) error {
	if yes, err := t.yes(ctx, question); err != nil || !yes {
		return cmp.Or(err, agent.ErrDenied)
	}
	return t.act(ctx, agent.WizardAction{Kind: agent.WizardAgree})
}

// again asks whether to try what failed once more; if not the wizard ends.
func (t *terminalWizard) again(ctx context.Context) error {
	if yes, err := t.yes(ctx, text.CLIEnrollAgain); err != nil || !yes {
		return cmp.Or(err, agent.ErrDenied)
	}
	return nil
}

// cardPIN asks for the PIN of the OTP card, in which letters are made capitals and
// nothing else is changed; lower tells that one was not. A letter that is not Latin
// is on no card: nothing is sent to the bank, which may count tries.
func (t *terminalWizard) cardPIN(ctx context.Context) (pin *agent.Secret, lower bool, err error) {
	t.say("%s\n", t.lang.T(text.WizardPINFrom))
	for {
		typed, err := t.password(ctx, text.WizardPIN)
		if err != nil {
			return nil, false, err
		}
		pin, lower := capitals(typed)
		foreign := bytes.ContainsFunc(pin.Bytes(), func(r rune) bool { return r > unicode.MaxASCII })
		if pin.Len() > 0 && !foreign {
			return pin, lower, nil
		}
		pin.Wipe()
		if foreign {
			t.say("%s\n", t.lang.T(text.WizardPINLayout))
		} else {
			t.say("%s\n", t.lang.T(text.WizardFill))
		}
	}
}

// capitals makes capitals of a PIN's letters and tells whether one was not. It takes
// over typed.
func capitals(typed *agent.Secret) (pin *agent.Secret, lower bool) {
	defer typed.Wipe()
	raised := make([]byte, 0, utf8.UTFMax*typed.Len()) // never moved: a copy would stay
	for rest := typed.Bytes(); len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		lower = lower || unicode.IsLower(r)
		raised = utf8.AppendRune(raised, unicode.ToUpper(r))
	}
	return agent.NewSecret(raised), lower
}

// credentialHints are the four things to check, those that fit what was typed marked,
// and what there is if none of them is it.
func (t *terminalWizard) credentialHints(userID string, pin []byte, lower bool) []string {
	hints, fits := agent.CredentialHints(userID, pin, lower)
	var all []string
	for i, h := range hints {
		if fits[i] {
			all = append(all, "! "+t.lang.CredentialHint(h)+" "+t.lang.T(text.WizardHintFits))
		} else {
			all = append(all, "- "+t.lang.CredentialHint(h))
		}
	}
	return append(all, "- "+t.lang.T(text.KeyFileDamaged))
}
