package ui

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// panelWindow is the main window while it is open. It is used on Fyne's
// goroutine alone.
type panelWindow struct {
	win   fyne.Window
	lang  text.Lang
	shown agent.PanelState
	page  *panelPage         // on the screen, unless Help is
	on    *agent.PanelAction // whose part has the focus, or has it again when it can; nil for none
	help  bool               // Help is on the screen in place of it
	call  chan panelAnswer   // of the call that waits now, nil when none does
	next  *panelAnswer       // what the person did while none waited
}

type panelAnswer struct {
	action agent.PanelAction
	err    error
}

// Panel implements agent.Prompter.
func (w *Windows) Panel(ctx context.Context, s agent.PanelState) (agent.PanelAction, error) {
	call := make(chan panelAnswer, 1)
	fyne.Do(func() { w.showPanel(call, s) })
	select {
	case a := <-call:
		return a.action, a.err
	case <-ctx.Done():
	}
	fyne.Do(func() {
		if w.panel != nil && w.panel.call == call {
			w.closePanel()
		}
	})
	return agent.PanelAction{}, agent.ErrCanceled
}

// showPanel opens the window or updates it, and has its next answer go to call.
func (w *Windows) showPanel(call chan panelAnswer, s agent.PanelState) {
	raise := s.Raise
	s.Raise = false
	l := w.language()
	if s.Status.Language != "" {
		l = text.FromLocale(s.Status.Language)
	}
	if w.panel == nil {
		w.panel = &panelWindow{win: w.open(l.T(text.PanelTitle), w.closePanel)}
		w.panel.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
			switch {
			case e.Name != fyne.KeyEscape:
				scrolledIn(w.panel.win, e)
			case w.panel.help:
				w.panel.turn(false)
			default:
				w.closePanel()
			}
		})
		raise = true
	}
	p := w.panel
	if p.call != nil {
		p.call <- panelAnswer{err: agent.ErrCanceled}
	}
	p.call = call
	// A content that is the same keeps what is selected and scrolled.
	speaks := p.lang != l
	if speaks || !reflect.DeepEqual(p.shown, s) {
		p.lang, p.shown = l, s
		p.win.SetTitle(l.T(text.PanelTitle))
		if speaks || !p.help {
			p.redraw()
		}
	}
	if raise {
		p.win.Resize(p.win.Content().MinSize().Max(fyne.NewSize(consentWidth, 640)))
		p.win.Show()
		p.win.RequestFocus()
	}
	if next := p.next; next != nil {
		p.next = nil
		p.answer(*next)
	}
}

// draw shows the page that the person is at, and returns its button that goes to the
// other one.
func (p *panelWindow) draw() *button {
	if p.help {
		back := newButton(p.lang.T(text.TokenBack), nil, func() { p.turn(false) })
		p.win.SetContent(panelHelp(p.lang, back))
		return back
	}
	help := helpButton(p.lang, func() { p.turn(true) })
	p.page = &panelPage{lang: p.lang, state: p.shown, act: func(a agent.PanelAction) { p.answer(panelAnswer{action: a}) }, help: help}
	p.win.SetContent(p.page.content())
	return help
}

// redraw is draw that leaves the focus on what it is on, and the page where it is
// scrolled to. A part that cannot take the focus just now has it again when it can.
func (p *panelWindow) redraw() {
	on := p.win.Canvas().Focused()
	if a := p.page.action(on); a != nil || on != nil {
		p.on = a
	}
	var at fyne.Position
	if s := longest(p.win.Content()); s != nil {
		at = s.Offset
	}
	to := fyne.Focusable(p.draw())
	if !p.help {
		switch {
		case p.on != nil && p.page.parts[*p.on] != nil:
			to = p.page.parts[*p.on]
		case on == nil && p.page.state.Status.NeedsProfile(): // what comes next
			to = p.page.parts[panelWizard]
		default:
			to = nil
		}
	}
	if s := longest(p.win.Content()); s != nil {
		s.ScrollToOffset(fyne.NewPos(0, min(at.Y, hidden(s))))
	}
	if b, ok := to.(*button); to != nil && (!ok || !b.Disabled()) {
		p.win.Canvas().Focus(to)
	}
}

// turn goes to Help or back, for both by keyboard too.
func (p *panelWindow) turn(help bool) {
	p.help = help
	p.win.Canvas().Focus(p.draw())
}

// closePanel takes the window away.
func (w *Windows) closePanel() {
	p := w.panel
	w.panel = nil
	if p.call != nil {
		p.call <- panelAnswer{err: agent.ErrDenied}
	}
	w.hide(p.win)
}

// answer ends the call that waits. Where none does, the next one gets it.
func (p *panelWindow) answer(a panelAnswer) {
	if p.call == nil {
		p.next = &a
		return
	}
	p.call <- a
	p.call = nil
}
