package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

func TestWizardApplicant(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardApplicant), func(p *registrant) {
		p.must(map[string]string{"K68 User ID": "User ID:", "K68 PIN": "PIN", "K68 Key file": "Key file:", "K68 Review": "Review...",
			"K68 tick": "Password matches PIN", "K68 Next": "Next", "K71 where from": "Appendix 2 to the Agreement",
			"K71 hard copy": "hard copy of the Acceptance and Delivery certificate", "K72 card": "OTP card issued at the bank's branch",
			"K72 capitals": "in capital letters", "K69 example": "qq111111_qwertyui"})
		tick := find[*check](p.win)[0]
		if !tick.Checked || len(find[*password](p.win)) != 0 {
			t.Error("K76 K77 the tick is not set, or another password is asked for")
		}
		lines, pin := find[*line](p.win), find[*capitals](p.win)[0]
		p.types(" Abc_1 ")
		p.must(map[string]string{"K70 another look": "Check: it usually looks like qq111111_qwertyui"})
		lines[0].SetText("  qq111111_qwertyui ")
		if p.says("Check:") {
			t.Error("K70 a User ID like the example is marked")
		}
		p.press(fyne.KeyReturn) // to the PIN
		p.types("ab1io0Z")
		if pin.Text != "AB1IO0Z" || pin.Password {
			t.Errorf("K73 the PIN reads %q, dots: %v", pin.Text, pin.Password)
		}
		pin.SetText("пин")
		if pin.Text != "ПИН" || !p.says(text.EN.T(text.WizardPINLayout)) {
			t.Errorf("another keyboard: %q, %q", pin.Text, words(p.win))
		}
		pin.SetText("")
		p.types("ab1io0")
		p.press(fyne.KeyReturn) // to the key file
		p.press(fyne.KeyReturn) // and on
		p.must(map[string]string{"missing": text.EN.T(text.WizardFill)})
		p.types("/media/BANK/GOST.pfx")
		tick.SetChecked(false)
		p.must(map[string]string{"K78 advice": "The bank advises to leave the tick", "K78 entry": "Key file password:"})
		p.press(fyne.KeyReturn)
		p.types("geheim")
		p.press(fyne.KeyReturn)
		a := p.last(1, agent.WizardApply, "AB1IO0", "geheim")
		if a.UserID != "qq111111_qwertyui" || a.KeyFile != "/media/BANK/GOST.pfx" || !a.Apart {
			t.Errorf("K70 K78 asked %+v", a)
		}
		tick.SetChecked(true)
		p.tap(text.WizardNext)
		if a := p.last(2, agent.WizardApply, "AB1IO0", ""); a.Apart {
			t.Error("K77 the key file is said to have a password of its own")
		}
		p.update(atStep(agent.WizardPassword))
		p.press(fyne.KeyEscape)
		p.last(3, agent.WizardReturn, "", "")
		p.update(atStep(agent.WizardWelcome))
		p.tap(text.Cancel)
	})
}

