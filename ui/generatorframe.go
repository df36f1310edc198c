package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// The size of the window, and of the list at its left, in Fyne's units.
const (
	generatorWidth  = 980
	generatorHeight = 660
	generatorList   = 216
)

// draw shows the page, with the devices beside it.
func (g *generatorWindow) draw() {
	g.w.unwatch(g.d)
	g.spectra, g.mobi, g.clock = nil, nil, nil
	g.top = container.New(consentColumn{}, g.notices()...)
	content, first, buttons := g.content()
	top := g.top
	if g.spectra != nil || g.mobi != nil { // it is beside the device, which so stands still
		top = container.New(consentColumn{})
	}
	bottom := container.NewVBox()
	if len(buttons) > 0 {
		row := container.NewHBox(layout.NewSpacer())
		for _, b := range buttons {
			row.Add(b)
		}
		bottom = container.NewVBox(widget.NewSeparator(), row)
	}
	page := container.New(consentFrame{}, top, newConsentScroll(content, 0), bottom)
	strut := canvas.NewRectangle(color.Transparent)
	strut.SetMinSize(fyne.NewSize(generatorList+consentWidth, consentHeight+60))
	g.d.win.SetContent(container.NewPadded(container.NewStack(strut,
		container.New(consentColumns{generatorList, 0}, container.NewPadded(g.sidebar()), container.NewPadded(page)))))
	g.w.watch(g.d)
	if first != nil {
		g.d.win.Canvas().Focus(first)
	}
}

// content is the page, where the focus begins, and the buttons below.
func (g *generatorWindow) content() (fyne.CanvasObject, fyne.Focusable, []fyne.CanvasObject) {
	switch g.page {
	case pageAdd:
		return g.addPage()
	case pageAddFile, pageAddTyped, pageAddMobi, pageRename:
		if g.form == nil {
			g.form = g.newForm()
		}
		return g.form.content, g.form.first(), []fyne.CanvasObject{g.back(), g.form.ok}
	case pageRemove:
		return g.removePage()
	case pageHelp:
		back := g.back()
		return g.helpPage(), back, []fyne.CanvasObject{back}
	case pageSafety:
		back := g.back()
		return safetyPage(g.lang), back, []fyne.CanvasObject{back}
	}
	v := g.view()
	if v.Problem != "" {
		return g.problemPage(v)
	}
	switch v.Kind {
	case agent.GeneratorSpectra:
		g.spectra = g.newSpectraPage(v)
		return g.spectra.content, g.spectra.face, nil
	case agent.GeneratorMobi:
		g.mobi = g.newMobiPage(v)
		return g.mobi.content, g.mobi.first, nil
	}
	add := newButton(g.lang.T(text.GeneratorAdd), theme.ContentAddIcon(), func() { g.turn(pageAdd) })
	add.Importance = widget.HighImportance
	return container.New(consentColumn{}, consentBold(g.lang.T(text.GeneratorNone), theme.SizeNameHeadingText),
		consentLabel(g.lang.T(text.GeneratorNoneHint)), container.NewHBox(add)), add, nil
}

// problemPage says what keeps a device from working. Whatever is done with it opens it
// once more, so a key that means nothing then does.
func (g *generatorWindow) problemPage(v agent.GeneratorView) (fyne.CanvasObject, fyne.Focusable, []fyne.CanvasObject) {
	if content, first, ok := g.tokenPage(v); ok {
		return g.headed(content, v), first, nil
	}
	retry := newButton(g.lang.T(text.GeneratorRetry), theme.ViewRefreshIcon(), func() {
		if v.Kind == agent.GeneratorMobi {
			g.event(otp.MobiBack)
		} else {
			g.press(otp.SpectraClear)
		}
	})
	column := container.New(consentColumn{}, consentWarnings([]string{g.lang.GeneratorProblem(v.Problem)}), container.NewHBox(retry))
	return g.headed(column, v), retry, nil
}

// headed puts the device's name over o.
func (g *generatorWindow) headed(o fyne.CanvasObject, v agent.GeneratorView) fyne.CanvasObject {
	column := container.New(consentColumn{})
	if v.ID != "" {
		column.Add(consentBold(payment.Visible(v.Name), theme.SizeNameHeadingText))
		kind := g.lang.T(text.Key("generator.kind." + string(v.Kind)))
		if v.Bank != "" {
			kind += " · " + payment.Visible(v.Bank)
		}
		if v.Token != nil {
			kind += " · " + g.lang.T(text.GeneratorOnToken, payment.Visible(v.TokenName))
		}
		label := consentLabel(kind)
		label.Importance = widget.LowImportance
		column.Add(label)
	}
	column.Add(o)
	return column
}

