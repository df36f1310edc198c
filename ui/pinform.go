package ui

import (
	"errors"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// pinForm asks for a profile and its password, or for the change of one. It is
// used on Fyne's goroutine alone.
type pinForm struct {
	lang            text.Lang
	purpose, trying string
	change          bool
	renews          bool // the password is for the renewal, which may be finished after a certificate's end
	submit          func()
	focus           func(fyne.Focusable)

	profiles []agent.Profile
	chosen   int
	refusal  string // what was said about the last try with the chosen profile
	keyFile  bool   // the last try was with the password of a key file
	working  bool

	content  fyne.CanvasObject
	choice   *choice
	entries  []*password
	rows     *fyne.Container // profile and passwords
	form     *fyne.Container // rows, and what there is to know of the profile
	hints    *hints          // of a change
	details  *widget.Label
	message  *widget.Label
	wait     *fyne.Container // what is shown while there is no token
	progress *fyne.Container
	tried    *widget.Label // of progress
	ok       *button
}

func (f *pinForm) build() {
	l := f.lang
	f.choice = newChoice(nil, func(string) { f.choose(f.choice.SelectedIndex()) })
	f.choice.PlaceHolder = l.T(text.PINChoose)
	f.ok = newButton(l.T(text.OK), nil, f.submit)
	f.ok.Importance = widget.HighImportance
	f.details, f.message = paragraph(""), notice()

	labels := []text.Key{text.Password}
	if f.change {
		labels = []text.Key{text.ChangeOld, text.ChangeNew, text.ChangeRepeat}
	}
	f.rows = container.New(consentForm{}, widget.NewLabel(l.T(text.Profile)), f.choice)
	for i, k := range labels {
		// Return goes on to the next entry, and from the last to OK.
		e := newPassword(func() {
			if i+1 < len(f.entries) {
				f.focus(f.entries[i+1])
				return
			}
			f.submit()
		})
		f.entries = append(f.entries, e)
		f.rows.Add(widget.NewLabel(l.T(k)))
		f.rows.Add(e)
	}
	f.form = container.NewVBox(f.rows, f.details)
	if f.change {
		f.hints = newHints(l)
		f.entries[1].OnChanged = f.hints.show
		f.form.Add(f.hints.content)
	}
	connect := paragraph(l.T(text.TokenConnect))
	connect.TextStyle.Bold = true
	f.wait = container.NewVBox(connect, paragraph(l.T(text.TokenLooks)), paragraph(l.T(text.TokenWaiting)), widget.NewProgressBarInfinite())
	f.tried = widget.NewLabel(f.trying)
	f.progress = container.NewVBox(f.tried, widget.NewProgressBarInfinite())
	f.progress.Hide()
	title := paragraph(f.purpose)
	title.TextStyle.Bold = true
	title.SizeName = theme.SizeNameSubHeadingText
	f.content = wide(container.NewVBox(title, f.wait, f.form, f.message, f.progress))
}

// offer shows the profiles to choose from and keeps the one that was chosen
// while it is there. With none it asks for the token.
func (f *pinForm) offer(all []agent.Profile) {
	var before agent.ProfileID
	if f.chosen < len(f.profiles) {
		before = f.profiles[f.chosen].ID
	}
	f.profiles = all
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	f.choice.SetOptions(distinct(names))
	if len(all) == 0 {
		f.chosen = 0
		f.form.Hide()
		f.wait.Show()
		f.ok.Disable()
		return
	}
	f.wait.Hide()
	f.form.Show()
	f.chosen = max(0, slices.IndexFunc(all, func(p agent.Profile) bool { return p.ID == before }))
	if before == (agent.ProfileID{}) {
		f.chosen = max(0, slices.IndexFunc(all, f.usable))
		if i := slices.IndexFunc(all, func(p agent.Profile) bool { return p.Preferred && f.usable(p) }); i >= 0 {
			f.chosen = i
		}
		f.focusFirst()
	}
	if all[f.chosen].ID != before {
		f.refusal = ""
	}
	f.choice.SetSelectedIndex(f.chosen)
	f.choose(f.chosen)
}

// distinct numbers names that occur more than once, as a list of choices knows
// its entries by their text.
func distinct(names []string) []string {
	all := slices.Clone(names)
	for i, n := range names {
		if slices.Index(names, n) != i {
			all[i] = n + " (" + strconv.Itoa(i+1) + ")"
		}
	}
	return all
}

// usable tells whether a password for the profile leads anywhere.
func (f *pinForm) usable(p agent.Profile) bool {
	return !p.Empty && !p.Locked && (!p.Expired || f.renews && p.Renewable)
}

// choose shows what there is to know of a profile.
func (f *pinForm) choose(i int) {
	if i < 0 || i >= len(f.profiles) {
		return
	}
	if i != f.chosen {
		f.refusal = ""
	}
	f.chosen = i
	p, l := f.profiles[i], f.lang
	say(f.message, l, nil)
	f.details.SetText(f.describe(p))
	if f.hints != nil {
		f.hints.limit(p.MinPIN, p.MaxPIN, f.entries[1].Text)
	}
	for _, o := range f.rows.Objects[2:] { // the passwords with their captions
		if p.PINPad && !f.change {
			o.Hide()
		} else {
			o.Show()
		}
	}
	switch {
	case p.Locked:
		say(f.message, l, agent.ErrPINLocked)
	case p.Empty && !f.change:
		f.tell(l.T(text.PINEmpty))
	case p.Expired && !f.change && !f.renews:
		f.tell(l.T(text.PINExpired))
	case f.refusal != "": // a token that was tried is offered anew, with fewer tries
		f.tell(f.refusal)
	case l.Tries(p.Retries) != "":
		f.tell(l.Tries(p.Retries))
	case p.PINDefault && !f.change:
		f.tell(l.T(text.TokenPINDefault))
	}
	f.refresh()
}

func (f *pinForm) describe(p agent.Profile) string {
	var s string
	if p.Subject != "" {
		s = f.lang.Details(p.Subject, p.NotAfter)
	}
	if p.PINPad {
		s += "\n" + f.lang.T(text.PINDevice)
	}
	return s
}

func (f *pinForm) tell(s string) {
	f.message.SetText(s)
	f.message.Show()
}

// refresh lets OK work when there is a profile that it can work for.
func (f *pinForm) refresh() {
	works := !f.working && len(f.profiles) > 0
	if works {
		p := f.profiles[f.chosen]
		works = f.usable(p) || f.change && !p.Locked
	}
	if works {
		f.ok.Enable()
	} else {
		f.ok.Disable()
	}
}

// take reads what was entered and empties the entries. What Fyne has kept of
// it as Go strings cannot be wiped.
func (f *pinForm) take() (agent.ProfileID, []*agent.Secret, bool) {
	if f.ok.Disabled() || f.working {
		return agent.ProfileID{}, nil, false
	}
	pad := f.profiles[f.chosen].PINPad && !f.change
	for _, e := range f.entries {
		if e.Text == "" && !pad {
			f.focus(e)
			return agent.ProfileID{}, nil, false
		}
	}
	var secrets []*agent.Secret
	for _, e := range f.entries {
		secrets = append(secrets, agent.NewSecret([]byte(e.Text)))
		e.SetText("")
	}
	f.keyFile = f.profiles[f.chosen].KeyFile
	return f.profiles[f.chosen].ID, secrets, true
}

// busy shows that the token is at work.
func (f *pinForm) busy(on bool) {
	f.working = on
	inputs := []fyne.Disableable{f.choice}
	for _, e := range f.entries {
		inputs = append(inputs, e)
	}
	for _, o := range inputs {
		if on {
			o.Disable()
		} else {
			o.Enable()
		}
	}
	if on {
		f.refusal = ""
		say(f.message, f.lang, nil)
		trying := f.trying
		if !f.change && f.profiles[f.chosen].PINPad {
			trying = f.lang.T(text.CLIPINDevice)
		}
		f.tried.SetText(trying)
		f.progress.Show()
	} else {
		f.progress.Hide()
	}
	f.refresh()
}

// failed shows why what was entered was refused.
func (f *pinForm) failed(err error) {
	switch {
	case errors.Is(err, errMismatch):
		f.tell(f.lang.T(text.ChangeMismatch))
	case f.keyFile:
		sentence, hint := f.lang.KeyFileError(err)
		f.tell(sentence + " " + hint)
	default:
		say(f.message, f.lang, err)
	}
	f.refusal = f.message.Text
	f.focusFirst()
}

func (f *pinForm) focusFirst() {
	if !f.entries[0].Disabled() {
		f.focus(f.entries[0])
	}
}