func TestWizardWrongCredentials(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardApplicant, entered), func(p *registrant) {
		p.answer = func() error { return agent.ErrCredentials }
		lines, pin := find[*line](p.win), find[*capitals](p.win)[0]
		lines[0].SetText("ab234567_bcdef")
		p.types("xyz9") // the focus begins in the PIN: the User ID is there
		p.tap(text.WizardNext)
		p.last(1, agent.WizardApply, "XYZ9", "")
		found := false
		for _, s := range words(p.win) {
			found = found || s == "Wrong password or key container" // word for word
		}
		if !found {
			t.Errorf("K79 the window says %q", words(p.win))
		}
		fits := " " + text.EN.T(text.WizardHintFits)
		hints := []struct{ item, part string }{{"K80", "you may have ag instead of aq."}, {"K81", "entered in capital letters."},
			{"K82", "the letter O and the number 0."}, {"K83", "another organization or another user."}}
		marked := func(want ...bool) {
			t.Helper()
			for i, h := range hints {
				if !p.says(h.part) || p.says(h.part+fits) != want[i] {
					t.Errorf("K84 %s: marked %v, want %v: %q", h.item, p.says(h.part+fits), want[i], words(p.win))
				}
			}
		}
		marked(false, true, false, false) // only lower case was typed
		p.must(map[string]string{"none of the four": "If the password is surely right, the key file may be damaged"})
		if lines[0].Text != "ab234567_bcdef" || pin.Text != "XYZ9" || lines[1].Text != "/media/aigerim/BANK/GOST.pfx" {
			t.Errorf("K85 the fields hold %q, %q, %q", lines[0].Text, pin.Text, lines[1].Text)
		}
		if len(p.done) != 1 {
			t.Errorf("K86 the bank was asked %d times", len(p.done))
		}
		p.tap(text.WizardPINClear)
		if pin.Text != "" || p.win.Canvas().Focused() != fyne.Focusable(pin) {
			t.Errorf("K85 cleared: %q", pin.Text)
		}
		p.types("O2")
		lines[0].SetText("ag234567_bcdef")
		p.tap(text.WizardNext)
		p.last(2, agent.WizardApply, "O2", "")
		marked(true, false, true, false)
		p.answer = nil
		p.tap(text.WizardNext)
		if p.says("Wrong password") {
			t.Error("the old error stays after another try")
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}

func TestWizardPassword(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardPassword), func(p *registrant) {
		p.must(map[string]string{"K87 name": "Token Name", "K87 password": "Password:", "K87 confirmation": "Confirmation:", "K87 next": "Next",
			"K101": "for logging in and for sending payment orders", "K90 K98": "8 to 32 characters", "K91": "a Latin letter in it", "K97": "not the factory password"})
		name, e := find[*line](p.win)[0], find[*password](p.win)
		p.press(fyne.KeyReturn, fyne.KeyReturn, fyne.KeyReturn)
		p.must(map[string]string{"K89 empty": text.EN.T(text.WizardNameEmpty)})
		for s, part := range map[string]string{
			"Бухгалтерия":           "K88 \"Б\" is not allowed",
			strings.Repeat("a", 33): "K89 at most 32",
			"a/b":                   "K89 \"/\" is not allowed",
		} {
			name.SetText(s)
			p.must(map[string]string{part[:3] + " " + s: part[4:]})
		}
		name.SetText("Main office-1_a")
		for typed, part := range map[string]string{"Пароль12": "K92 switch the keyboard to English", "Abc12345": "K94 there are, from character 1 on", "Jana4kilt!": "K93 character 10 is another one"} {
			e[0].SetText(typed)
			e[1].SetText(typed)
			p.must(map[string]string{part[:3] + " " + typed: part[4:]})
			p.tap(text.WizardNext)
			if len(p.done) != 0 || !p.says(text.EN.T("error.pin-rule")) {
				t.Errorf("%s: %q was taken, or no word is said: %q", part[:3], typed, words(p.win))
			}
		}
		e[0].SetText("Jana4kilt")
		e[1].SetText("Jana4kilT")
		p.tap(text.WizardNext)
		if len(p.done) != 0 || !p.says("Password and confirmation differ") {
			t.Errorf("K99 the window says %q", words(p.win))
		}
		e[1].SetText("Jana4kilt")
		p.press(fyne.KeyReturn) // where the confirmation was wrong
		if a := p.last(1, agent.WizardChoose, "", "Jana4kilt"); a.Name != "Main office-1_a" {
			t.Errorf("name %q", a.Name)
		}
		if e[0].Text+e[1].Text != "" {
			t.Error("the entries keep the password")
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
	_ = atWizard(t, atStep(agent.WizardPassword, entered, func(s *agent.WizardState) { s.Fixed = true }), func(p *registrant) {
		if !find[*line](p.win)[0].Disabled() {
			t.Error("K118 a name that the key has can be changed")
		}
		p.types("Jana4kilt")
		p.press(fyne.KeyReturn)
		p.types("Jana4kilt")
		p.press(fyne.KeyReturn)
		if a := p.last(1, agent.WizardChoose, "", "Jana4kilt"); a.Name != "Accounts" {
			t.Errorf("name %q", a.Name)
		}
		if !find[*line](p.win)[0].Disabled() {
			t.Error("K118 after a step the name can be changed")
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}

func TestWizardReview(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardReview, entered, func(s *agent.WizardState) { s.Periods = []int{12, 24} }), func(p *registrant) {
		p.must(map[string]string{"K102 User ID": "qq111111_qwertyui", "K102 file": "/media/aigerim/BANK/GOST.pfx", "K102 name": "Accounts", "K102 period": "Period"})
		flag := find[*check](p.win)[0]
		if flag.Checked || !p.button(text.WizardNext).Disabled() {
			t.Error("K103 the flag is set, or Next works without it")
		}
		flag.SetChecked(true)
		if !p.button(text.WizardNext).Disabled() {
			t.Error("Next works without a period")
		}
		find[*choice](p.win)[0].SetSelectedIndex(1)
		flag.SetChecked(false)
		p.press(fyne.KeyReturn)
		if len(p.done) != 0 {
			t.Error("K103 K104 Return starts without the flag")
		}
		flag.SetChecked(true)
		p.tap(text.WizardNext)
		if a := p.last(1, agent.WizardObtain, "", ""); !a.Flag || a.Months != 24 {
			t.Errorf("K104 asked %+v", a)
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}

// The work takes minutes, and then stops; it is tried again, and ends well.
func TestWizardWork(t *testing.T) {
	running := []agent.TaskState{agent.TaskDone, agent.TaskRunning}
	var release chan error
	err := atWizard(t, atStep(agent.WizardReview, entered, func(s *agent.WizardState) { s.Months = 12 }), func(p *registrant) {
		release = make(chan error)
		p.answer = func() error { return <-release }
		p.types(" ") // sets the flag
		p.tap(text.WizardNext)
		p.update(atStep(agent.WizardWork, tasks(running...)))
		p.must(map[string]string{"K105 key": "Key generation on the token", "K105 certificate": "Certificate from the Certification Authority",
			"K105 write": "Writing the certificate to the token", "K105 register": "Registration in the Internet Banking System",
			"K106": "can take up to 5 minutes", "K107 passed": "1:23"})
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		p.must(map[string]string{"K107 passed, by the window's own clock": "4:23"})

		p.press(fyne.KeyEscape)
		p.must(map[string]string{"K108": "The registration is not finished yet", "K108 resumable": "continued later"})
		p.update(atStep(agent.WizardWork, tasks(agent.TaskDone, agent.TaskDone, agent.TaskRunning)))
		p.must(map[string]string{"K108 asks on": "The registration is not finished yet"})
		p.press(fyne.KeyReturn) // the button with the focus
		p.must(map[string]string{"K108 goes on": "The profile is being created"})

		s := atStep(agent.WizardWork, tasks(agent.TaskDone, agent.TaskDone, agent.TaskFailed), stopped(&agent.RejectedError{Text: "No contract 17"}))
		p.update(s)
		release <- &agent.RejectedError{Text: "No contract 17"}
		synctest.Wait()
		p.must(map[string]string{"what": "The bank rejected the request", "as data": "The bank says: No contract 17",
			"K121 continue": "Continue the registration", "K121 forbidden": "RE-FORMATTING IS FORBIDDEN",
			"K121 contact": "Contact the support service or your account manager", "K124 phone": "+7 727 244-30-30", "K124 text": "Demo Bank, 9:00–18:00",
			"K124 manager": "Your account manager: Branch 5, A. Serik"})
		p.tap(text.WizardRetry)
		if a := p.last(2, agent.WizardObtain, "", ""); !a.Flag || a.Months != 12 {
			t.Errorf("K116 retry asked %+v", a)
		}
		p.update(atStep(agent.WizardWork, tasks(running...)))
		if p.says("RE-FORMATTING") {
			t.Error("K115 the old failure stays while the work goes on")
		}
		p.update(atStep(agent.WizardDone, entered))
		release <- nil
		synctest.Wait()
		p.must(map[string]string{"K109": "The profile was created", "K109 button": "Finish", "which": "Accounts", "K111 no page waits": "Then open your bank's page"})
		p.update(atStep(agent.WizardDone, entered, func(s *agent.WizardState) { s.Profiles[0].Name, s.Profiles[0].Empty = "KAZTOKEN Accounts", false }))
		p.must(map[string]string{"K110 as it is listed": "KAZTOKEN Accounts"})
		p.update(atStep(agent.WizardDone, entered, created))
		p.must(map[string]string{"K110 a page waits": "choose the profile and enter the token's new password"})
		p.answer = nil
		p.press(fyne.KeyReturn)
		p.last(3, agent.WizardFinish, "", "")
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("K110 Wizard() = %v, want ErrDenied: the window is closed", err)
	}
}

// An error that has no name, or that the agent does not put into the state, is
// said too.
func TestWizardWorkFailsWithoutAName(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardWork, tasks(agent.TaskDone, agent.TaskFailed), stopped(agent.ErrBank)), func(p *registrant) {
		p.answer = func() error { return errors.New("some detail") }
		p.tap(text.WizardRetry)
		p.update(atStep(agent.WizardWork, tasks(agent.TaskDone, agent.TaskFailed)))
		p.must(map[string]string{"unknown": "Something unexpected went wrong", "K121": "RE-FORMATTING IS FORBIDDEN"})
		if p.says("some detail") {
			t.Error("a text for the log is shown")
		}
		p.press(fyne.KeyEscape) // nothing runs: it closes without a question
	})
}

// Wrong data show only when the certificate is asked for: the page for them comes
// back with its hints, without formatting.
func TestK116WizardRefusedDuringTheWork(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardReview, entered, func(s *agent.WizardState) { s.Months = 12 }), func(p *registrant) {
		p.answer = func() error { return agent.ErrCredentials }
		p.types(" ") // sets the flag
		p.tap(text.WizardNext)
		p.update(atStep(agent.WizardApplicant, entered, stopped(agent.ErrCredentials)))
		p.must(map[string]string{"K79": "Wrong password or key container", "K80": "ag instead of aq",
			"K121 continue": "Continue the registration", "K121 forbidden": "RE-FORMATTING IS FORBIDDEN",
			"K121 contact": "Contact the support service or your account manager", "K124 phone": "+7 727 244-30-30",
			"K124 manager": "Your account manager: Branch 5, A. Serik"})
		if got := find[*line](p.win)[0].Text; got != "qq111111_qwertyui" {
			t.Errorf("K116 the User ID is %q", got)
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}

// Closing in the middle of the work ends what the agent does for it; the agent
// continues it later.
func TestK108WizardClosesInTheMiddle(t *testing.T) {
	err := question(t, func(ctx context.Context, w *Windows) error {
		s := atStep(agent.WizardReview, entered, func(s *agent.WizardState) { s.Months = 12 })
		updates := make(chan agent.WizardState, 1)
		return w.Wizard(ctx, s, updates, func(ctx context.Context, a agent.WizardAction) error {
			updates <- atStep(agent.WizardWork, tasks(agent.TaskRunning))
			<-ctx.Done()
			return ctx.Err()
		})
	}, func(w *Windows, win fyne.Window) {
		test.Type(win.Canvas().Focused(), " ")
		test.Tap(buttonNamed(t, win, text.EN.T(text.WizardNext)))
		synctest.Wait()
		test.Tap(buttonNamed(t, win, text.EN.T(text.WizardClose)))
		synctest.Wait()
		test.Tap(buttonNamed(t, win, text.EN.T(text.WizardLeave)))
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Wizard() = %v, want ErrDenied", err)
	}
}

// K124: where the hint says to ask the bank, the window says how. What stopped the work
// for another reason than the data is not said of the data.
func TestK124WizardTellsWhomToAsk(t *testing.T) {
	begun := func(s *agent.WizardState) { stopped(agent.ErrTokenLost)(s) }
	_ = atWizard(t, atStep(agent.WizardApplicant, entered, begun), func(p *registrant) {
		p.must(map[string]string{"K121": "RE-FORMATTING IS FORBIDDEN"})
		if p.says(text.EN.T("error.token-lost")) {
			t.Errorf("the token is back, and the window says %q", words(p.win))
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
	for _, step := range []agent.WizardStep{agent.WizardApplicant, agent.WizardOtherUser} {
		for _, err := range []error{&agent.RejectedError{Text: "No contract 17"}, agent.ErrBankForeign, agent.ErrBank} {
			_ = atWizard(t, atStep(step, entered, otherToken), func(p *registrant) {
				p.answer = func() error { return err }
				if step == agent.WizardApplicant {
					p.types("AB12")
					p.tap(text.WizardNext)
				} else {
					p.tap(text.WizardAnewSecond)
				}
				p.last(1, p.done[0].Kind, string(p.done[0].Old.Bytes()), "")
				for _, part := range []string{"+7 727 244-30-30", "Demo Bank, 9:00–18:00", "Your account manager: Branch 5, A. Serik"} {
					if want := !errors.Is(err, agent.ErrBank); p.says(part) != want {
						t.Errorf("on the page %q after %v the window says %q: %t, want %t", step, err, part, !want, want)
					}
				}
				p.update(atStep(agent.WizardWelcome))
				p.press(fyne.KeyEscape)
			})
		}
	}
}

// What was ticked and chosen on the fourth page stays when the window is asked to the
// front, and goes when it would be about something else.
func TestWizardReviewStays(t *testing.T) {
	review := func(change ...func(*agent.WizardState)) agent.WizardState {
		return atStep(agent.WizardReview, append([]func(*agent.WizardState){entered, func(s *agent.WizardState) { s.Periods = []int{12, 24} }}, change...)...)
	}
	_ = atWizard(t, review(), func(p *registrant) {
		find[*choice](p.win)[0].SetSelectedIndex(1)
		find[*check](p.win)[0].SetChecked(true)
		p.update(review(func(s *agent.WizardState) { s.Raise = 1 }))
		if !find[*check](p.win)[0].Checked || find[*choice](p.win)[0].SelectedIndex() != 1 || p.button(text.WizardNext).Disabled() {
			t.Error("K103 the flag or the period is gone")
		}
		p.update(review(func(s *agent.WizardState) { s.Months, s.Periods = 12, nil }))
		if find[*check](p.win)[0].Checked {
			t.Error("K103 the flag confirms another period")
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}
