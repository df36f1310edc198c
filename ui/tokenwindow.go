package ui

import (
	"context"
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// Pages of the token panel that the agent does not know of.
const (
	pagePIN         agent.TokenPage = "pin"
	pageChangePIN   agent.TokenPage = "change-pin"
	pageChangeAdmin agent.TokenPage = "change-admin"
	pageConfirm     agent.TokenPage = "confirm"
	pageDetails     agent.TokenPage = "details"
)

// tokenSize is the size of the token panel, in Fyne's units: all of the longest page is
// seen at once in every language.
var tokenSize = fyne.NewSize(780, 660)

// tokenWindow is the token panel while it is open. It is used on Fyne's goroutine
// alone.
type tokenWindow struct {
	w    *Windows
	d    *dialog
	lang text.Lang
	run  func(agent.TokenAction, func(error)) // does an action and then calls back

	state  agent.TokenPanel
	chosen agent.TokenID
	page   agent.TokenPage
	role   int        // chosen on the page for a PIN: the user, the administrator
	form   *tokenForm // of a page with entries, which keeps what was typed
	ask    confirmation
	top    *fyne.Container // shows said
	said   string          // what is said of the last action
	failed bool            // said is about a failure
	busy   bool
	// The page about drivers came of itself, in the place of what the person had
	// begun.
	interrupted bool
}

// Token implements agent.Prompter.
func (w *Windows) Token(ctx context.Context, s agent.TokenPanel, updates <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error {
	ctx, cancel := context.WithCancel(ctx)
	work := newErrands(ctx)
	defer work.wait()
	defer cancel()
	t := &tokenWindow{w: w, lang: w.language(), state: s, page: s.Page, chosen: s.Chosen}
	t.run = func(a agent.TokenAction, then func(error)) {
		work.do(func(ctx context.Context) error { return do(ctx, a) }, then)
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
	defer fyne.Do(t.drop)
	return w.ask(ctx, t.lang.T(text.TokenTitle), func(d *dialog) {
		t.d = d
		d.size = tokenSize
		d.win.Canvas().SetOnTypedKey(t.typed)
		t.settle()
		t.draw()
	})
}

// typed is a key that no widget wanted: Escape goes back, and from the first page
// closes the window.
func (t *tokenWindow) typed(e *fyne.KeyEvent) {
	if t.d.guard != nil {
		t.d.guard.key()
	}
	switch {
	case t.busy:
	case e.Name == fyne.KeyEscape && t.page != agent.PageToken && t.page != agent.PageDriver:
		t.turn(agent.PageToken)
	case e.Name == fyne.KeyEscape:
		t.d.end(agent.ErrDenied)
	case isReturn(e) && t.form != nil:
		t.form.submit()
	default:
		scrolledIn(t.d.win, e)
	}
}

// update takes in a newer state.
func (t *tokenWindow) update(s agent.TokenPanel) {
	before := t.view()
	raised := s.Raise != t.state.Raise
	same := reflect.DeepEqual(t.state, s)
	t.state = s
	if raised {
		t.page, t.said, t.form = s.Page, "", nil
		if s.Chosen != (agent.TokenID{}) {
			t.chosen = s.Chosen
		}
		t.d.win.Show()
		t.d.win.RequestFocus()
	}
	t.settle()
	if now := t.view(); now.Info.ID != before.Info.ID && t.page != agent.PageDriver {
		// What was begun was about a token that is gone.
		t.page, t.form = agent.PageToken, nil
	}
	switch {
	case t.busy, same && !raised:
	case t.form != nil:
		t.form.follow(t.view())
	default:
		t.draw()
	}
}

// settle chooses a token that is there, and the page that fits.
func (t *tokenWindow) settle() {
	if !slices.ContainsFunc(t.state.Tokens, func(v agent.TokenView) bool { return v.Info.ID == t.chosen }) {
		t.chosen = agent.TokenID{}
		if len(t.state.Tokens) > 0 {
			t.chosen = t.state.Tokens[0].Info.ID
		}
	}
	switch missing := len(t.state.Tokens) == 0 && !driverWorks(t.state.Drivers); {
	case missing && t.state.Page == agent.PageDriver:
		t.page, t.interrupted = agent.PageDriver, true
	case !missing && t.interrupted: // the driver is there: what was begun goes on
		t.page, t.interrupted = agent.PageToken, false
	}
	if len(t.state.Tokens) == 0 && t.page != agent.PageDriver {
		t.page, t.form = agent.PageToken, nil
	}
}

// view is the chosen token, the zero value when there is none.
func (t *tokenWindow) view() agent.TokenView {
	for _, v := range t.state.Tokens {
		if v.Info.ID == t.chosen {
			return v
		}
	}
	return agent.TokenView{}
}

// turn goes to a page, without what was said and typed before.
func (t *tokenWindow) turn(page agent.TokenPage) {
	t.drop()
	t.page, t.said, t.form, t.failed = page, "", nil, false
	t.draw()
}

// do runs an action. Whatever comes of it is said; then the panel shows the token
// again, or after a failure the page that it was made on.
func (t *tokenWindow) do(a agent.TokenAction) {
	a.Token = t.chosen
	t.busy, t.said, t.failed = true, "", false
	if t.form != nil {
		t.form.working(true)
		t.top.Objects = t.notices()
		t.d.win.Content().Refresh()
	} else {
		t.draw()
	}
	t.run(a, func(err error) {
		t.busy = false
		if t.d.ended {
			return
		}
		if err != nil {
			sentence, hint := t.lang.Error(err)
			t.said, t.failed = sentence+" "+hint, true
			if t.form != nil {
				t.form.working(false)
				t.form.tell(t.said)
				return
			}
			if t.page == pageConfirm {
				t.page = agent.PageToken
			}
			t.draw()
			return
		}
		t.said = t.lang.T(text.Key("token.done." + string(a.Kind)))
		t.form = nil
		if t.page != agent.PageDriver && t.page != agent.PageCertificate {
			t.page = agent.PageToken
		}
		t.draw()
	})
}

// draw shows the page.
func (t *tokenWindow) draw() {
	t.w.unwatch(t.d)
	first := fyne.Focusable(nil)
	var content fyne.CanvasObject
	var buttons []fyne.CanvasObject
	switch t.page {
	case pagePIN, pageChangePIN, pageChangeAdmin, agent.PageUnblock, agent.PageFormat:
		if t.form == nil {
			t.form = t.newForm()
		}
		content, first, buttons = t.form.content, t.form.first(), []fyne.CanvasObject{t.back(), t.form.ok}
	case pageConfirm:
		refuse := t.back()
		content, first, buttons = t.confirmContent(), refuse, []fyne.CanvasObject{refuse, t.d.agreeTo(t.ask.label, t.ask.agreed)}
	case agent.PageCertificate:
		back := t.back()
		content, first, buttons = t.objectsContent(), back, []fyne.CanvasObject{back}
	case pageDetails:
		back := t.back()
		content, first, buttons = detailsContent(t.lang, t.view()), back, []fyne.CanvasObject{back}
	case agent.PageDriver:
		content, first, buttons = t.driverPage()
	default:
		content, first, buttons = t.tokenPage()
	}
	row := container.NewHBox(layout.NewSpacer())
	for _, b := range buttons {
		row.Add(b)
	}
	t.top = container.New(consentColumn{}, t.notices()...)
	t.d.win.SetContent(container.NewPadded(container.New(consentFrame{}, t.top, newConsentScroll(content, 0),
		container.NewVBox(widget.NewSeparator(), row))))
	t.w.watch(t.d)
	if first != nil {
		t.d.win.Canvas().Focus(first)
	}
}

// notices say what became of the last action, or that one is under way.
func (t *tokenWindow) notices() []fyne.CanvasObject {
	if t.busy {
		working := t.lang.T(text.TokenWorking)
		if t.form != nil && t.view().Info.PINPad { // its PINs are entered there
			working = t.lang.T(text.CLIPINDevice) + " " + working
		}
		return []fyne.CanvasObject{consentLabel(working), widget.NewProgressBarInfinite()}
	}
	if t.said == "" {
		return nil
	}
	said := consentBold(t.said, theme.SizeNameText)
	said.Importance = widget.SuccessImportance
	if t.failed {
		said.Importance = widget.DangerImportance
	}
	return []fyne.CanvasObject{said}
}

func (t *tokenWindow) back() *button {
	return newButton(t.lang.T(text.TokenBack), nil, func() { t.turn(agent.PageToken) })
}
