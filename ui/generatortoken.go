package ui

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// whereChoice lets the person choose where the keys of a new SpectraNet token lie: in
// this computer, or on a connected token, whose password is entered beside it.
type whereChoice struct {
	g        *generatorWindow
	choice   *choice
	password *password
	why      *widget.Label
	tokens   []agent.GeneratorToken // behind the choice after the first one
}

// whereRows adds the choice to a form.
func (g *generatorWindow) whereRows(f *tokenForm) *whereChoice {
	w := &whereChoice{g: g, choice: newChoice(nil, nil), password: newPassword(f.submit), why: consentLabel(g.lang.T(text.GeneratorTokenWhy))}
	w.choice.OnChanged = func(string) { w.draw() }
	f.row(g.lang.T(text.GeneratorWhere), w.choice)
	f.row(g.lang.T(text.GeneratorTokenPassword), w.password)
	f.needed = append(f.needed, w.password)
	f.note(w.why)
	w.follow(g.state.Tokens)
	g.where = w
	return w
}

// whereOf adds the choice where a token is connected, and returns what sends the form's
// action.
func (g *generatorWindow) whereOf(f *tokenForm) func(agent.GeneratorAction) {
	if len(g.state.Tokens) == 0 {
		return g.submit
	}
	return g.whereRows(f).submit
}

// follow takes in which tokens are connected. The one that was chosen stays chosen.
func (w *whereChoice) follow(tokens []agent.GeneratorToken) {
	if w.choice.Options != nil && reflect.DeepEqual(tokens, w.tokens) {
		return
	}
	chosen := w.token().ID
	w.tokens = tokens
	names := []string{w.g.lang.T(text.GeneratorHere)}
	for _, k := range tokens {
		names = append(names, w.g.lang.T(text.GeneratorOnToken, payment.Visible(k.Name)))
	}
	w.choice.Options = distinct(names)
	w.choice.SetSelectedIndex(1 + slices.IndexFunc(tokens, func(k agent.GeneratorToken) bool { return k.ID == chosen }))
	w.draw()
}

// token is the one that was chosen, the zero value for this computer.
func (w *whereChoice) token() agent.GeneratorToken {
	if i := w.choice.SelectedIndex(); i > 0 && i <= len(w.tokens) {
		return w.tokens[i-1]
	}
	return agent.GeneratorToken{}
}

// draw lets a password be entered where one is needed.
func (w *whereChoice) draw() {
	k, l := w.token(), w.g.lang
	why, instead := l.T(text.GeneratorTokenWhy), ""
	switch {
	case k.Name == "":
		instead = l.T(text.GeneratorTokenNone)
	case k.Unlocked:
		instead = l.T(text.GeneratorTokenEntered)
	case k.PINPad:
		instead = "—"
		why = l.T(text.GeneratorTokenDevice, l.T(text.GeneratorAddDo)) + " " + why
	}
	w.password.SetPlaceHolder(instead)
	if instead != "" {
		w.password.SetText("")
		w.password.Disable()
	} else {
		w.password.Enable()
	}
	w.why.SetText(why)
	if k.Name == "" {
		w.why.Hide()
	} else {
		w.why.Show()
	}
	if w.g.where == w { // on the screen, where the sentence may be longer now
		w.g.d.win.Content().Refresh()
	}
}

// submit adds what a has where the person chose, after the token was unlocked.
func (w *whereChoice) submit(a agent.GeneratorAction) {
	k := w.token()
	a.Token = k.ID
	w.g.form.working(true)
	if k.Name != "" && !k.Unlocked {
		w.g.unlock(k.ID, &w.password.Entry)
	}
	w.g.do(a)
}

// unlock has the agent unlock a token with the password of an entry, which it empties.
func (g *generatorWindow) unlock(id agent.TokenID, entry *widget.Entry) {
	g.do(agent.GeneratorAction{Kind: agent.GeneratorUnlock, Token: id, Old: takeText(entry)})
}

// onPad tells whether the password of a token is now entered on the token itself.
func (g *generatorWindow) onPad() bool {
	return len(g.queue) > 0 && g.queue[0].Kind == agent.GeneratorUnlock && slices.ContainsFunc(g.state.Tokens, func(k agent.GeneratorToken) bool {
		return k.ID == g.queue[0].Token && k.PINPad
	})
}