// sidebar lists the devices, and below them what can be done with them.
func (g *generatorWindow) sidebar() fyne.CanvasObject {
	l := g.lang
	devices := newLines(func() int { return len(g.state.Devices) }, func() fyne.CanvasObject {
		name := widget.NewLabel("")
		name.Truncation = fyne.TextTruncateEllipsis
		return name
	}, func(i widget.ListItemID, o fyne.CanvasObject) {
		name, v := o.(*widget.Label), g.state.Devices[i]
		name.TextStyle.Bold = v.ID == g.chosen
		name.Importance = widget.MediumImportance
		if v.Problem != "" && v.Problem != agent.ErrorName(agent.ErrLocked) { // that is as it should be
			name.Importance = widget.DangerImportance
		}
		name.SetText(payment.Visible(v.Name))
	})
	for i, v := range g.state.Devices {
		if v.ID == g.chosen {
			devices.Select(i)
		}
	}
	devices.OnSelected = func(i widget.ListItemID) {
		if id := g.state.Devices[i].ID; id != g.chosen || g.page != pageDevice {
			g.choose(id)
		}
	}
	to := func(k text.Key, icon fyne.Resource, page generatorPage, works bool) *button {
		b := newButton(l.T(k), icon, func() { g.turn(page) })
		b.Alignment = widget.ButtonAlignLeading
		if !works {
			b.Disable()
		}
		return b
	}
	return container.NewBorder(nil, container.NewVBox(
		to(text.GeneratorAdd, theme.ContentAddIcon(), pageAdd, true),
		to(text.GeneratorRename, theme.DocumentCreateIcon(), pageRename, g.chosen != ""),
		to(text.GeneratorRemove, theme.DeleteIcon(), pageRemove, g.chosen != ""),
		widget.NewSeparator(),
		to(text.GeneratorHelp, theme.HelpIcon(), pageHelp, true),
		to(text.GeneratorSafety, theme.InfoIcon(), pageSafety, true),
		g.languageChoice()), nil, nil, devices)
}

// languageChoice lets the person choose the language of this window.
func (g *generatorWindow) languageChoice() fyne.CanvasObject {
	all := text.GeneratorLanguages()
	var names []string
	at := 0
	for i, l := range all {
		names = append(names, l.Name())
		if l == g.lang {
			at = i
		}
	}
	c := newChoice(names, nil)
	c.SetSelectedIndex(at)
	c.OnChanged = func(string) {
		if i := c.SelectedIndex(); i >= 0 && all[i] != g.lang {
			g.speak(all[i])
		}
	}
	return container.NewBorder(nil, nil, widget.NewLabel(g.lang.T(text.GeneratorSpeech)), nil, c)
}

// notices say what became of the last action, or that one is under way.
func (g *generatorWindow) notices() []fyne.CanvasObject {
	if len(g.queue) > 0 && slow(g.queue[0].Kind) {
		working := text.GeneratorWorking
		if g.onPad() {
			working = text.GeneratorTokenNow
		}
		return []fyne.CanvasObject{consentLabel(g.lang.T(working)), widget.NewProgressBarInfinite()}
	}
	sentence, failed := g.said, g.failed
	if sentence == "" && g.state.Problem != "" && g.view().Problem == "" {
		sentence, failed = g.lang.GeneratorProblem(g.state.Problem), true
	}
	if sentence == "" {
		return nil
	}
	said := consentBold(sentence, theme.SizeNameText)
	said.Importance = widget.SuccessImportance
	if failed {
		said.Importance = widget.DangerImportance
	}
	return []fyne.CanvasObject{said}
}

// notify shows the notices anew, and leaves the page as it is.
func (g *generatorWindow) notify() {
	g.top.Objects = g.notices()
	g.d.win.Content().Refresh()
}

// tell says s as a failure.
func (g *generatorWindow) tell(s string) {
	g.said, g.failed = s, true
	g.notify()
}

func (g *generatorWindow) back() *button {
	return newButton(g.lang.T(text.TokenBack), nil, func() { g.turn(pageDevice) })
}
