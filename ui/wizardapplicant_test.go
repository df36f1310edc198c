package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// K116: the token is pulled before the bank knows the person, so that its port is free for the
// drive with the key file. What was typed is there again with it; no secret is.
func TestK116WizardKeepsWhatWasTyped(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardApplicant), func(p *registrant) {
		lines := find[*line](p.win)
		p.types("qq111111_qwertyui")
		lines[1].SetText("/media/BANK/Key.pfx")
		find[*capitals](p.win)[0].SetText("AB12")
		find[*check](p.win)[0].SetChecked(false)
		find[*password](p.win)[0].SetText("geheim")
		filled := func(when, userID, keyFile string, matches bool) {
			t.Helper()
			e := find[*line](p.win)
			if e[0].Text != userID || e[1].Text != keyFile || find[*check](p.win)[0].Checked != matches {
				t.Errorf("%s: %q, %q, the tick is set: %t", when, e[0].Text, e[1].Text, find[*check](p.win)[0].Checked)
			}
			if find[*capitals](p.win)[0].Text != "" || !matches && find[*password](p.win)[0].Text != "" {
				t.Errorf("K119 %s: a secret was kept", when)
			}
		}
		gone := atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Profiles, s.Refusal = nil, "no-token" })
		p.answer = func() error { return agent.ErrCredentials }
		p.tap(text.WizardNext)
		p.must(map[string]string{"K79": "Wrong password or key container"})
		p.update(gone)
		p.update(atStep(agent.WizardProfile))
		if p.says("Wrong password") || !p.says(text.EN.T(text.WizardAgain)) {
			t.Errorf("of the token's password the window says %q", words(p.win))
		}
		p.update(atStep(agent.WizardApplicant))
		filled("with the token again", "qq111111_qwertyui", "/media/BANK/Key.pfx", false)
		if o := p.win.Canvas().Focused(); o != fyne.Focusable(find[*capitals](p.win)[0]) {
			t.Errorf("the focus is on %T", o)
		}
		p.update(gone)
		other := func(s *agent.WizardState) { s.Token.ID.Token.Serial, s.UserID = "99", "ag222222_asdfghjk" }
		p.update(atStep(agent.WizardApplicant, other))
		filled("with another token", "ag222222_asdfghjk", "", true)
		find[*line](p.win)[0].SetText("qq111111_qwertyui")
		p.update(atStep(agent.WizardOtherUser, other, otherUser))
		p.update(atStep(agent.WizardApplicant, other))
		filled("with the first User ID", "ag222222_asdfghjk", "", true)
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}