// tokenOf is the token that holds the keys of v, if it is connected.
func (g *generatorWindow) tokenOf(v agent.GeneratorView) (k agent.GeneratorToken, there bool) {
	if v.Token == nil {
		return k, false
	}
	i := slices.IndexFunc(g.state.Tokens, func(k agent.GeneratorToken) bool { return k.ID == *v.Token })
	if i < 0 {
		return k, false
	}
	return g.state.Tokens[i], true
}

// tokenPage asks for the token that holds the keys of v, or for its password. It is not
// ok when something else is wrong with the device.
func (g *generatorWindow) tokenPage(v agent.GeneratorView) (content fyne.CanvasObject, first fyne.Focusable, ok bool) {
	k, there := g.tokenOf(v)
	name := payment.Visible(v.TokenName)
	switch {
	case v.Token == nil || v.Problem != agent.ErrorName(agent.ErrLocked) && v.Problem != agent.ErrorName(agent.ErrNoToken) && v.Problem != agent.ErrorName(agent.ErrTokenLost):
		return nil, nil, false
	case !there:
		return container.New(consentColumn{}, consentWarnings([]string{g.lang.T(text.GeneratorTokenAbsent, name)}),
			consentLabel(g.lang.T(text.GeneratorTokenLost)), widget.NewProgressBarInfinite()), nil, true
	}
	column := container.New(consentColumn{})
	var entry *password
	open := newButton(g.lang.T(text.GeneratorUnlockDo), theme.LoginIcon(), func() {
		switch {
		case len(g.queue) > 0:
		case entry.Text == "" && !k.PINPad:
			g.d.win.Canvas().Focus(entry)
		default:
			g.unlock(k.ID, &entry.Entry)
		}
	})
	open.Importance = widget.HighImportance
	entry = newPassword(open.OnTapped)
	if k.PINPad {
		column.Add(consentLabel(g.lang.T(text.GeneratorTokenPad, name, g.lang.T(text.GeneratorUnlockDo))))
		column.Add(container.NewHBox(open))
		return column, open, true
	}
	column.Add(consentLabel(g.lang.T(text.GeneratorTokenLocked, name)))
	column.Add(container.New(consentForm{}, widget.NewLabel(g.lang.T(text.GeneratorTokenPassword)), entry))
	column.Add(container.New(layout.NewCustomPaddedLayout(theme.Padding(), 0, 0, 0), container.NewHBox(open)))
	return column, entry, true
}

// removeHeldPage is removePage for a device whose keys lie in a token.
func (g *generatorWindow) removeHeldPage(v agent.GeneratorView) (fyne.CanvasObject, fyne.Focusable, []fyne.CanvasObject) {
	l, name := g.lang, payment.Visible(v.TokenName)
	k, there := g.tokenOf(v)
	tick, warning := text.GeneratorRemoveTick, l.T(text.GeneratorRemoveHeld, name)
	if !there {
		tick, warning = text.GeneratorForgetTick, l.T(text.GeneratorRemoveAbsent, name)
	}
	sure := newCheck(l.T(tick), false, nil)
	var entry *password
	remove := g.d.agreeTo(l.T(text.GeneratorRemoveDo), func() {
		if len(g.queue) > 0 {
			return
		}
		if !sure.Checked {
			g.tell(l.T(text.GeneratorRemoveFirst))
			return
		}
		if there && !k.Unlocked {
			if entry.Text == "" && !k.PINPad {
				g.d.win.Canvas().Focus(entry)
				return
			}
			g.unlock(k.ID, &entry.Entry)
		}
		g.do(agent.GeneratorAction{Kind: agent.GeneratorRemove, Forget: !there})
	})
	back := g.back()
	column := container.New(consentColumn{},
		consentBold(l.T(text.GeneratorRemoveAsk, payment.Visible(v.Name)), theme.SizeNameHeadingText), consentWarnings([]string{warning}))
	entry = newPassword(func() { g.d.win.Canvas().Focus(sure) })
	switch {
	case !there || k.Unlocked:
	case k.PINPad:
		column.Add(consentLabel(l.T(text.GeneratorTokenDevice, l.T(text.GeneratorRemoveDo))))
	default:
		column.Add(container.New(consentForm{}, widget.NewLabel(l.T(text.GeneratorTokenPassword)), entry))
	}
	column.Add(boxed(sure))
	return column, back, []fyne.CanvasObject{back, remove}
}
