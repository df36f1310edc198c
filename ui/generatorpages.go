package ui

import (
	"cmp"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	nativedialog "fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// addPage offers the ways to add a generator.
func (g *generatorWindow) addPage() (fyne.CanvasObject, fyne.Focusable, []fyne.CanvasObject) {
	column := container.New(consentColumn{}, consentBold(g.lang.T(text.GeneratorAddTitle), theme.SizeNameHeadingText))
	var first fyne.Focusable
	for _, way := range []struct {
		label, hint text.Key
		page        generatorPage
	}{
		{text.GeneratorFile, text.GeneratorFileHint, pageAddFile},
		{text.GeneratorTyped, text.GeneratorTypedHint, pageAddTyped},
		{text.GeneratorMobi, text.GeneratorMobiHint, pageAddMobi},
	} {
		b := newButton(g.lang.T(way.label), nil, func() { g.turn(way.page) })
		if first == nil {
			first = b
		}
		column.Add(container.NewHBox(b))
		column.Add(consentLabel(g.lang.T(way.hint)))
	}
	return column, first, []fyne.CanvasObject{g.back()}
}

// newForm is the page with entries that is shown now.
func (g *generatorWindow) newForm() *tokenForm {
	f := &tokenForm{lang: g.lang, box: container.New(consentColumn{}), said: g.tell,
		focus: func(o fyne.Focusable) { g.d.win.Canvas().Focus(o) }}
	f.content = f.box
	f.ok = newButton(g.lang.T(text.GeneratorAddDo), nil, f.submit)
	f.ok.Importance = widget.HighImportance
	switch g.page {
	case pageAddFile:
		g.fileForm(f)
	case pageAddTyped:
		g.typedForm(f)
	case pageAddMobi:
		f.box.Add(g.heading(text.GeneratorMobi))
		f.box.Add(consentLabel(g.lang.T(text.GeneratorMobiHint)))
		bank := func() string { return "" }
		if len(g.state.Banks) > 1 {
			c := newChoice(distinct(g.state.Banks), nil)
			c.SetSelectedIndex(0)
			f.row(g.lang.T(text.GeneratorBank), c)
			bank = func() string { return g.state.Banks[c.SelectedIndex()] }
		}
		name := g.nameRow(f, "MobiPass")
		f.send = func() {
			g.submit(agent.GeneratorAction{Kind: agent.GeneratorAddMobi, Name: name.Text, Bank: bank()})
		}
	case pageRename:
		f.ok.SetText(g.lang.T(text.OK))
		f.box.Add(g.heading(text.GeneratorRename))
		name := g.nameRow(f, g.view().Name)
		f.send = func() {
			if name.Text == "" {
				f.focus(name)
				return
			}
			g.submit(agent.GeneratorAction{Kind: agent.GeneratorRename, Name: name.Text})
		}
	}
	return f
}

// heading is what a button that led here says, without its dots.
func (g *generatorWindow) heading(k text.Key) fyne.CanvasObject {
	return consentBold(strings.TrimSuffix(g.lang.T(k), "…"), theme.SizeNameHeadingText)
}

func (g *generatorWindow) nameRow(f *tokenForm, name string) *line {
	e := newLine(nil, f.submit)
	e.SetText(name)
	e.CursorColumn = len([]rune(name))
	f.row(g.lang.T(text.GeneratorName), e)
	return e
}

// submit does what a form is for.
func (g *generatorWindow) submit(a agent.GeneratorAction) {
	g.form.working(true)
	g.do(a)
}

// fileForm asks for a file and for what it may not hold.
func (g *generatorWindow) fileForm(f *tokenForm) {
	l := g.lang
	f.box.Add(g.heading(text.GeneratorFile))
	f.box.Add(consentLabel(l.T(text.GeneratorFileHint)))
	path := newLine(nil, f.submit)
	browse := newButton(l.T(text.DriverBrowse), theme.FolderOpenIcon(), func() {
		open := nativedialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
			if file == nil || err != nil {
				return
			}
			file.Close()
			path.SetText(file.URI().Path())
		}, g.d.win)
		open.SetFilter(storage.NewExtensionFileFilter([]string{".xml", ".pskc", ".pskcxml", ".png", ".jpg", ".jpeg", ".gif"}))
		open.Show()
	})
	f.row(l.T(text.GeneratorPath), container.NewBorder(nil, nil, nil, browse, path))
	f.entries = append(f.entries, path, browse)
	password := newPassword(f.submit)
	f.row(l.T(text.GeneratorPassword), password)
	serial := newLine(nil, f.submit)
	f.row(l.T(text.GeneratorSerial), serial)
	start := newPIN(f.submit)
	f.row(l.T(text.GeneratorStart), start)
	name := g.nameRow(f, "")
	submit := g.whereOf(f)
	f.note(consentLabel(l.T(text.GeneratorOptional)))
	f.note(consentWarnings([]string{l.T(text.GeneratorLeave)}))
	f.send = func() {
		if path.Text == "" {
			f.focus(path)
			return
		}
		submit(agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: path.Text, Serial: serial.Text, Name: cmp.Or(name.Text, serial.Text),
			Old: takeText(&password.Entry), New: takeText(&start.Entry)})
	}
}

