package ui

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// wizardSize is the size of the wizard's window, in Fyne's units.
var wizardSize = fyne.NewSize(780, 660)

// wizardWindow is the Profile Creation Wizard while it is open: it draws the
// step that the agent is at. It is used on Fyne's goroutine alone.
type wizardWindow struct {
	w    *Windows
	d    *dialog
	lang text.Lang
	run  func(agent.WizardAction, func(error)) // does an action and then calls back
	// beside runs something that may take long, such as reading a folder, and then
	// calls back.
	beside func(f func(), then func())
	places func() []keyFile // where a key file is looked for

	state agent.WizardState
	since time.Time       // when state came: the seconds of its tasks run on from then
	page  *wizardPage     // of the step
	over  *wizardPage     // shown in its place: the choice of a file, the question whether to close
	draft *applicantDraft // on the page about the applicant, nil for nothing
	hints *fyne.Container // of what was sent to the bank last, shown with agent.ErrCredentials
	top   *fyne.Container // shows notices

	doing  agent.WizardActionKind // "" while nothing is under way
	pad    bool                   // what is under way wants the password on the device
	failed error                  // what the last action ended with
	told   string                 // what is wrong with an entry
	months int                    // period that was chosen, for WizardObtain
	clock  *time.Timer            // draws the time passed anew
}

