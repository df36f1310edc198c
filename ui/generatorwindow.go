package ui

import (
	"cmp"
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// generatorPage is a page of the window of the code generators. The agent knows of
// the devices only.
type generatorPage int

const (
	pageDevice generatorPage = iota
	pageAdd
	pageAddFile
	pageAddTyped
	pageAddMobi
	pageRename
	pageRemove
	pageHelp
	pageSafety
)

// generatorWindow is the window of the code generators while it is open. It is used
// on Fyne's goroutine alone.
type generatorWindow struct {
	w    *Windows
	d    *dialog
	lang text.Lang
	run  func(agent.GeneratorAction, func(error)) // does an action and then calls back

	state  agent.GeneratorPanel
	since  time.Time // when state came
	chosen string    // ID of the device that is shown
	page   generatorPage

	// Keys may be pressed faster than the agent works: what was done waits here, the
	// first being under way.
	queue  []agent.GeneratorAction
	adding bool // a device was added, and is turned to when it comes

	where   *whereChoice // of form, where it has one
	form    *tokenForm   // of a page with entries, which keeps what was typed
	spectra *spectraPage // nil unless a SpectraNet token is shown
	mobi    *mobiPage    // nil unless MobiPass is shown
	draft   mobiDraft
	clock   *widget.Label // of the help: what the computer's clock shows

	top    *fyne.Container // shows said
	said   string          // what is said of the last action
	failed bool            // said is about a failure
}

// Generators implements agent.Prompter.
func (w *Windows) Generators(ctx context.Context, s agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(context.Context, agent.GeneratorAction) error) error {
	ctx, cancel := context.WithCancel(ctx)
	work := newErrands(ctx)
	defer work.wait()
	defer cancel()
	g := &generatorWindow{w: w, lang: w.generatorLanguage(), state: s, since: time.Now(), chosen: s.Chosen}
	g.run = func(a agent.GeneratorAction, then func(error)) {
		work.do(func(ctx context.Context) error { return do(ctx, a) }, then)
	}
	work.group.Go(func() { // ends with the window
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for {
			on := func(f func()) {
				fyne.Do(func() {
					if g.d != nil && !g.d.ended {
						f()
					}
				})
			}
			select {
			case s := <-updates:
				on(func() { g.update(s) })
			case <-second.C:
				on(g.tick)
			case <-ctx.Done():
				return
			}
		}
	})
	defer fyne.Do(g.drop)
	return w.ask(ctx, g.lang.T(text.GeneratorTitle), func(d *dialog) {
		g.d = d
		d.size = fyne.NewSize(generatorWidth, generatorHeight)
		d.win.Canvas().SetOnTypedKey(g.typed)
		g.settle()
		g.draw()
	})
}

// generatorLanguage is the language that the person chose in this window, else that
// of the program, else German where the system speaks it.
func (w *Windows) generatorLanguage() text.Lang {
	w.mu.Lock()
	defer w.mu.Unlock()
	system := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")) // in the order of POSIX
	if w.codes == "" && w.lang == text.EN && strings.HasPrefix(system, string(text.DE)) {
		return text.DE
	}
	return cmp.Or(w.codes, w.lang)
}

// speak changes the language of the window.
func (g *generatorWindow) speak(l text.Lang) {
	g.w.mu.Lock()
	g.w.codes = l
	g.w.mu.Unlock()
	g.lang, g.form, g.said = l, nil, ""
	g.d.win.SetTitle(l.T(text.GeneratorTitle))
	g.draw()
}

// typed is a key that no widget wanted. Escape goes back, and from the first page
// closes the window.
func (g *generatorWindow) typed(e *fyne.KeyEvent) {
	if g.d.guard != nil {
		g.d.guard.key()
	}
	switch {
	case scrolledIn(g.d.win, e):
	case e.Name == fyne.KeyEscape && g.page != pageDevice:
		if len(g.queue) == 0 {
			g.turn(pageDevice)
		}
	case e.Name == fyne.KeyEscape && g.mobi != nil && g.mobi.back != nil:
		g.mobi.back()
	case e.Name == fyne.KeyEscape:
		g.d.end(agent.ErrDenied)
	case isReturn(e) && g.form != nil:
		g.form.submit()
	case isReturn(e) && g.mobi != nil && g.mobi.next != nil:
		g.mobi.next()
	case g.spectra != nil: // a click beside the token took the focus away
		g.d.win.Canvas().Focus(g.spectra.face)
		g.spectra.face.TypedKey(e)
		if isKnob(e.Name) { // it went down before there was a focus
			g.spectra.face.down()
			g.spectra.face.up()
		}
	}
}

// update takes in a newer state.
func (g *generatorWindow) update(s agent.GeneratorPanel) {
	before, old := g.view(), g.state
	g.state, g.since = s, time.Now()
	raised := s.Raise != old.Raise
	if raised {
		g.page, g.form, g.said = pageDevice, nil, ""
		g.chosen = cmp.Or(s.Chosen, g.chosen)
		g.d.win.Show()
		g.d.win.RequestFocus()
	}
	if g.adding && !raised {
		for _, v := range s.Devices {
			if !slices.ContainsFunc(old.Devices, func(o agent.GeneratorView) bool { return o.ID == v.ID }) {
				g.chosen, g.adding = v.ID, false
			}
		}
	}
	g.settle()
	now := g.view()
	if g.draft.device != "" && !activating(g.deviceNamed(g.draft.device)) {
		g.draft.drop()
	}
	if now.ID != before.ID && (g.page == pageRename || g.page == pageRemove) {
		g.page, g.form = pageDevice, nil // the device that it was about is gone
	}
	same := !raised && now.ID == before.ID && sameFrame(old, s)
	if g.form != nil && g.where != nil {
		g.where.follow(s.Tokens)
	}
	if g.page == pageRemove && !reflect.DeepEqual(old.Tokens, s.Tokens) {
		same = false // whether its token is there
	}
	switch {
	case same && g.page != pageDevice, same && g.spectra == nil && reflect.DeepEqual(before, now):
		// What was begun goes on.
	case same && g.spectra != nil:
		g.spectra.follow(now, g.left())
	default:
		g.draw()
	}
}

// sameFrame tells whether nothing changed but what a page itself follows.
func sameFrame(a, b agent.GeneratorPanel) bool {
	return a.Problem == b.Problem && reflect.DeepEqual(a.Help, b.Help) &&
		slices.EqualFunc(a.Devices, b.Devices, func(a, b agent.GeneratorView) bool {
			return a.ID == b.ID && a.Kind == b.Kind && a.Name == b.Name && a.Bank == b.Bank && a.Problem == b.Problem && reflect.DeepEqual(a.Help, b.Help)
		})
}

// tick comes each second.
func (g *generatorWindow) tick() {
	if g.spectra != nil {
		g.spectra.follow(g.view(), g.left())
	}
	if g.clock != nil {
		g.clock.SetText(g.lang.Refused(time.Now()))
	}
}

// left is how many seconds the code is still shown.
func (g *generatorWindow) left() int {
	return max(0, g.view().Left-int(time.Since(g.since)/time.Second))
}

// settle chooses a device that is there, and a page that fits.
func (g *generatorWindow) settle() {
	if g.view().ID == "" {
		g.chosen = ""
		if len(g.state.Devices) > 0 {
			g.chosen = g.state.Devices[0].ID
		}
	}
}

// view is the chosen device, the zero value when there is none.
func (g *generatorWindow) view() agent.GeneratorView { return g.deviceNamed(g.chosen) }

func (g *generatorWindow) deviceNamed(id string) agent.GeneratorView {
	for _, v := range g.state.Devices {
		if v.ID == id {
			return v
		}
	}
	return agent.GeneratorView{}
}

// choose turns to a device.
func (g *generatorWindow) choose(id string) {
	g.chosen = id
	g.turn(pageDevice)
}

// turn goes to a page, without what was said and typed before.
func (g *generatorWindow) turn(page generatorPage) {
	g.page, g.said, g.form, g.where, g.failed = page, "", nil, nil, false
	g.draw()
}

// do has the agent do something with the chosen device, after what waits already.
func (g *generatorWindow) do(a agent.GeneratorAction) {
	switch a.Kind {
	case agent.GeneratorAddFile, agent.GeneratorAddTyped, agent.GeneratorAddMobi:
		g.adding = true
	case agent.GeneratorUnlock:
	default:
		a.Device = g.chosen
	}
	g.queue = append(g.queue, a)
	if slow(a.Kind) {
		g.said = ""
		g.notify()
	}
	if len(g.queue) == 1 {
		g.next()
	}
}

// press is do for a key of the SpectraNet token.
func (g *generatorWindow) press(e otp.SpectraEvent) {
	g.do(agent.GeneratorAction{Kind: agent.GeneratorPress, Press: e})
}

// event is do for a page of MobiPass without secrets.
func (g *generatorWindow) event(e otp.MobiEvent) {
	g.do(agent.GeneratorAction{Kind: agent.GeneratorTurn, Event: e})
}

// slow tells which actions take a moment that a person notices, so that the window
// says that they are under way. A digit is not one of them: a right PIN and a wrong
// one look the same until the display changes.
func slow(k agent.GeneratorActionKind) bool {
	return k != agent.GeneratorPress && k != agent.GeneratorDigit && k != agent.GeneratorTurn
}

// next begins the first action that waits.
func (g *generatorWindow) next() {
	a := g.queue[0]
	g.run(a, func(err error) {
		g.queue = g.queue[1:]
		if err != nil || g.d.ended {
			g.forget()
		}
		if !g.d.ended {
			g.finished(a, err)
		}
		if len(g.queue) > 0 {
			g.next()
		}
	})
}

// forget drops what waits; what is under way is the agent's.
func (g *generatorWindow) forget() {
	for _, a := range g.queue {
		a.Wipe()
	}
	g.queue = nil
}

// drop wipes what the window still holds when it is gone.
func (g *generatorWindow) drop() {
	if len(g.queue) > 1 {
		for _, a := range g.queue[1:] {
			a.Wipe()
		}
		g.queue = g.queue[:1]
	}
	g.draft.drop()
}

// finished says what came of an action.
func (g *generatorWindow) finished(a agent.GeneratorAction, err error) {
	if err != nil {
		g.adding = false
		if g.mobi != nil {
			g.mobi.sent = false
		}
		g.said, g.failed = g.lang.GeneratorError(err), true
		if g.form != nil {
			g.form.working(false)
			if g.where != nil {
				g.where.draw()
			}
			g.form.tell(g.said)
			return
		}
		if g.page == pageRemove && a.Kind != agent.GeneratorUnlock {
			g.page = pageDevice
			g.draw()
			return
		}
		g.notify()
		return
	}
	if a.Kind == agent.GeneratorUnlock && len(g.queue) > 0 {
		return // it was for what comes next
	}
	done := text.Key("generator.done." + string(a.Kind))
	said := g.lang.T(done)
	if said == string(done) { // the page itself shows it
		said = ""
	}
	if g.page == pageDevice {
		if g.said != said || slow(a.Kind) {
			g.said, g.failed = said, false
			g.notify()
		}
		return
	}
	g.turn(pageDevice)
	g.said = said
	g.notify()
}
