package ui

import (
	"cmp"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	nativedialog "fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// driverPage tells how to get a driver where none works, and lists those that are
// there.
func (t *tokenWindow) driverPage() (fyne.CanvasObject, fyne.Focusable, []fyne.CanvasObject) {
	l := t.lang
	retry := newButton(l.T(text.DriverRetry), theme.ViewRefreshIcon(), func() { t.do(agent.TokenAction{Kind: agent.DriverRescan}) })
	browse := newButton(l.T(text.DriverBrowse), theme.FolderOpenIcon(), t.browse)
	buttons := []fyne.CanvasObject{browse, retry}
	if len(t.state.Tokens) > 0 || driverWorks(t.state.Drivers) {
		buttons = append([]fyne.CanvasObject{t.back()}, buttons...)
	}
	retry.Importance = widget.HighImportance
	if t.busy {
		retry.Disable()
		browse.Disable()
	}
	return driverContent(l, t.state, func(path string) { t.do(agent.TokenAction{Kind: agent.DriverForget, Path: path}) }), retry, buttons
}

func driverWorks(all []agent.Driver) bool {
	for _, d := range all {
		if d.Problem == "" {
			return true
		}
	}
	return false
}

// driverContent is the page without its buttons.
func driverContent(l text.Lang, s agent.TokenPanel, forget func(path string)) fyne.CanvasObject {
	column := container.New(consentColumn{}, consentBold(l.T(text.DriverTitle), theme.SizeNameHeadingText))
	if !driverWorks(s.Drivers) {
		column.Add(consentWarnings([]string{l.T(text.DriverMissing, cmp.Or(payment.Visible(s.Help.Name), "KAZTOKEN"))}))
		if s.Plugged {
			column.Add(consentWarnings([]string{l.T(text.DriverUnplug)}))
		}
		column.Add(driverSteps(l, s.Help))
	}
	column.Add(consentBold(l.T(text.DriverList), theme.SizeNameSubHeadingText))
	if len(s.Drivers) == 0 {
		column.Add(consentLabel(l.T(text.DriverNone)))
	}
	for _, d := range s.Drivers {
		column.Add(driverRow(l, d, forget))
	}
	if len(s.Help.Phones) > 0 {
		column.Add(consentLabel(l.T(text.DriverPhones, payment.Visible(strings.Join(s.Help.Phones, ", ")))))
	}
	return column
}

// driverSteps are the instructions of the bank's document, section 4.
func driverSteps(l text.Lang, h agent.DriverHelp) fyne.CanvasObject {
	column := container.New(consentColumn{}, consentBold(l.T(text.DriverNotYet), theme.SizeNameText))
	if u, err := url.Parse(h.Download); err == nil && u.Scheme == "https" && u.Host != "" {
		column.Add(container.NewHBox(widget.NewLabel(l.T(text.DriverFetch)), widget.NewHyperlink(u.String(), u)))
	}
	for _, k := range []text.Key{text.DriverChoose, text.DriverInstall, text.DriverAfter, text.DriverReturn, text.DriverTrouble} {
		column.Add(consentLabel(l.T(k)))
	}
	return column
}

// driverRow is one module, with what keeps it from working.
func driverRow(l text.Lang, d agent.Driver, forget func(path string)) fyne.CanvasObject {
	name := payment.Visible(d.Path)
	if d.Name != "" {
		name = payment.Visible(d.Name) + " · " + name
	}
	state := consentLabel(l.T(text.DriverWorks))
	state.Importance = widget.SuccessImportance
	if d.Problem != "" {
		sentence, hint := l.ErrorNamed(d.Problem)
		state = consentLabel(sentence + " " + hint)
		state.Importance = widget.WarningImportance
	}
	line := fyne.CanvasObject(consentBreak(name))
	if d.Own {
		remove := newButton(l.T(text.DriverForget), theme.DeleteIcon(), func() { forget(d.Path) })
		line = container.NewBorder(nil, nil, nil, remove, line)
	}
	return container.New(consentColumn{}, line, state, widget.NewSeparator())
}

// browse lets the person show a module's file.
func (t *tokenWindow) browse() {
	open := nativedialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if f == nil || err != nil {
			return
		}
		path := f.URI().Path()
		f.Close()
		t.do(agent.TokenAction{Kind: agent.DriverAdd, Path: path})
	}, t.d.win)
	open.Show()
}