// Wizard implements agent.Prompter.
func (w *Windows) Wizard(ctx context.Context, s agent.WizardState, updates <-chan agent.WizardState, do func(context.Context, agent.WizardAction) error) error {
	ctx, cancel := context.WithCancel(ctx)
	work := newErrands(ctx)
	defer work.wait()
	defer cancel()
	t := &wizardWindow{w: w, lang: w.language(), state: s, since: time.Now()}
	t.run = func(a agent.WizardAction, then func(error)) {
		work.do(func(ctx context.Context) error { return do(ctx, a) }, then)
	}
	t.places = func() []keyFile { return keyPlaces(t.lang) }
	t.beside = func(f, then func()) {
		// A drive that hangs keeps no window open: what reads it is left behind, and ends
		// when the system gives it up.
		read := make(chan struct{})
		go func() { f(); close(read) }()
		work.do(func(ctx context.Context) error {
			select {
			case <-read:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}, func(err error) {
			if err == nil {
				then()
			}
		})
	}
	work.group.Go(func() { // ends with the window
		for {
			select {
			case s := <-updates:
				fyne.Do(func() {
					if t.d != nil && !t.d.ended {
						t.update(s)
					}
				})
			case <-ctx.Done():
				return
			}
		}
	})
	defer fyne.Do(t.stop)
	return w.ask(ctx, t.lang.T(text.WizardTitle), func(d *dialog) {
		t.d = d
		d.size = wizardSize
		d.win.SetCloseIntercept(t.leave)
		d.win.Canvas().SetOnTypedKey(t.typed)
		t.turn()
	})
}

// typed is a key that no widget wanted.
func (t *wizardWindow) typed(e *fyne.KeyEvent) {
	p := t.shown()
	switch {
	case e.Name == fyne.KeyEscape:
		p.escape()
	case isReturn(e):
		p.submit()
	default:
		scrolledIn(t.d.win, e)
	}
}

// shown is the page that is on the screen.
func (t *wizardWindow) shown() *wizardPage {
	if t.over != nil {
		return t.over
	}
	return t.page
}

// update takes in a newer state. What was typed stays while the step does.
func (t *wizardWindow) update(s agent.WizardState) {
	before := t.state
	if reflect.DeepEqual(before, s) {
		return
	}
	t.state, t.since = s, time.Now()
	if s.Raise != before.Raise {
		t.d.win.Show()
		t.d.win.RequestFocus()
	}
	switch {
	case s.Step != before.Step:
		t.turn()
		if s.Step == agent.WizardProfile && t.doing == "" && unlockedBefore(before.Step) {
			if before.Step == agent.WizardApplicant || before.Step == agent.WizardOtherUser {
				t.failed = nil // it was about what was entered there
			}
			if t.failed == nil {
				t.told = t.lang.T(text.WizardAgain)
			}
			t.refresh()
		}
	case t.page.follow != nil:
		t.page.follow()
		t.refresh()
	case t.over != nil && t.failure() == nil: // it asks whether to close, and goes on asking
		t.stop()
		t.page = t.newPage()
	default:
		t.turn()
	}
}

// unlockedBefore tells the steps from which nobody goes back to the first: the
// agent has lost the token, or its password.
func unlockedBefore(s agent.WizardStep) bool {
	return s != agent.WizardProfile && s != agent.WizardResume && s != agent.WizardMissing && s != agent.WizardConfirm
}

// do runs an action, unless one is under way, and says what became of it if it
// failed. Success is seen by the next step.
func (t *wizardWindow) do(a agent.WizardAction) {
	if t.doing != "" {
		a.Wipe()
		return
	}
	kind, step := a.Kind, t.state.Step
	t.doing, t.failed, t.told = kind, nil, ""
	t.pad = kind == agent.WizardUnlock && slices.ContainsFunc(t.state.Profiles, func(p agent.Profile) bool { return p.ID.Token == a.Token && p.PINPad })
	t.refresh()
	t.run(a, func(err error) {
		t.doing = ""
		switch {
		case t.d.ended:
			return
		case err == nil && (kind == agent.WizardFinish || kind == agent.WizardTokenPanel):
			t.d.end(agent.ErrDenied) // closed, as every panel ends
			return
		}
		t.failed = err
		if err != nil && t.state.Step == agent.WizardWork {
			t.turn() // the page says it
			return
		}
		if t.page.follow != nil { // it may say something else after an error
			t.page.follow()
		}
		t.refresh()
		if err != nil || t.state.Step != step {
			t.focus(t.start())
		}
	})
}

// tell says what is wrong with an entry and goes there.
func (t *wizardWindow) tell(s string, entry fyne.Focusable) {
	t.told, t.failed = s, nil
	t.refresh()
	t.focus(entry)
}

// turn draws the page of the step anew.
func (t *wizardWindow) turn() {
	t.stop()
	t.over, t.told = nil, ""
	t.page = t.newPage()
	t.show()
}

// stop ends the clock.
func (t *wizardWindow) stop() {
	if t.clock != nil {
		t.clock.Stop()
		t.clock = nil
	}
}

// put shows a page in the place of the step's, nil the step's again.
func (t *wizardWindow) put(over *wizardPage) {
	t.over = over
	t.show()
}

// show puts the page on the screen.
func (t *wizardWindow) show() {
	p := t.shown()
	t.d.win.Canvas().Unfocus() // what keeps the focus is drawn so when it comes back
	t.top = container.New(consentColumn{})
	t.d.win.SetContent(container.NewPadded(container.New(consentFrame{}, t.top,
		newConsentScroll(container.New(consentColumn{}, p.content...), 0), p.row(t.lang))))
	t.refresh()
	t.focus(t.start())
}

// start is where the focus begins on the page that is shown.
func (t *wizardWindow) start() fyne.Focusable {
	p := t.shown()
	if p.again != nil && errors.Is(t.failed, agent.ErrPeriod) {
		return p.again
	}
	return p.first
}

// refresh shows what is new about the page: a notice, and what works now.
func (t *wizardWindow) refresh() {
	t.shown().work(t.doing != "")
	t.top.Objects = t.notices()
	t.d.win.Content().Refresh()
}

// fit lays the page out anew after a sentence on it became longer or shorter.
func (t *wizardWindow) fit() {
	if t.page != nil && t.d.win.Content() != nil {
		t.d.win.Content().Refresh()
	}
}

func (t *wizardWindow) focus(o fyne.Focusable) {
	if o != nil {
		t.d.win.Canvas().Focus(o)
	}
}

// leave closes the window; while the registration is at work it asks before.
func (t *wizardWindow) leave() {
	if t.state.Step == agent.WizardWork && t.failure() == nil {
		t.put(t.leavingPage())
		return
	}
	t.d.end(agent.ErrDenied)
}
