// Package tray shows the agent in the notification area.
//
// The menu is drawn from one snapshot, an agent.Status, by a pure function; a
// painter then changes what differs from the last one. Entries are made once and
// kept: a panel that holds a menu open never loses them, and nothing piles up.
//
// fyne.io/systray is one per process, and so is a Tray. On Linux it speaks to
// the desktop's panel over the session bus, which may have no panel (plain
// GNOME) or may itself be missing: the Tray then waits unseen, Shown tells, and
// the program is worked by its other ways in.
package tray

import (
	"sync"

	"fyne.io/systray"

	"qoltanba/agent"
	"qoltanba/ui/text"
	"qoltanba/ui/tray/icons"
)

// Actions is what the entries do. Each runs in a goroutine of its own entry: it
// may block, and while it does, further clicks on that entry do nothing. None
// is nil.
type Actions struct {
	Open, Token, Codes, Lock, ChangePassword, Unblock, Wizard, Exit func()

	Language                           func(code string) // "kk", "ru", "en"
	Use, Certificate, LockToken, Renew func(agent.ProfileID)
}

// Tray is the icon and its menu.
type Tray struct {
	actions Actions
	tapped  chan struct{} // clicks on the icon itself
	changed chan struct{} // room for one
	quit    chan struct{}
	once    sync.Once

	mu     sync.Mutex
	status agent.Status
}

// New returns a Tray that speaks lang ("kk", "ru", "en") until the first Show.
func New(lang string, a Actions) *Tray {
	return &Tray{
		actions: a,
		tapped:  make(chan struct{}, 1),
		changed: make(chan struct{}, 1),
		quit:    make(chan struct{}),
		status:  agent.Status{Token: agent.TokenAbsent, Language: lang},
	}
}

// Run shows the icon and returns after Quit, when the actions that run have
// returned. It is called once, from the goroutine of main: macOS and Windows
// want their own thread for it. ready, which may be nil, is called when the menu
// is there, and must not block.
func (t *Tray) Run(ready func()) {
	if ready == nil {
		ready = func() {}
	}
	if !reachable() {
		ready()
		<-t.quit
		return
	}
	var group sync.WaitGroup
	begin()
	systray.SetOnTapped(func() { nudge(t.tapped) })
	systray.Run(func() {
		m := t.build(&group)
		m.paint(t.now())
		// Both end by t.quit; the wait below is for them.
		painted := make(chan struct{})
		group.Go(func() {
			defer close(painted)
			for {
				select {
				case <-t.changed:
					m.paint(t.now())
				case <-t.quit:
					return
				}
			}
		})
		go func() { // ends Run, which cannot wait for it
			<-t.quit
			<-painted // systray panics when it is changed after its end
			systray.Quit()
		}()
		ready()
	}, nil)
	group.Wait()
}

// Show draws s soon; it does not wait. The language is s.Language. It may be
// called before Run and after Quit.
func (t *Tray) Show(s agent.Status) {
	t.mu.Lock()
	t.status = s
	t.mu.Unlock()
	nudge(t.changed)
}

// Quit takes the icon away and makes Run return. It does not wait, so that an
// action may call it.
func (t *Tray) Quit() { t.once.Do(func() { close(t.quit) }) }

func (t *Tray) now() agent.Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status
}