// typedForm asks for what a bank's letter holds.
func (g *generatorWindow) typedForm(f *tokenForm) {
	l := g.lang
	f.box.Add(g.heading(text.GeneratorTyped))
	f.box.Add(consentLabel(l.T(text.GeneratorTypedHint)))
	key := f.password(l.T(text.GeneratorKey))
	serial := newLine(nil, f.submit)
	f.row(l.T(text.GeneratorSerial), serial)
	start := newPIN(f.submit)
	f.row(l.T(text.GeneratorStart), start)
	name := g.nameRow(f, "")
	submit := g.whereOf(f)
	f.note(consentLabel(l.T(text.GeneratorAddress)))
	f.note(consentWarnings([]string{l.T(text.GeneratorLeave)}))
	f.send = func() {
		if !start.full() {
			f.tell(l.T(text.MobiPINForm))
			f.focus(start)
			return
		}
		submit(agent.GeneratorAction{Kind: agent.GeneratorAddTyped, Serial: serial.Text, Name: cmp.Or(name.Text, serial.Text),
			Old: takeText(&start.Entry), New: take(key)})
	}
}

// takeText reads an entry and empties it. What Fyne has kept of it as Go strings
// cannot be wiped. An empty entry is no secret.
func takeText(e *widget.Entry) *agent.Secret {
	if e.Text == "" {
		return nil
	}
	s := agent.NewSecret([]byte(e.Text))
	e.SetText("")
	return s
}

// removePage asks for the device that goes for good: the tick first, then the button.
func (g *generatorWindow) removePage() (fyne.CanvasObject, fyne.Focusable, []fyne.CanvasObject) {
	l, v := g.lang, g.view()
	if v.Token != nil {
		return g.removeHeldPage(v)
	}
	sure := newCheck(l.T(text.GeneratorRemoveTick), false, nil)
	remove := g.d.agreeTo(l.T(text.GeneratorRemoveDo), func() {
		if !sure.Checked {
			g.tell(l.T(text.GeneratorRemoveFirst))
			return
		}
		g.do(agent.GeneratorAction{Kind: agent.GeneratorRemove})
	})
	back := g.back()
	return container.New(consentColumn{},
		consentBold(l.T(text.GeneratorRemoveAsk, payment.Visible(v.Name)), theme.SizeNameHeadingText),
		consentWarnings([]string{l.T(text.GeneratorRemoveWarn)}), boxed(sure)), back, []fyne.CanvasObject{back, remove}
}

// helpPage is about the kind of device that is chosen, with whom to call.
func (g *generatorWindow) helpPage() fyne.CanvasObject {
	l, v := g.lang, g.view()
	column := container.New(consentColumn{}, consentBold(l.T(text.GeneratorHelp), theme.SizeNameHeadingText))
	spectra := []text.Key{text.SpectraHelpUse, text.SpectraHelpPIN, text.SpectraHelpLock, text.SpectraHelpUnlock,
		text.SpectraHelpDefect, text.SpectraHelpLoss, text.SpectraKeys}
	for _, part := range []struct {
		kind agent.GeneratorKind
		keys []text.Key
	}{{agent.GeneratorSpectra, spectra}, {agent.GeneratorMobi, mobiHelp}} {
		if v.Kind != "" && v.Kind != part.kind {
			continue
		}
		column.Add(consentBold(l.T(text.Key("generator.kind."+string(part.kind))), theme.SizeNameSubHeadingText))
		for _, k := range part.keys {
			column.Add(consentLabel(l.T(k)))
		}
		if part.kind == agent.GeneratorSpectra {
			g.clock = consentLabel(l.Refused(time.Now()))
			column.Add(g.clock)
		}
	}
	for _, o := range supportLines(l, g.help()) {
		column.Add(o)
	}
	column.Add(container.NewHBox(newButton(l.T(text.SafetyTitle), theme.InfoIcon(), func() { g.turn(pageSafety) })))
	return column
}

// help is whom to call about the chosen device.
func (g *generatorWindow) help() []agent.Support {
	if v := g.view(); v.ID != "" {
		return v.Help
	}
	return g.state.Help
}

// supportLines tell whom to call.
func supportLines(l text.Lang, help []agent.Support) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	phones := 0
	for _, h := range help {
		of := ""
		if h.Bank != "" {
			of = " (" + payment.Visible(h.Bank) + ")"
		}
		if h.Text != "" {
			all = append(all, consentLabel(payment.Visible(h.Text)+of))
		}
		for _, phone := range h.Phones {
			all = append(all, consentBold(l.T(text.GeneratorPhones, payment.Visible(phone)+of), theme.SizeNameText))
		}
		phones += len(h.Phones)
	}
	if phones == 0 {
		all = append(all, consentLabel(l.T(text.GeneratorNumber)))
	}
	return all
}

// safetyPage says what a program can do and what it cannot, as package otp has it.
func safetyPage(l text.Lang) fyne.CanvasObject {
	column := container.New(consentColumn{}, consentBold(l.T(text.SafetyTitle), theme.SizeNameHeadingText),
		consentBold(l.T(text.SafetyDoes), theme.SizeNameSubHeadingText))
	for _, k := range []text.Key{text.SafetySealed, text.SafetyToken, text.SafetyTries, text.SafetyBlind} {
		column.Add(consentLabel("• " + l.T(k)))
	}
	column.Add(consentBold(l.T(text.SafetyNot), theme.SizeNameSubHeadingText))
	for _, k := range []text.Key{text.SafetyGuess, text.SafetyOlder, text.SafetyWatch} {
		column.Add(consentLabel("• " + l.T(k)))
	}
	column.Add(consentBold(l.T(text.SafetyEqual), theme.SizeNameText))
	column.Add(consentLabel(l.T(text.SafetyDo)))
	return column
}
