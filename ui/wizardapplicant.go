package ui

import (
	"regexp"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// userIDLook is how User IDs usually look, qq111111_qwertyui. Another one is not
// refused, only marked.
var userIDLook = regexp.MustCompile(`^[a-z]{2}[0-9]{6}_[a-z]+$`)

// applicantForm is the page that tells the bank who registers. What was typed
// stays when the bank refuses it, the PIN too.
type applicantForm struct {
	t        *wizardWindow
	page     *wizardPage
	token    agent.TokenID
	userID   *line
	pin      *capitals
	keyFile  *line
	matches  *check
	tick     fyne.CanvasObject // shows matches
	password *password

	userIDNote, pinNote *widget.Label
	userIDMark          *widget.Icon
	form                *fyne.Container
	rows                []applicantRow
	short               bool // the four hints stand above, and what to do below: there is no room for remarks
}

// applicantDraft is what was typed on that page last, and for which token. The window
// keeps it while the token is away: its port may be wanted for the drive with the key
// file. PIN and passwords are not kept.
type applicantDraft struct {
	token           agent.TokenID
	userID, keyFile string
	apart           bool
}

// applicantRow is an entry, and the remark below it.
type applicantRow struct {
	name, entry fyne.CanvasObject
	remark      *widget.Label
}

func (t *wizardWindow) applicantPage() *wizardPage {
	l := t.lang
	f := &applicantForm{t: t, page: t.plainPage(t.title(text.WizardApplicant)), token: t.state.Token.ID.Token, short: t.showsHints(t.stopped())}
	draft := t.draftFor(f.token)
	f.userIDNote, f.pinNote, f.userIDMark = note(""), note(""), widget.NewIcon(nil)
	f.userID = newLine(func(string) { f.mark(); f.keep() }, func() { t.focus(f.pin) })
	f.userID.SetPlaceHolder("qq111111_qwertyui")
	f.pin = newCapitals(f.mark, func() { t.focus(f.keyFile) })
	f.keyFile = newLine(func(string) { f.keep() }, f.entered)
	f.matches = newCheck(l.T(text.WizardMatches), !draft.apart, func(bool) { f.arrange(); f.keep() })
	f.tick = boxed(f.matches)
	f.password = newPassword(func() { f.page.submit() })
	clear := newButton(l.T(text.WizardPINClear), theme.ContentClearIcon(), func() {
		f.pin.SetText("")
		t.focus(f.pin)
	})
	review := newButton(l.T(text.WizardReview), theme.FolderOpenIcon(), func() {
		t.chooseFile(f.keyFile.Text, func(path string) {
			if path != "" {
				f.keyFile.SetText(path)
			}
			t.focus(f.keyFile)
		})
	})
	row := func(k text.Key, entry, beside fyne.CanvasObject, remark *widget.Label) {
		f.rows = append(f.rows, applicantRow{widget.NewLabel(l.T(k)), container.NewBorder(nil, nil, nil, beside, entry), remark})
	}
	row(text.WizardUserID, f.userID, f.userIDMark, f.userIDNote)
	row(text.WizardPIN, f.pin, clear, f.pinNote)
	row(text.WizardKeyFile, f.keyFile, review, note(l.T(text.WizardKeyFileFrom)))
	f.form = container.New(consentForm{})

	p := f.page
	p.number = 2
	p.content = append(p.content, f.form)
	if t.stopped() != nil {
		p.content = append(p.content, consentDense(container.New(consentColumn{}, t.advice(text.WizardGoOnData)...)))
	}
	p.first = f.userID
	if draft.userID != "" {
		p.first = f.pin // what is kept stands there already
	}
	p.inputs = []fyne.Disableable{f.userID, f.pin, clear, f.keyFile, review, f.matches, f.password}
	p.back(t)
	p.again = p.next(l.T(text.WizardNext), f.submit)
	p.follow = func() {}
	if t.hints == nil {
		t.hints = credentialHints(l, t.state.UserID, nil, false)
	}
	f.userID.SetText(draft.userID)
	f.keyFile.SetText(draft.keyFile)
	f.mark()
	f.keep()
	return p
}

// draftFor is what fills the page: what was typed there last, else what the agent has.
func (t *wizardWindow) draftFor(token agent.TokenID) applicantDraft {
	if t.draft == nil || t.draft.token != token {
		return applicantDraft{token, t.state.UserID, t.state.KeyFile, t.state.Apart}
	}
	return *t.draft
}

// keep has the window keep what was typed.
func (f *applicantForm) keep() {
	f.t.draft = &applicantDraft{f.token, f.userID.Text, f.keyFile.Text, !f.matches.Checked}
}

// mark says of what was typed whether it looks right.
func (f *applicantForm) mark() {
	l := f.t.lang
	say := func(n *widget.Label, s string, doubt bool) {
		n.Importance = widget.LowImportance
		if doubt {
			n.Importance = widget.WarningImportance
		}
		n.SetText(s)
	}
	switch id := strings.TrimSpace(f.userID.Text); {
	case id == "":
		f.userIDMark.SetResource(nil)
		say(f.userIDNote, l.T(text.WizardUserIDFrom), false)
	case userIDLook.MatchString(id):
		f.userIDMark.SetResource(theme.NewSuccessThemedResource(theme.ConfirmIcon()))
		say(f.userIDNote, l.T(text.WizardUserIDFrom), false)
	default:
		f.userIDMark.SetResource(theme.NewWarningThemedResource(theme.WarningIcon()))
		say(f.userIDNote, l.T(text.WizardUserIDCheck), true)
	}
	foreign := strings.ContainsFunc(f.pin.Text, func(r rune) bool { return r > unicode.MaxASCII })
	say(f.pinNote, l.T(text.WizardPINFrom), false)
	if foreign {
		say(f.pinNote, l.T(text.WizardPINLayout), true)
	}
	f.arrange()
}

// arrange shows the entries with their remarks, and the key file's own password where
// it has one.
func (f *applicantForm) arrange() {
	f.form.RemoveAll()
	add := func(name, value fyne.CanvasObject) { f.form.Objects = append(f.form.Objects, name, value) }
	for _, r := range f.rows {
		add(r.name, r.entry)
		if !f.short || r.remark.Importance != widget.LowImportance {
			add(widget.NewLabel(""), r.remark)
		}
	}
	add(widget.NewLabel(""), f.tick)
	if !f.matches.Checked {
		advice := note(f.t.lang.T(text.WizardAdvice))
		advice.Importance = widget.WarningImportance
		add(widget.NewLabel(""), advice)
		add(widget.NewLabel(f.t.lang.T(text.WizardFilePassword)), f.password)
	} else {
		f.password.SetText("")
	}
	f.t.fit()
}

// entered is Return in the key file's entry.
func (f *applicantForm) entered() {
	if !f.matches.Checked && f.password.Text == "" {
		f.t.focus(f.password)
		return
	}
	f.page.submit()
}

func (f *applicantForm) submit() {
	f.userID.SetText(strings.TrimSpace(f.userID.Text))
	f.keyFile.SetText(strings.TrimSpace(f.keyFile.Text))
	missing := fyne.Focusable(nil)
	switch {
	case f.userID.Text == "":
		missing = f.userID
	case f.pin.Text == "":
		missing = f.pin
	case f.keyFile.Text == "":
		missing = f.keyFile
	case !f.matches.Checked && f.password.Text == "":
		missing = f.password
	}
	if missing != nil {
		f.t.tell(f.t.lang.T(text.WizardFill), missing)
		return
	}
	a := agent.WizardAction{Kind: agent.WizardApply, UserID: f.userID.Text, KeyFile: f.keyFile.Text,
		Apart: !f.matches.Checked, Old: agent.NewSecret([]byte(f.pin.Text))}
	if a.Apart {
		a.New = take(f.password)
	}
	f.t.hints = credentialHints(f.t.lang, a.UserID, a.Old.Bytes(), f.pin.lower)
	f.t.do(a)
}

// credentialHints are the four things to check, those that fit what was typed
// marked, and what there is if none of them is it.
func credentialHints(l text.Lang, userID string, pin []byte, lower bool) *fyne.Container {
	column := container.New(consentColumn{})
	hints, fits := agent.CredentialHints(userID, pin, lower)
	for i, h := range hints {
		if !fits[i] {
			column.Add(marked(theme.InfoIcon(), consentLabel(l.CredentialHint(h))))
			continue
		}
		label := consentLabel(l.CredentialHint(h) + " " + l.T(text.WizardHintFits))
		label.Importance = widget.WarningImportance
		column.Add(marked(theme.NewWarningThemedResource(theme.WarningIcon()), label))
	}
	column.Add(marked(theme.InfoIcon(), consentLabel(l.T(text.KeyFileDamaged))))
	return column
}
