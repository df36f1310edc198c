package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// A token that was lost with its registration: the way out is on the page that refuses
// another one, and nothing is set aside before its number was typed.
func TestWizardSetsAside(t *testing.T) {
	refused := atStep(agent.WizardProfile, otherToken, func(s *agent.WizardState) { s.Refusal = "other-token" })
	_ = atWizard(t, refused, func(p *registrant) {
		p.must(map[string]string{"K122": "This registration belongs to token 77aa88bb"})
		p.tap(text.WizardMiss)
		p.last(1, agent.WizardMiss, "", "")
		p.update(atStep(agent.WizardMissing, otherToken))
		p.must(map[string]string{"K122 token": "77aa88bb", "whose": "qq111111_qwertyui", "bank": "ca.demobank.test", "K124 support": "+7 727 244-30-30",
			"certificate": "The bank may have issued a certificate for the lost token", "PIN": "whether your PIN and key file are still good"})
		p.press(fyne.KeyReturn)
		p.types("3b4c5d6e") // the connected one's
		p.press(fyne.KeyReturn)
		if len(p.done) != 1 {
			t.Fatalf("with another number the agent was asked %+v", p.done)
		}
		p.must(map[string]string{"wrong": "The lost token has another number: 77aa88bb"})
		find[*line](p.win)[0].SetText("")
		p.types("77AA88BB")
		p.update(atStep(agent.WizardMissing, otherToken, func(s *agent.WizardState) { s.Profiles[0].Retries = 1 }))
		p.tap(text.WizardSetAside) // what was typed has stayed
		if a := p.last(2, agent.WizardSetAside, "", ""); a.Serial != "77AA88BB" {
			t.Errorf("asked with the number %q", a.Serial)
		}
		p.update(atStep(agent.WizardProfile))
		if p.says(text.EN.T(text.WizardAgain)) {
			t.Error("the window says that the token was removed")
		}
		p.update(refused)
		p.tap(text.WizardMiss)
		p.update(atStep(agent.WizardMissing, otherToken))
		p.press(fyne.KeyEscape)
		p.last(4, agent.WizardReturn, "", "")
		p.update(atStep(agent.WizardProfile))
		p.press(fyne.KeyEscape)
	})
}

func TestWizardOtherUser(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardOtherUser, entered, otherUser), func(p *registrant) {
		p.must(map[string]string{"K116 begun for": "ag222222_asdfghjk", "K116 entered": "qq111111_qwertyui"})
		if o := p.win.Canvas().Focused(); o != fyne.Focusable(p.button(text.WizardGoOnFirst)) {
			t.Errorf("the focus is on %T", o)
		}
		p.press(fyne.KeyReturn)
		p.last(1, agent.WizardReturn, "", "")
		p.tap(text.WizardAnewSecond)
		p.last(2, agent.WizardAgree, "", "")
		p.update(atStep(agent.WizardOtherUser, entered, otherUser, func(s *agent.WizardState) { s.Other.Confirming = true }))
		p.must(map[string]string{"K120 taken": text.EN.T(text.WizardUserTaken)})
		if p.says(text.EN.T(text.WizardAnewSecond)) {
			t.Error("it can be begun anew for another User ID than the one that may be registered")
		}
		p.tap(text.WizardLater)
	})
}

// The window that a page has opened names its site.
func TestWizardNamesTheSite(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Origin = "https://ib.bank.test:8443" }), func(p *registrant) {
		p.must(map[string]string{"site": "ib.bank.test:8443", "asks": text.EN.T(text.WizardAsks)})
		p.press(fyne.KeyEscape)
	})
	_ = atWizard(t, atStep(agent.WizardProfile), func(p *registrant) {
		if p.says(text.EN.T(text.WizardAsks)) {
			t.Error("a wizard that the person has opened names a site")
		}
		p.press(fyne.KeyEscape)
	})
}

// K56: after a period that the contract has not, Return presses the button that the
// window names.
func TestK56WizardPeriodAgain(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardApplicant), func(p *registrant) {
		p.answer = func() error { return agent.ErrPeriod }
		p.types("qq111111_qwertyui")
		p.press(fyne.KeyReturn)
		p.types("AB12")
		p.press(fyne.KeyReturn)
		p.types("/media/BANK/GOST.pfx")
		p.press(fyne.KeyReturn)
		p.last(1, agent.WizardApply, "AB12", "")
		p.must(map[string]string{"K56": "Press Next again"})
		p.answer = nil
		p.press(fyne.KeyReturn)
		p.last(2, agent.WizardApply, "AB12", "")
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
	_ = atWizard(t, atStep(agent.WizardOtherUser, entered, otherUser, func(s *agent.WizardState) { s.Months = 36 }), func(p *registrant) {
		p.answer = func() error {
			p.updates <- atStep(agent.WizardOtherUser, entered, otherUser, func(s *agent.WizardState) { s.Periods = []int{12, 24} })
			return agent.ErrPeriod
		}
		p.tap(text.WizardAnewSecond)
		p.must(map[string]string{"K56 names its button": `Press "Begin anew for the second" again`})
		if p.says("Press Next") {
			t.Errorf("the window names a button that is not there: %q", words(p.win))
		}
		p.answer = nil
		p.press(fyne.KeyReturn)
		p.last(2, agent.WizardAgree, "", "")
		p.press(fyne.KeyEscape)
		p.tap(text.WizardLater)
	})
}

// A registration of another bank: in a window that a page has opened there is no bank to
// choose.
func TestWizardOfAnotherBank(t *testing.T) {
	for origin, hint := range map[string]string{
		"":                         "Choose that bank to continue it.",
		"https://ib.demobank.test": `close this window and open that bank's page, or choose "Continue registration…" in the menu of Qoltanba's icon.`,
	} {
		asked := func(s *agent.WizardState) { s.Origin = origin }
		_ = atWizard(t, atStep(agent.WizardProfile, asked), func(p *registrant) {
			p.answer = func() error { return &agent.OtherBankError{Host: "ca.other.test"} }
			p.types("12345678")
			p.press(fyne.KeyReturn)
			p.must(map[string]string{"bank": "Its certificates come from ca.other.test.", "what to do": hint})
			p.update(atStep(agent.WizardWork, asked, tasks(agent.TaskFailed), stopped(&agent.OtherBankError{Host: "ca.other.test"})))
			p.must(map[string]string{"what to do on the last page": hint})
			p.press(fyne.KeyEscape)
		})
	}
}