// nudge leaves a signal for whoever waits on ch.
func nudge(ch chan<- struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// menu is what systray shows, with what it was told last.
type menu struct {
	icon      icons.State
	tooltip   string
	status    *line
	profiles  [maxProfiles]profileLines
	more      *line
	open      *line
	token     *line
	codes     *line
	lock      *line
	change    *line
	unblock   *line
	wizard    *line
	renew     *line
	language  *line
	languages []*line
	exit      *line
}

// profileLines are the entries of one profile.
type profileLines struct{ line, use, certificate, lock *line }

// build makes every entry there will ever be, in their order.
func (t *Tray) build(group *sync.WaitGroup) *menu {
	m := &menu{status: add()}
	for i := range m.profiles {
		l := add()
		m.profiles[i] = profileLines{l, l.addCheckbox(), l.add(), l.add()}
	}
	m.more = add()
	systray.AddSeparator()
	m.open, m.renew, m.wizard, m.token, m.codes, m.lock, m.change, m.unblock, m.language = add(), add(), add(), add(), add(), add(), add(), add(), add()
	for range text.Languages() {
		m.languages = append(m.languages, m.language.addCheckbox())
	}
	systray.AddSeparator()
	m.exit = add()

	t.serve(group, m.open, t.tapped, t.actions.Open)
	t.serve(group, m.token, nil, t.actions.Token)
	t.serve(group, m.codes, nil, t.actions.Codes)
	t.serve(group, m.lock, nil, t.actions.Lock)
	t.serve(group, m.change, nil, t.actions.ChangePassword)
	t.serve(group, m.unblock, nil, t.actions.Unblock)
	t.serve(group, m.wizard, nil, t.actions.Wizard)
	t.serve(group, m.renew, nil, func() {
		if p, ok := t.now().Renewal(); ok {
			t.actions.Renew(p.ID)
		}
	})
	for i, p := range m.profiles {
		t.serve(group, p.use, nil, t.with(i, t.actions.Use))
		t.serve(group, p.certificate, nil, t.with(i, t.actions.Certificate))
		t.serve(group, p.lock, nil, t.with(i, t.actions.LockToken))
	}
	for i, l := range text.Languages() {
		t.serve(group, m.languages[i], nil, func() { t.actions.Language(string(l)) })
	}
	t.serve(group, m.exit, nil, t.actions.Exit)
	return m
}

// with returns an action for the profile that the menu shows at place i when the
// entry is clicked.
func (t *Tray) with(i int, action func(agent.ProfileID)) func() {
	return func() {
		if all := t.now().Profiles; i < len(all) {
			action(all[i].ID)
		}
	}
}

// serve runs an entry's action until t.quit. systray drops a click when nobody
// waits for it, so it is never held up.
func (t *Tray) serve(group *sync.WaitGroup, l *line, tapped <-chan struct{}, action func()) {
	group.Go(func() {
		for {
			select {
			case <-l.item.ClickedCh:
				action()
			case <-tapped:
				action()
			case <-t.quit:
				return
			}
		}
	})
}

// paint changes what differs from the last time.
func (m *menu) paint(s agent.Status) {
	f := faceOf(s)
	if m.icon != f.icon {
		m.icon = f.icon
		systray.SetIcon(icons.Tray(f.icon))
	}
	if m.tooltip != f.tooltip {
		m.tooltip = f.tooltip
		systray.SetTooltip(f.tooltip)
	}
	m.status.set(f.status)
	for i, l := range m.profiles {
		p := f.profiles[i]
		l.line.set(p.entry)
		if p.entry.visible { // a hidden one takes its submenu along
			l.use.set(p.use)
			l.certificate.set(p.certificate)
			l.lock.set(p.lock)
		}
	}
	m.more.set(f.more)
	m.open.set(f.open)
	m.token.set(f.token)
	m.codes.set(f.codes)
	m.lock.set(f.lock)
	m.change.set(f.change)
	m.unblock.set(f.unblock)
	m.wizard.set(f.wizard)
	m.renew.set(f.renew)
	m.language.set(f.language)
	for i, l := range m.languages {
		l.set(f.languages[i])
	}
	m.exit.set(f.exit)
}

// line is an entry in systray's hands.
type line struct {
	item *systray.MenuItem
	last entry
}

func add() *line {
	return &line{item: systray.AddMenuItem("", ""), last: entry{visible: true, enabled: true}}
}

// add makes an entry of the submenu.
func (l *line) add() *line {
	return &line{item: l.item.AddSubMenuItem("", ""), last: entry{visible: true, enabled: true}}
}

// addCheckbox makes one that can be checked.
func (l *line) addCheckbox() *line {
	return &line{item: l.item.AddSubMenuItemCheckbox("", "", false), last: entry{visible: true, enabled: true}}
}

// set brings the entry from l.last to e. A hidden entry is left alone, since on
// Windows any change to it shows it again.
func (l *line) set(e entry) {
	last := l.last
	l.last = e
	if !e.visible {
		l.last = entry{title: last.title, enabled: last.enabled, checked: last.checked}
		if last.visible {
			l.item.Hide()
		}
		return
	}
	if !last.visible {
		l.item.Show()
	}
	if last.title != e.title {
		l.item.SetTitle(e.title)
	}
	if last.enabled != e.enabled {
		if e.enabled {
			l.item.Enable()
		} else {
			l.item.Disable()
		}
	}
	if last.checked != e.checked {
		if e.checked {
			l.item.Check()
		} else {
			l.item.Uncheck()
		}
	}
}
